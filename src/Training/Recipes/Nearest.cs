namespace Gpu.Training.Recipes;

/// <summary>Finds what was meant by a misspelt word.</summary>
public static class Nearest
{
    private const int LeastPrefix = 3;

    /// <summary>
    /// The candidate that takes the fewest changes of a letter, or swaps of two neighbours, the first of equals; else one that begins with the
    /// word. Null where none is near: more than a third of the letters wrong is no slip of the hand.
    /// </summary>
    public static string? To(string word, IEnumerable<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(word);
        ArgumentNullException.ThrowIfNull(candidates);
        var known = candidates.ToList();
        var nearest = known.MinBy(candidate => Distance(word, candidate));
        var letters = Cut(word);
        return nearest is not null && Distance(word, nearest) <= Math.Max(1, (letters.Length + 1) / 3) && Distance(word, nearest) < Cut(nearest).Length
            ? nearest
            : known.FirstOrDefault(candidate => letters.Length >= LeastPrefix && Cut(candidate).StartsWith(letters, StringComparison.Ordinal));
    }

    /// <summary>The nearest candidate as the end of a sentence, <c>; did you mean relu?</c>; empty where none is near.</summary>
    internal static string Suggestion(string word, IEnumerable<string> candidates) =>
        To(word, candidates) is { } nearest ? $"; did you mean {nearest}?" : "";

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that make one word of the other.</summary>
    internal static int Distance(string from, string to)
    {
        // Keys are short: what is longer than any key is cut, so that a hostile file cannot make this slow.
        var (a, b) = (Cut(from), Cut(to));
        var cost = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                cost[i, j] = i == 0 || j == 0 ? i + j : Step(cost, a, b, i, j);
            }
        }

        return cost[a.Length, b.Length];
    }

    private static int Step(int[,] cost, string a, string b, int i, int j)
    {
        var change = cost[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
        var best = Math.Min(change, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
        var isSwap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
        return isSwap ? Math.Min(best, cost[i - 2, j - 2] + 1) : best;
    }

    private static string Cut(string word)
    {
        const int longest = 64;
        var start = word.Length - word.AsSpan().TrimStart('-').Length;
        return word.Substring(start, Math.Min(longest, word.Length - start)).ToLowerInvariant();
    }
}
