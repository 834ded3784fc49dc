using System.Buffers;
using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Gpu.Training.Files;

namespace Gpu.Training.Data;

/// <summary>
/// Reads tables in the layout of Kaggle's Digit Recognizer: a header <c>label,pixel0,pixel1,...</c>, then a sample a row, every
/// value a whole number from 0 to 255. The label column is found by its name, wherever it stands; without it the samples
/// have no labels. In messages the header is row 1.
/// </summary>
public static class CsvFile
{
    private const string LabelName = "label";
    private const int LongestField = 10_000;
    private const int MostColumns = 1 << 18;
    private static readonly SearchValues<char> _controls = SearchValues.Create([.. Enumerable.Range(0, 0xA0).Select(i => (char)i).Where(char.IsControl)]);

    /// <summary>The samples of a table.</summary>
    /// <exception cref="TrainingException">The file is missing or empty, or a row is not of the layout.</exception>
    public static DataSet Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return SourceFile.Read(path, "a table (.csv)", TrainingException.BadData, file => Load(path, file));
    }

    private static DataSet Load(string path, FileStream file)
    {
        if (DataFile.IsGzip(file))
        {
            throw TrainingException.BadData($"{path}: expected a table as plain text, found gzip data; unpack the file first.");
        }

        using var reader = new RowReader(new StreamReader(file));
        using var parser = new CsvParser(reader, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            BufferSize = 1 << 16,
            CacheFields = true,
            MaxFieldSize = LongestField,
        });
        try
        {
            return new TableReader(path, parser, reader, file.Length).Read();
        }
        catch (CsvHelperException damage)
        {
            throw TrainingException.BadData(
                $"{path}: row {parser.RawRow:N0}: expected fields separated by commas, of at most {LongestField:N0} characters and with "
                + "quotes only around a whole field, found something else; mend the row.", damage);
        }
        catch (InvalidDataException damage)
        {
            throw TrainingException.BadData(
                $"{path}: row {parser.RawRow:N0}: expected at most {RowReader.LongestRow:N0} characters, found more; mend the row.", damage);
        }
    }

    /// <summary>Collects the rows of one table.</summary>
    private sealed class TableReader(string path, CsvParser parser, RowReader reader, long fileLength)
    {
        private string[] _names = [];
        private int _labelColumn = -1;
        private byte[] _values = [];
        private byte[] _labels = [];
        private int _count;

        private int Pixels => _names.Length - (_labelColumn >= 0 ? 1 : 0);

        public DataSet Read()
        {
            ReadHeader();
            Reserve();
            while (parser.Read())
            {
                reader.EndRow();
                if (_count == _labels.Length)
                {
                    throw TrainingException.BadData($"{path}: found a file that grew while it was read; wait until nothing writes it.");
                }

                if (!TryReadPlainRow())
                {
                    ReadRow();
                }

                _count++;
            }

            if (_count == 0)
            {
                throw TrainingException.BadData($"{path}: expected a row of values below the header, found none; add samples.");
            }

            Array.Resize(ref _values, _count * Pixels);
            Array.Resize(ref _labels, _labelColumn >= 0 ? _count : 0);
            var (height, width) = ImageShape.Of(Pixels);
            return new DataSet(path, _values, _labels, height, width, LabelRange.CountClasses(_labels));
        }

        private void ReadHeader()
        {
            var columns = parser.Read() ? parser.Count : 0;
            if (columns > MostColumns)
            {
                throw TrainingException.BadData($"{path}: row 1: expected at most {MostColumns:N0} columns, found {columns:N0}; split the samples.");
            }

            reader.EndRow();
            _names = new string[columns];
            for (var column = 0; column < columns; column++)
            {
                _names[column] = parser[column].Trim();
            }

            var wrong = _names switch
            {
                [] => "nothing but empty lines",
                [['<', ..], ..] => "a web page: a download that failed left its error page here",
                [var only] when only.AsSpan().ContainsAny(';', '\t') => "columns separated by ';' or tabs",
                _ when _names.Any(HasControl) => "bytes that are no text",
                _ when _names.All(IsNumber) => "a row of numbers; add a line with the names of the columns above it",
                _ => null,
            };
            if (wrong is not null)
            {
                throw TrainingException.BadData($"{path}: row 1: expected a header such as label,pixel0,pixel1,..., found {wrong}.");
            }

            _labelColumn = Array.FindIndex(_names, IsLabel);
            if (Array.FindLastIndex(_names, IsLabel) != _labelColumn || Pixels == 0)
            {
                throw TrainingException.BadData(
                    $"{path}: row 1: expected one column '{LabelName}' and a column for each pixel, found "
                    + (Pixels == 0 ? "no pixel column" : $"'{LabelName}' more than once") + "; mend the header.");
            }
        }

        /// <summary>Makes room for as many rows as the file can hold: a field takes a digit and a separator at least.</summary>
        private void Reserve()
        {
            if (fileLength > 2L * IdxFile.MaximumBytes)
            {
                throw TrainingException.BadData(
                    $"{path}: expected a table of at most {2L * IdxFile.MaximumBytes:N0} bytes, found {fileLength:N0}; split the file.");
            }

            var rows = (int)(fileLength / (2L * _names.Length)) + 1;
            _values = new byte[(long)rows * Pixels];
            _labels = new byte[rows];
        }

        /// <summary>
        /// Reads a row of digits and commas straight from its text: a string for each of 785 fields costs as much as the rest.
        /// False where the row has anything else; what it wrote until then is written again.
        /// </summary>
        private bool TryReadPlainRow()
        {
            var text = parser.RawRecord.AsSpan().TrimEnd("\r\n");
            var (column, value, digits) = (0, 0, 0);
            for (var i = 0; i <= text.Length; i++)
            {
                var character = i < text.Length ? text[i] : ',';
                if (char.IsAsciiDigit(character))
                {
                    value = (value * 10) + (character - '0');
                    digits++;
                    continue;
                }

                if (character != ',' || digits is 0 or > 3 || value > byte.MaxValue || column >= _names.Length)
                {
                    return false;
                }

                Store(column++, (byte)value);
                (value, digits) = (0, 0);
            }

            return column == _names.Length;
        }

        private void ReadRow()
        {
            if (parser.Count != _names.Length)
            {
                throw TrainingException.BadData(
                    $"{path}: row {parser.RawRow:N0}: expected {_names.Length:N0} columns as in the header, found {parser.Count:N0}; "
                    + "mend the row.");
            }

            for (var column = 0; column < _names.Length; column++)
            {
                Store(column, Parse(parser[column], column));
            }
        }

        private byte Parse(string field, int column)
        {
            const NumberStyles Blanks = NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;
            if (byte.TryParse(field, Blanks, CultureInfo.InvariantCulture, out var value))
            {
                return value;
            }

            var shown = field.Length > 40 ? field[..40] + "..." : field;
            throw TrainingException.BadData(
                $"{path}: row {parser.RawRow:N0}, column '{_names[column]}': expected a whole number from 0 to 255, found "
                + (field.Length == 0 ? "nothing" : $"'{shown}'") + "; mend the value.");
        }

        private void Store(int column, byte value)
        {
            if (column == _labelColumn)
            {
                _labels[_count] = value;
                return;
            }

            _values[(_count * Pixels) + column - (_labelColumn >= 0 && column > _labelColumn ? 1 : 0)] = value;
        }

        private static bool HasControl(string name) => name.AsSpan().IndexOfAny(_controls) >= 0;

        private static bool IsLabel(string name) => name.Equals(LabelName, StringComparison.OrdinalIgnoreCase);

        private static bool IsNumber(string name) => double.TryParse(name, CultureInfo.InvariantCulture, out _);
    }
}
