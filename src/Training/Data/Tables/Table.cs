namespace Gpu.Training.Data;

/// <summary>A file of a table.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Rows">Its rows, a header not counted.</param>
/// <param name="Separator">What separates its cells, in words.</param>
/// <param name="HasHeader">Whether its first row holds names.</param>
public sealed record TablePart(string Path, int Rows, string Separator, bool HasHeader)
{
    /// <summary>What stands for the separator where there is none.</summary>
    public const string Parquet = "the groups of a Parquet file";
}

/// <summary>A table that was read: typed columns, and the one to be learned.</summary>
/// <param name="Parts">Its files, in their order.</param>
/// <param name="Columns">Its columns, in the order of the first file.</param>
/// <param name="Target">The column to be learned.</param>
/// <param name="Remarks">What was done to it that its owner should know, in sentences without a point.</param>
public sealed record Table(IReadOnlyList<TablePart> Parts, IReadOnlyList<TableColumn> Columns, TableTarget Target, IReadOnlyList<string> Remarks)
{
    /// <summary>Rows of all files.</summary>
    public int Rows => Parts.Sum(part => part.Rows);

    /// <summary>The columns that the target is learned from, those included that are left out.</summary>
    public IEnumerable<TableColumn> Others => Columns.Where(column => column.Number != Target.Column.Number);

    /// <summary>Whether there is a column that the target can be learned from.</summary>
    internal bool HasInputs => Others.Any(column => column.Kind is ColumnKind.Number or ColumnKind.Category or ColumnKind.Date);

    /// <summary>Whether it is as <see cref="CsvFile"/> reads it: images of whole numbers from 0 to 255, below a header, and their classes.</summary>
    public bool IsBytes => Target.Task == TableTask.Classify && Target.Column.Missing == 0 && (Target.Column.Kind == ColumnKind.Category || AreBytes(Target.Column))
        && Parts.All(part => part is { HasHeader: true, Separator: "commas" }) && TableForms.AreImages([.. Columns.Select(column => column.Name)], Others.Count(AreBytes))
        && Others.All(column => AreBytes(column) || (column.Kind == ColumnKind.Id && (column.Number == 1 || column.Name.Equals("id", StringComparison.OrdinalIgnoreCase))));

    private static bool AreBytes(TableColumn column) => column is { Kind: ColumnKind.Number, IsWhole: true, Missing: 0 } && column.Min >= 0 && column.Max <= byte.MaxValue;

    /// <summary>The rows that have a value of the target, those that something can be learned from, but for some.</summary>
    /// <param name="heldOut">For each row whether it is left out; none where no row is.</param>
    public int[] RowsWithTarget(params bool[] heldOut)
    {
        ArgumentNullException.ThrowIfNull(heldOut);
        var (rows, count) = (new int[Rows], 0);
        for (var row = 0; row < rows.Length; row++)
        {
            rows[count] = row;
            count += HasTarget(row) && (heldOut.Length == 0 || !heldOut[row]) ? 1 : 0;
        }

        return count == rows.Length ? rows : rows[..count];
    }

    private bool HasTarget(int row) => Target.Task == TableTask.Classify ? Target.Labels[row] >= 0 : !float.IsNaN(Target.Column.Reading!.Values[row]);
}
