namespace Gpu.Training.Data;

/// <summary>How a table is trained on.</summary>
public enum TableForm
{
    /// <summary>Samples of bytes, as images are: there is no table, or it has the layout of Kaggle's Digit Recognizer.</summary>
    Bytes,

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
    /// The form of files: bytes where the inputs, below a header with commas, are called <c>pixel0</c> and on, or are as many whole numbers from 0 to
    /// 255 as a square image has pixels. Fewer whole numbers are ages, counts and the like.
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
        return AreCalledPixels(header) || (MakeSquare(inputs.Length)
            && dialect.Rows.Skip(1).All(row => inputs.All(column => column < row.Length && TableCell.Read(row[column], out _) == CellKind.Byte)))
            ? TableForm.Bytes : TableForm.Columns;
    }

    /// <summary>Whether columns of whole numbers from 0 to 255 are those of images.</summary>
    /// <param name="names">All columns.</param>
    /// <param name="inputs">How many of them are such numbers.</param>
    internal static bool AreImages(IReadOnlyList<string> names, int inputs) => AreCalledPixels(names) || MakeSquare(inputs);

    private static bool MakeSquare(int inputs) => inputs >= LeastPixels && ImageShape.Of(inputs).Height > 1;

    /// <summary>Beside the pixels stand the labels and a number of the image at most, by whatever name.</summary>
    private static bool AreCalledPixels(IReadOnlyList<string> names) =>
        names.Count > 2 && names.Count(name => name.StartsWith("pixel", StringComparison.OrdinalIgnoreCase)) >= names.Count - 2;
}
