namespace Gpu.Training.Data;

/// <summary>Tells whether the first row of a table holds names.</summary>
internal static class HeaderVote
{
    /// <summary>
    /// Every column with numbers below has a vote: for a header where the first row has a text above them, against it where it has a number.
    /// Where there are no numbers, texts are names if they are all different and none of them comes again below, as the values of a
    /// category would.
    /// </summary>
    /// <param name="rows">The first rows.</param>
    /// <param name="takesComma">Whether commas are decimal.</param>
    internal static bool IsHeader(IReadOnlyList<string[]> rows, bool takesComma)
    {
        if (rows.Count == 0)
        {
            return false;
        }

        var first = rows[0];
        var (votesFor, votesAgainst) = (0, 0);
        for (var column = 0; column < first.Length; column++)
        {
            if (TableCell.IsMissing(first[column]) || CountNumbers(rows, column, takesComma) is not { } numbers)
            {
                continue;
            }

            var isNumber = TableCell.TryNumber(first[column], takesComma, out _);
            votesAgainst += isNumber ? 1 : 0;
            votesFor += isNumber || numbers == 0 ? 0 : 1;
        }

        return votesFor != votesAgainst ? votesFor > votesAgainst
            : votesFor == 0 && first.All(cell => cell.Length > 0) && first.Distinct(StringComparer.Ordinal).Count() == first.Length && !ComesAgain(rows);
    }

    /// <summary>How many numbers stand below the first row; null where something else does.</summary>
    private static int? CountNumbers(IReadOnlyList<string[]> rows, int column, bool takesComma)
    {
        var count = 0;
        for (var row = 1; row < rows.Count; row++)
        {
            if (column >= rows[row].Length || TableCell.IsMissing(rows[row][column]))
            {
                continue;
            }

            if (!TableCell.TryNumber(rows[row][column], takesComma, out _))
            {
                return null;
            }

            count++;
        }

        return count;
    }

    private static bool ComesAgain(IReadOnlyList<string[]> rows)
    {
        var first = rows[0];
        return rows.Skip(1).Any(row => row.Zip(first).Any(pair => pair.First == pair.Second));
    }
}
