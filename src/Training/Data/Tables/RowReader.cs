namespace Gpu.Training.Data;

/// <summary>
/// Text of a table on its way to the parser, which holds a whole row in memory: stops a row that would grow without end. A quote
/// that is never closed makes one row of the rest of a file.
/// </summary>
internal sealed class RowReader(TextReader text) : TextReader
{
    /// <summary>Characters of a row, blank lines before it included.</summary>
    internal const int LongestRow = 1 << 20;

    private int _read;

    /// <summary>A row has come to its end.</summary>
    internal void EndRow() => _read = 0;

    /// <inheritdoc/>
    /// <exception cref="RowTooLongException">The row is too long.</exception>
    public override int Read(char[] buffer, int index, int count)
    {
        var read = text.Read(buffer, index, count);
        _read += read;
        return _read <= LongestRow ? read : throw new RowTooLongException();
    }

    /// <inheritdoc/>
    public override int Read(Span<char> buffer)
    {
        var read = text.Read(buffer);
        _read += read;
        return _read <= LongestRow ? read : throw new RowTooLongException();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        text.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>A row grew beyond what is held in memory.</summary>
internal sealed class RowTooLongException : Exception;
