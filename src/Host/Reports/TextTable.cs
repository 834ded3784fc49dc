namespace Gpu.Host.Reports;

/// <summary>A table of texts, as they are, and how wide its columns may be.</summary>
/// <param name="titles">The columns; one whose title begins with '>' is right-aligned, and its cells are never broken.</param>
internal sealed class TextTable(params string[] titles)
{
    private readonly List<string[]> _rows = [];

    internal IReadOnlyList<string> Titles { get; } = [.. titles.Select(title => title.TrimStart('>'))];

    internal IReadOnlyList<string[]> Rows => _rows;

    /// <summary>Letters of a cell of the first column, where it stands beside others.</summary>
    internal int LongestName { get; init; } = int.MaxValue;

    /// <summary>Adds a row: a cell for each column. One without a name goes on with the row above.</summary>
    internal void Add(params IEnumerable<string> cells) => _rows.Add([.. cells]);

    internal bool IsRight(int column) => titles[column].StartsWith('>');

    /// <summary>A cell as it stands beside others.</summary>
    internal string Beside(string[] row, int column) => column == 0 ? TextLines.Short(row[0], LongestName) : row[column];

    /// <summary>
    /// The width of each column and the blanks between two; null where they cannot stand beside one another, so that no word is broken and there
    /// is room to read.
    /// </summary>
    /// <param name="width">The longest line.</param>
    /// <param name="least">The longest line that is too short for cells of several lines.</param>
    internal (int[] Widths, int Gap)? Fit(int width, int least)
    {
        var natural = Widest(text => text.Length);
        var gaps = titles.Length - 1;
        // Numbers are told apart by one blank, texts are not.
        var areNumbers = Enumerable.Range(1, gaps).All(IsRight);
        for (var gap = 2; gap >= (areNumbers ? 1 : 2); gap--)
        {
            if (natural.Sum() + (gap * gaps) <= width)
            {
                return (natural, gap);
            }
        }

        var words = Words;
        var room = width - words.Sum() - (2 * gaps);
        return room < 0 || width <= least ? null : (Share(words, natural, room), 2);
    }

    /// <summary>The width of each column so that no word is broken.</summary>
    internal int[] Words => [.. Widest(text => text.Split(' ').Max(word => word.Length)).Select((word, column) => IsRight(column) ? Widest(text => text.Length)[column] : word)];

    /// <summary>Gives out what is left of a line, to each column by what it lacks.</summary>
    private static int[] Share(int[] words, int[] natural, int room)
    {
        var lacking = natural.Zip(words, (whole, word) => whole - word).Sum();
        return [.. natural.Zip(words, (whole, word) => word + ((whole - word) * room / Math.Max(1, lacking)))];
    }

    private int[] Widest(Func<string, int> width) =>
        [.. Enumerable.Range(0, titles.Length).Select(column => _rows.Select(row => Beside(row, column)).Append(Titles[column]).Max(width))];
}
