namespace Gpu.Training.Data;

/// <summary>
/// Reads tables in the layout of Kaggle's Digit Recognizer: a header <c>label,pixel0,pixel1,...</c>, then a sample a row, every
/// value a whole number from 0 to 255. The label column is found by its name, wherever it stands; without it the samples
/// have no labels. In messages the header is row 1.
/// </summary>
public static class CsvFile
{
    /// <summary>The samples of a table, plain or compressed with gzip.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it is read.</param>
    /// <exception cref="TrainingException">The file is missing or empty, or a row is not of the layout.</exception>
    public static DataSet Load(string path, DataOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return DataInput.Read(path, "a table (.csv)", input => Load(input, options ?? new DataOptions()));
    }

    /// <summary>The samples of a table that is open.</summary>
    internal static DataSet Load(DataInput input, DataOptions options)
    {
        using var content = new CountingStream(input.Open());
        using var text = new TableText(input.Path, content);
        var layout = TableLayout.Read(input.Path, text, options);
        var rows = new TableRows(input.Path, text, layout, options, input.MostBytes);

        // Columns that stand in their order anyway, as those of a run that goes on, make no other samples. A cell takes a digit and a separator at least.
        var read = layout.IsInOrder ? options with { Columns = null } : options;
        return DecodedSamples.Load(input, read, input.MostBytes / 2, layout.Inputs.Count, spool =>
        {
            if (rows.ReadTo(spool))
            {
                input.RequireEnd(content.Count);
            }
        }, rows.ToData);
    }
}
