namespace Gpu.Training.Data;

/// <summary>
/// A table that several runs learn from, each from other rows of it: read once, and held once. What a column is, is told for each run by its own
/// rows, as if it had read the table alone.
/// </summary>
public sealed class SharedTable
{
    private readonly IReadOnlyList<string> _paths;
    private readonly TableOptions _options;

    private SharedTable(IReadOnlyList<string> paths, TableOptions options, Table all) => (_paths, _options, All) = (paths, options, all);

    /// <summary>The table as all of its rows tell it.</summary>
    internal Table All { get; }

    /// <summary>Reads a table.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="options">How they are read.</param>
    /// <exception cref="TrainingException">It cannot be read, or has nothing to learn.</exception>
    public static SharedTable Read(IReadOnlyList<string> paths, TableOptions options) => new(paths, options, TableTraining.Read(paths, options));

    /// <summary>The rows that something can be learned from: their numbers, counted from 1, and their classes, all alike where a quantity is learned.</summary>
    public (int[] Numbers, byte[] Labels) Rows()
    {
        var rows = All.RowsWithTarget();
        return ([.. rows.Select(row => row + 1)], TableTraining.LabelsOf(All, rows));
    }

    /// <summary>
    /// The table as a run has it from which some rows are held out. Where it cannot be told without the text of the cells what a column is by the
    /// others, because it has very many values or very long ones, or where they are wrong, the files are read anew.
    /// </summary>
    /// <param name="heldOut">For each row whether it is held out; none where no row is.</param>
    /// <exception cref="TrainingException">The rows that are left are wrong, or have nothing to learn from.</exception>
    internal Table Without(bool[] heldOut) => Told(heldOut) ?? TableTraining.Read(_paths, _options with { HeldOut = heldOut });

    /// <summary>The table as the rows that are left tell it; null where the files have to be read anew.</summary>
    internal Table? Told(bool[] heldOut)
    {
        if (heldOut.Length == 0)
        {
            return All;
        }

        var columns = new List<TableColumn>();
        foreach (var column in All.Columns)
        {
            if ((column.Number == All.Target.Column.Number ? column : Told(column, heldOut)) is not { } told)
            {
                return null;
            }

            columns.Add(told);
        }

        var table = All with { Columns = columns };
        return table.HasInputs ? table : null;
    }

    /// <summary>A column as the rows that are left tell it, with the cells that are shared where that is what all rows tell; null where it has to be read anew.</summary>
    private TableColumn? Told(TableColumn column, bool[] heldOut)
    {
        if (column.Kind == ColumnKind.Ignored || (IsCertain(column) && HasValue(column.Reading!, heldOut)))
        {
            return column;
        }

        if (column.Codes is null || _options.Kinds.Any(pair => pair.Column == column.Name) || All.Parts.Select(part => part.Separator).Distinct().Count() > 1)
        {
            return null;
        }

        try
        {
            return column.Retell(heldOut) is not { } told ? null : told.Kind == column.Kind && told.Why == column.Why && told.Days == column.Days ? column : told;
        }
        catch (TrainingException)
        {
            // It is said with the row that it stands in, which only the file knows.
            return null;
        }
    }

    /// <summary>Whether what all rows tell is what any of them do that have a value: all are numbers, or all are days as ISO writes them, and the name decides nothing.</summary>
    private static bool IsCertain(TableColumn column) => column.Reading is { Misses: 0, FirstInfinite: null } reading && !column.IsUnnamed && !ColumnRules.DependsOnName(column.Name)
        && ((column.Kind == ColumnKind.Number && reading == column.Numbers) || (column.Kind == ColumnKind.Date && column.Days == DateOrder.YearMonthDay));

    private static bool HasValue(ColumnReading reading, bool[] heldOut)
    {
        for (var row = 0; row < heldOut.Length; row++)
        {
            if (!heldOut[row] && !float.IsNaN(reading.Values[row]))
            {
                return true;
            }
        }

        return false;
    }
}
