namespace Gpu.Training.Data;

/// <summary>How a table is trained on.</summary>
public enum TableForm
{
    /// <summary>Samples of bytes, as images are: there is no table, or it has the layout of Kaggle's Digit Recognizer.</summary>
    Bytes,

    /// <summary>Samples of bytes where every value of the file is one, else columns of any kind.</summary>
    BytesOrColumns,

    /// <summary>Columns of any kind.</summary>
    Columns,
}

/// <summary>Tells by the first rows of files how they are trained on.</summary>
public static class TableForms
{
    /// <summary>So many inputs that make a square are pixels.</summary>
    private const int LeastPixels = 64;

    private static readonly string[] _counters = ["", "Unnamed: 0", "id"];

    /// <summary>
    /// The form of files: bytes where a header with commas names the column of the labels, <c>label</c> unless another was asked for, and every
    /// input is a whole number from 0 to 255; for certain where the inputs are called <c>pixel0</c> and on, or there are as many as pixels of a square image.
    /// </summary>
    /// <param name="paths">The files; none where the data is no table.</param>
    /// <param name="target">The column that was asked for.</param>
    /// <exception cref="TrainingException">A file cannot be read.</exception>
    public static TableForm Of(IReadOnlyList<string> paths, string? target)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return paths.Count == 0 ? TableForm.Bytes : paths.Max(path => DataInput.Read(path, DataFormats.Expected, input => Of(input, target ?? "label")));
    }

    private static TableForm Of(DataInput input, string target)
    {
        if (!TableReader.IsTable(input))
        {
            return TableForm.Bytes;
        }

        if (ParquetRows.Matches(input.Start))
        {
            return TableForm.Columns;
        }

        var dialect = TableDialect.Find(input, hasHeader: null);
        if (dialect is not { HasHeader: true, Separator: ',', Skipped: 0, Rows.Count: > 1 })
        {
            return TableForm.Columns;
        }

        var header = dialect.Rows[0];
        int[] inputs = [.. Enumerable.Range(0, header.Length).Where(column =>
            header[column] != target && !_counters.Contains(header[column], StringComparer.OrdinalIgnoreCase))];
        if (header.Length > 2 && header.Count(IsPixel) >= header.Length - 2)
        {
            return TableForm.Bytes;
        }

        if (!dialect.Rows.Skip(1).All(row => inputs.All(column => column < row.Length && TableCell.Read(row[column], out _) == CellKind.Byte)))
        {
            return TableForm.Columns;
        }

        return inputs.Length >= LeastPixels && ImageShape.Of(inputs.Length).Height > 1 ? TableForm.Bytes
            : header.Contains(target) ? TableForm.BytesOrColumns : TableForm.Columns;
    }

    /// <summary>Beside the pixels stand the labels and a number of the image at most, by whatever name.</summary>
    private static bool IsPixel(string name) => name.StartsWith("pixel", StringComparison.OrdinalIgnoreCase);
}
