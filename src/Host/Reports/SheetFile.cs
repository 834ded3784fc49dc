using Gpu.Host.RunReport;
using Gpu.Kernels.Ops;
using Gpu.Training;
using Gpu.Training.Augmentation;
using Gpu.Training.Data;
using Gpu.Training.Recipes;

namespace Gpu.Host.Reports;

/// <summary>
/// Images as a picture in a file: a row for each class with its first images; or, where they are augmented, a row for the first image of each class, as it is
/// and as a run with the default seed sees it in its first epochs.
/// </summary>
internal static class SheetFile
{
    /// <summary>Rows and columns at most.</summary>
    private const int Side = 10;

    /// <summary>The first sample of each class, of so many classes; the first ones where there are no labels.</summary>
    internal static int[] Firsts(DataSet data, int most) => data.IsLabelled
        ? [.. Enumerable.Range(0, Math.Min(data.Classes, most)).Select(c => Array.IndexOf(data.Labels, (byte)c)).Where(sample => sample >= 0)]
        : [.. Enumerable.Range(0, Math.Min(data.Count, most))];

    /// <summary>Writes a PNG file; one that is there is replaced.</summary>
    /// <exception cref="TrainingException">The samples are no images, or the file cannot be written.</exception>
    internal static void Write(string path, DataSet data, ImageAugmentation? augmentation)
    {
        if (data.Height == 1 || data.AreFloats)
        {
            throw TrainingException.BadUsage(
                $"{data.Source}: --sheet shows images of known height and width, and these samples are {data.Features:N0} values in a row: leave --sheet out.");
        }

        var shown = augmentation is null ? data : Epochs(data, augmentation);
        var (pixels, height, width) = SampleSheet.Draw(shown, Math.Min(Side, shown.Classes), Side);
        try
        {
            File.WriteAllBytes(path, PngFile.Encode(pixels, height, width));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw TrainingException.IsDiskFull(cause)
                ? TrainingException.DiskFailed(path, cause)
                : TrainingException.BadUsage($"--sheet {path}: expected a file that can be written ({cause.Message.TrimEnd('.')}): name another.", cause);
        }
    }

    /// <summary>Each image as a class of its own: as it is, then epoch by epoch.</summary>
    private static DataSet Epochs(DataSet data, ImageAugmentation augmentation)
    {
        var chosen = Firsts(data, Side);
        DataSet[] columns =
            [data.Select(chosen), .. Enumerable.Range(0, Side - 1).Select(epoch => AugmentedSamples.Make(augmentation, data, chosen, Recipe.Default.Seed, epoch))];
        byte[] values = [.. columns.SelectMany(column => column.Values)];
        byte[] rows = [.. columns.SelectMany(_ => Enumerable.Range(0, chosen.Length)).Select(row => (byte)row)];
        return new DataSet(data.Source, values, rows, data.Height, data.Width, chosen.Length);
    }
}
