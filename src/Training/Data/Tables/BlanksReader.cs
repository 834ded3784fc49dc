namespace Gpu.Training.Data;

/// <summary>
/// Text whose cells stand apart by any number of blanks and tabs, as in columns that were lined up for the eye: they come out with one tab
/// between, and none at the ends of a line. What stands in quotes stays as it is.
/// </summary>
internal sealed class BlanksReader(TextReader text) : TextReader
{
    private const int PieceCharacters = 1 << 14;
    private readonly char[] _piece = new char[PieceCharacters];

    /// <summary>A character may need a tab before it.</summary>
    private readonly char[] _ready = new char[2 * PieceCharacters];

    private int _from;
    private int _to;
    private bool _isQuoted;
    private bool _isStart = true;
    private bool _isBlank;

    /// <inheritdoc/>
    public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

    /// <inheritdoc/>
    public override int Read(Span<char> buffer)
    {
        while (_from == _to)
        {
            var read = text.Read(_piece);
            if (read == 0)
            {
                return 0;
            }

            (_from, _to) = (0, 0);
            foreach (var character in _piece.AsSpan(0, read))
            {
                Take(character);
            }
        }

        var count = Math.Min(buffer.Length, _to - _from);
        _ready.AsSpan(_from, count).CopyTo(buffer);
        _from += count;
        return count;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        text.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>A character becomes nothing, itself, or a tab and itself.</summary>
    private void Take(char character)
    {
        if (!_isQuoted && (character is ' ' or '\t'))
        {
            _isBlank = !_isStart;
            return;
        }

        var isEnd = !_isQuoted && (character is '\r' or '\n');
        if (_isBlank && !isEnd)
        {
            _ready[_to++] = '\t';
        }

        _ready[_to++] = character;
        (_isStart, _isBlank) = (isEnd, false);
        _isQuoted ^= character == '"';
    }
}
