namespace Gpu.Training.Data;

/// <summary>Turns the rows of a table into the values and labels of samples.</summary>
internal sealed class TableRows
{
    /// <summary>Bytes of a table whose labels are looked at beyond a limit, so that the classes do not depend on it: reading them takes no time.</summary>
    private const long SmallBytes = 64 << 20;

    private readonly string _path;
    private readonly TableText _text;
    private readonly TableLayout _layout;
    private readonly DataOptions _options;
    private readonly LabelColumn _labels;
    private readonly byte[] _sample;
    private readonly bool _isSmall;
    private long? _counted;
    private byte[]? _numbers;
    private IReadOnlyList<string>? _names;

    /// <summary>The rows behind a header.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="text">Its rows.</param>
    /// <param name="layout">What becomes of its columns.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="mostBytes">The most bytes that it can have.</param>
    internal TableRows(string path, TableText text, TableLayout layout, DataOptions options, long mostBytes)
    {
        _isSmall = mostBytes <= SmallBytes;
        (_path, _text, _layout, _options) = (path, text, layout, options);
        _labels = new LabelColumn(path, layout.TargetName, options.ClassNames);
        _sample = new byte[layout.Inputs.Count];
    }

    /// <summary>Reads the rows, all or as many as are asked for; whether they were all.</summary>
    /// <exception cref="TrainingException">A row is not of the layout, or there is none.</exception>
    internal bool ReadTo(SampleSpool spool)
    {
        while (spool.Count < (_options.Limit ?? int.MaxValue))
        {
            if (!_text.Read())
            {
                return spool.Count > 0 ? true : throw TrainingException.BadData($"{_path}: expected a row of values below the header, found none; add samples.");
            }

            if (!TryReadPlainRow())
            {
                ReadRow();
            }

            spool.Add(_sample);
        }

        NoteOtherLabels((int)spool.Count);
        return false;
    }

    /// <summary>The data set of the samples, once the rows were read.</summary>
    internal DataSet ToData(SampleStore samples)
    {
        if (_numbers is null)
        {
            (_numbers, _names) = _labels.Finish();
        }

        var classes = _numbers.Length == 0 ? 0 : Math.Max(_labels.CountClasses(_numbers), _names?.Count ?? 0);
        var (height, width) = ImageShape.Of(samples.Features);
        return new DataSet(_path, samples, _numbers, height, width, classes)
        {
            Columns = _layout.Inputs,
            ClassNames = classes > 0 ? _names : null,
            Remarks = _layout.Remarks,
        };
    }

    /// <summary>Looks at the labels of the rows that are not taken, or says that it did not.</summary>
    private void NoteOtherLabels(int taken)
    {
        var target = Array.IndexOf(_layout.Places, TableLayout.Target);
        if (target < 0 || _options.ClassNames is not null)
        {
            return;
        }

        if (!_isSmall)
        {
            if (_text.Read())
            {
                _layout.Remarks.Add(
                    $"{_path}: the classes are those of the first {taken:N0} rows, and no others are known: the table is too large to be gone through for them; "
                    + "where there are more, name them all with --label-names");
            }

            return;
        }

        while (_text.Read())
        {
            if (_text.Count >= _layout.Places.Length)
            {
                _labels.Note(_text.Field(target));
            }
        }
    }

    /// <summary>
    /// Reads a row of digits and commas straight from its text: looking at each of 785 fields by itself costs as much as the rest.
    /// False where the row has anything else; what it wrote until then is written again.
    /// </summary>
    private bool TryReadPlainRow()
    {
        var text = _text.Row;
        var places = _layout.Places;
        var (column, value, digits) = (0, 0, 0);
        var label = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var character = i < text.Length ? text[i] : ',';
            if (char.IsAsciiDigit(character))
            {
                value = (value * 10) + (character - '0');
                digits++;
                continue;
            }

            if (character != ',' || digits is 0 or > 3 || value > byte.MaxValue || column >= places.Length)
            {
                return false;
            }

            var place = places[column++];
            if (place >= 0)
            {
                _sample[place] = (byte)value;
            }
            else if (place == TableLayout.Target)
            {
                label = value;
            }
            else if (place != TableLayout.LeftOut)
            {
                return false;
            }

            (value, digits) = (0, 0);
        }

        if (column == places.Length && label >= 0)
        {
            _labels.Add(_text.Line, (byte)label);
        }

        return column == places.Length;
    }

    private void ReadRow()
    {
        var columns = _layout.Places.Length;
        if (_text.Count != columns && !(_text.Count == columns + 1 && _text.Field(columns).IsWhiteSpace()))
        {
            throw TrainingException.BadData(
                $"{_path}: row {_text.Line:N0}: expected {columns:N0} columns as in the header, found {_text.Count:N0}; mend the row.");
        }

        for (var column = 0; column < columns; column++)
        {
            var cell = _text.Field(column);
            switch (_layout.Places[column])
            {
                case TableLayout.LeftOut: break;
                case TableLayout.Target: _labels.Add(_text.Line, cell); break;
                case TableLayout.Index: Count(cell); break;
                case TableLayout.Empty: RequireEmpty(cell); break;
                case var place: _sample[place] = Parse(cell, column); break;
            }
        }
    }

    private byte Parse(ReadOnlySpan<char> cell, int column) => TableCell.Read(cell, out var value) == CellKind.Byte
        ? value
        : throw TrainingException.BadData(
            $"{_path}: row {_text.Line:N0}, column '{_layout.Names[column]}': expected a whole number from 0 to 255, found {TableCell.Show(cell)}; mend the value.");

    /// <summary>A column without a name of its own is left out because it counts the rows, from wherever; one that does not may be anything.</summary>
    private void Count(ReadOnlySpan<char> cell)
    {
        if (!long.TryParse(cell, System.Globalization.CultureInfo.InvariantCulture, out var number) || (_counted is { } before && number != before + 1))
        {
            throw TrainingException.BadData(
                $"{_path}: row {_text.Line:N0}, column 1: expected a count of the rows, because the column has no name of its own, found {TableCell.Show(cell)}; "
                + "name the column, or remove it.");
        }

        _counted = number;
    }

    private void RequireEmpty(ReadOnlySpan<char> cell)
    {
        if (!cell.IsWhiteSpace())
        {
            throw TrainingException.BadData(
                $"{_path}: row {_text.Line:N0}, column {_layout.Names.Length:N0}: expected nothing, because the column has no name, found {TableCell.Show(cell)}; name the column.");
        }
    }
}
