namespace Gpu.Training.Data;

/// <summary>What a column is taken for where nothing is declared: each rule once, with its reason.</summary>
internal static class ColumnRules
{
    /// <summary>Of so many cells that fit a kind, one that does not is a mistake to be mended; more of them mean that the kind is another.</summary>
    private const int CellsOfMiss = 100;

    /// <summary>A value that is seen less often, on average, teaches nothing about rows to come.</summary>
    private const int CellsOfValue = 2;

    private static readonly string[] _idNames = ["id", "index", "rowid", "rownames", "uuid", "guid"];

    /// <summary>What pandas and R call a column of the numbers of rows that had no name.</summary>
    private static readonly string[] _noNames = ["", "Unnamed: 0", "...1"];

    /// <summary>Whether a name in a header is none.</summary>
    internal static bool IsNone(string name) => _noNames.Contains(name);

    /// <summary>Whether a name says that numbers may be no quantities.</summary>
    internal static bool DependsOnName(string name) => IsNamedId(name);

    /// <summary>Whether so few cells do not fit that the others say what was meant.</summary>
    internal static bool IsNearly(int misses, int present) => (long)misses * CellsOfMiss <= present;

    /// <summary>Decides on a column.</summary>
    /// <param name="cells">Its cells, at least one of them with a value.</param>
    /// <param name="isFirst">Whether it is the first column, and has no name of its own.</param>
    /// <returns>Its kind, the reading that goes with it, and the reason in words.</returns>
    /// <exception cref="TrainingException">Nearly all cells fit a kind, and one does not.</exception>
    internal static (ColumnKind Kind, ColumnReading? Reading, string Why) Decide(ColumnCells cells, bool isFirst)
    {
        if (cells.Declared is { } declared)
        {
            return (declared, declared == ColumnKind.Date ? Date(cells) : RequireFinite(cells, cells.Numbers), declared == ColumnKind.Ignored ? "as was asked for" : "declared");
        }

        if (Fits(cells, cells.Numbers, "a number"))
        {
            return DecideNumber(cells, isFirst);
        }

        if (Date(cells) is { } dates)
        {
            return (ColumnKind.Date, dates, "every cell is a day");
        }

        return Recurs(cells) ? (ColumnKind.Category, null, "its texts recur")
            : IsNamedId(cells.Name) ? (ColumnKind.Id, null, "an id, by its name")
            : (ColumnKind.Text, null, cells.Codes is null ? "too many texts" : "its texts hardly recur");
    }

    /// <summary>Whether values come again often enough to be learned.</summary>
    internal static bool Recurs(ColumnCells cells) => cells.Codes is not null && (long)cells.Distinct * CellsOfValue <= cells.Present;

    private static (ColumnKind Kind, ColumnReading? Reading, string Why) DecideNumber(ColumnCells cells, bool isFirst)
    {
        var numbers = RequireFinite(cells, cells.Numbers);
        if (isFirst && numbers!.IsCounting)
        {
            return (ColumnKind.Id, numbers, "it counts the rows");
        }

        // Numbers in a column of such a name do not measure anything: a shop of id 20 is not twice one of id 10.
        return !IsNamedId(cells.Name) ? (ColumnKind.Number, numbers, "every cell is a number")
            : Recurs(cells) ? (ColumnKind.Category, null, "its name ends in id, and its values recur")
            : (ColumnKind.Id, numbers, "an id, by its name");
    }

    /// <summary>The order in which all days of a column can be read; the first that fits, where two do.</summary>
    private static ColumnReading? Date(ColumnCells cells) =>
        cells.Dates.FirstOrDefault(dates => dates is { Misses: 0 }) ?? cells.Dates.FirstOrDefault(dates => Fits(cells, dates, "a day"));

    /// <summary>Whether all cells fit a reading.</summary>
    /// <exception cref="TrainingException">Nearly all of them do.</exception>
    private static bool Fits(ColumnCells cells, ColumnReading? reading, string what)
    {
        if (reading?.FirstMiss is not { } miss)
        {
            return reading is not null;
        }

        return !IsNearly(reading.Misses, cells.Present) ? false : throw TrainingException.BadData(
            $"{miss.Path}: row {miss.Line:N0}, column '{cells.Name}': expected {what} as in {cells.Present - reading.Misses:N0} of {cells.Present:N0} rows, "
            + $"found {TableCell.Show(miss.Text)}; mend the value, or declare the column with --column '{cells.Name}:category'.");
    }

    private static ColumnReading? RequireFinite(ColumnCells cells, ColumnReading? numbers)
    {
        if (numbers is not null && cells.Decimals is ({ } comma, { } point))
        {
            throw TrainingException.BadData(
                $"{comma.Path}: row {comma.Line:N0}, column '{cells.Name}': expected one sign for decimals, found '{comma.Text}' there and '{point.Text}' in row {point.Line:N0}; mend the values.");
        }

        return numbers?.FirstInfinite is not { } infinite ? numbers : throw TrainingException.BadData(
            $"{infinite.Path}: row {infinite.Line:N0}, column '{cells.Name}': expected a number that float32 can hold, found {TableCell.Show(infinite.Text)}; "
            + "mend the value, or leave the cell empty.");
    }

    /// <summary>Whether a name is that of an id: <c>id</c>, <c>user_id</c>, <c>PassengerId</c>, <c>customerID</c>; not <c>paid</c>.</summary>
    private static bool IsNamedId(string name)
    {
        if (_idNames.Contains(name, StringComparer.OrdinalIgnoreCase) || IsNone(name))
        {
            return true;
        }

        return name.Length > 2 && name.EndsWith("id", StringComparison.OrdinalIgnoreCase)
            && (!char.IsLetter(name[^3]) || (char.IsUpper(name[^2]) && !char.IsUpper(name[^3])));
    }
}
