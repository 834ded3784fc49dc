using System.Text;
using nietras.SeparatedValues;

namespace Gpu.Training.Data;

/// <summary>
/// The rows of a table as text: fields separated by commas, or by another separator, with quotes only around a whole field (RFC 4180).
/// Blank lines are no rows.
/// </summary>
internal sealed class TableText : ITableRows
{
    private const int BufferCharacters = 1 << 16;

    /// <summary>Bytes that are no text would all become one sign, and different names the same.</summary>
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _path;
    private readonly char _separator;
    private readonly bool _trims;
    private readonly RowReader _text;
    private SepReader? _reader;
    private long _nextLine = 1;

    /// <summary>The rows of a text.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="text">Its content.</param>
    /// <param name="separator">What stands between fields; a blank for any number of blanks and tabs.</param>
    /// <param name="trims">Whether blanks around fields, and around their quotes, are left out.</param>
    internal TableText(string path, Stream text, char separator = ',', bool trims = false)
    {
        (_path, _separator, _trims) = (path, separator, trims);
        TextReader characters = new StreamReader(text, _strict);
        _text = new RowReader(separator == ' ' ? new BlanksReader(characters) : characters);
    }

    /// <inheritdoc/>
    public int Count => Rows.Current.ColCount;

    /// <summary>The line that the row begins on, counted from 1.</summary>
    public long Line { get; private set; }

    /// <summary>The row as it stands in the file, without the end of its line.</summary>
    internal ReadOnlySpan<char> Row => Rows.Current.Span;

    private SepReader Rows => _reader ??= new SepReaderOptions(new Sep(_separator == ' ' ? '\t' : _separator))
    {
        HasHeader = false,
        DisableColCountCheck = true,
        InitialBufferLength = BufferCharacters,
        CreateToString = SepToString.Direct,
    }.From(_text);

    /// <summary>Goes to the next row that is not blank; false where there is none.</summary>
    /// <exception cref="TrainingException">The row is too long, or quotes stand in it where they must not, or it is not in UTF-8.</exception>
    public bool Read()
    {
        try
        {
            while (Rows.MoveNext())
            {
                var row = Rows.Current;

                // A row begins where the one before it ended: Sep counts the first from 2.
                (Line, _nextLine) = (_nextLine, row.LineNumberToExcl);
                if (row.Span.IsEmpty)
                {
                    continue;
                }

                _text.EndRow();
                RequireQuotes();
                return true;
            }

            return false;
        }
        catch (DecoderFallbackException cause)
        {
            // The text is read ahead of its rows.
            throw TrainingException.BadData(
                $"{_path}: expected a table in UTF-8, found other bytes in row {_nextLine:N0} or below; save it in UTF-8 (iconv -f latin1 -t utf-8).", cause);
        }
        catch (RowTooLongException cause)
        {
            throw TrainingException.BadData($"{_path}: row {_nextLine:N0}: expected at most {RowReader.LongestRow:N0} characters, found more; mend the row.", cause);
        }
        catch (Exception cause) when (cause is NotSupportedException or ArgumentException or IndexOutOfRangeException)
        {
            throw BadQuotes(_nextLine, cause);
        }
    }

    /// <summary>A field without the quotes around it.</summary>
    public ReadOnlySpan<char> Field(int column)
    {
        var field = Whole(column);
        return field is ['"', .. var inside, '"'] ? (inside.Contains('"') ? inside.ToString().Replace("\"\"", "\"", StringComparison.Ordinal) : inside) : field;
    }

    public void Dispose()
    {
        _reader?.Dispose();
        _text.Dispose();
    }

    /// <summary>A field with the quotes around it.</summary>
    private ReadOnlySpan<char> Whole(int column) => _trims ? _reader!.Current[column].Span.Trim() : _reader!.Current[column].Span;

    /// <summary>A field either has no quotes, or begins and ends with one and doubles those between.</summary>
    private void RequireQuotes()
    {
        if (!Row.Contains('"'))
        {
            return;
        }

        for (var column = 0; column < Count; column++)
        {
            var field = Whole(column);
            if (field.Contains('"') && !(field is ['"', .. var inside, '"'] && AreDoubled(inside)))
            {
                throw BadQuotes(Line, null);
            }
        }
    }

    private static bool AreDoubled(ReadOnlySpan<char> inside)
    {
        for (var at = inside.IndexOf('"'); at >= 0; at = inside.IndexOf('"'))
        {
            if (at + 1 == inside.Length || inside[at + 1] != '"')
            {
                return false;
            }

            inside = inside[(at + 2)..];
        }

        return true;
    }

    private TrainingException BadQuotes(long line, Exception? cause) => TrainingException.BadData(
        $"{_path}: row {line:N0}: expected fields separated by {TableDialect.NameOf(_separator)}, with quotes only around a whole field, found something else; mend the row.", cause);
}
