namespace Gpu.Training.Data;

/// <summary>
/// The formats of files of samples, told by how their content begins and not by their names. To add one: a file that reads it, and a line
/// in this list.
/// </summary>
internal static class DataFormats
{
    private static readonly (Func<DataInput, bool> Matches, Func<DataInput, DataOptions, (DataSet? Train, DataSet? Test)> Load)[] _all =
    [
        (input => IdxHeader.Matches(input.Start), (input, options) => (ImageFolder.LoadFile(input, options), null)),
        (input => NpyHeader.Matches(input.Start), (input, options) => (NpyFile.Load(input, options), null)),
        (NpzFile.IsArchive, NpzFile.Load),
        (input => PictureFile.Matches(input.Start), (input, _) => (PictureFile.Load(input), null)),
        (input => ForeignFormats.IsText(input.Start) && !ForeignFormats.IsWebPage(input.Start), (input, options) => (CsvFile.Load(input, options), null)),
    ];

    /// <summary>What messages expect of a file.</summary>
    internal static string Expected => "a table (.csv), an IDX file, a NumPy file (.npy, .npz) or a picture (PNG, JPEG)";

    /// <summary>The samples of a file, or of what comes through a pipe.</summary>
    /// <exception cref="TrainingException">It is of no format that is read, or damaged.</exception>
    internal static (DataSet? Train, DataSet? Test) Load(string path, DataOptions options) => DataInput.Read(path, Expected, input =>
    {
        foreach (var (matches, load) in _all)
        {
            if (matches(input))
            {
                return load(input, options);
            }
        }

        throw TrainingException.BadData($"{path}: expected {Expected}, found {ForeignFormats.Describe(input.Start)}.");
    });
}
