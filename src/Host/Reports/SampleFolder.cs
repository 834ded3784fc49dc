using Gpu.Host.Runs;
using Gpu.Training;
using Gpu.Training.Data;

namespace Gpu.Host.Reports;

/// <summary>
/// Images as files that this program and others read: the parts of the data as IDX files, named as MNIST's are, and one sample of each class, of those
/// that judge, as a picture.
/// </summary>
internal static class SampleFolder
{
    private const string Pictures = "pictures";

    /// <summary>The parts by the names that their files begin with.</summary>
    private const string TrainName = "train", TestName = "t10k";

    /// <summary>Checks that a folder is new or empty.</summary>
    /// <exception cref="TrainingException">It is neither.</exception>
    internal static void RequireFree(string folder)
    {
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            throw TrainingException.BadUsage($"--out {folder}: expected a new folder, or an empty one, found {(File.Exists(folder) ? "a file" : "files in it")}: name another.");
        }
    }

    /// <summary>Writes the parts that there are.</summary>
    /// <exception cref="TrainingException">The samples are no images, or files cannot be written.</exception>
    internal static void Write(string folder, DataSet? train, DataSet? test)
    {
        var judge = test ?? train!;
        if (judge.Height == 1 || judge.AreFloats)
        {
            throw TrainingException.BadUsage(
                $"{judge.Source}: --out writes images of known height and width, and these samples are {judge.Features:N0} values in a row: leave --out out.");
        }

        try
        {
            Directory.CreateDirectory(Path.Combine(folder, Pictures));
            WritePart(folder, TrainName, train);
            WritePart(folder, TestName, test);
            foreach (var sample in SheetFile.Firsts(judge, judge.Classes))
            {
                var name = $"{(judge.IsLabelled ? judge.Labels[sample] : judge.NumberOf(sample))}.png";
                File.WriteAllBytes(Path.Combine(folder, Pictures, name), PngFile.Encode(judge.Sample(sample), judge.Height, judge.Width));
            }
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw TrainingException.IsDiskFull(cause)
                ? TrainingException.DiskFailed(folder, cause)
                : TrainingException.BadUsage($"--out {folder}: expected a folder that can be written ({cause.Message.TrimEnd('.')}): name another.", cause);
        }
    }

    /// <summary>The commands that use what was written.</summary>
    internal static IEnumerable<string> Next(string folder) => [$"gpu train --data {TrainRequest.Quote(folder)}", $"gpu predict RUN {TrainRequest.Quote(Path.Combine(folder, Pictures))}"];

    private static void WritePart(string folder, string part, DataSet? data)
    {
        if (data is null)
        {
            return;
        }

        IdxWriter.WriteImages(Path.Combine(folder, $"{part}-images-idx3-ubyte"), data);
        if (data.Labels.Length > 0)
        {
            IdxWriter.WriteLabels(Path.Combine(folder, $"{part}-labels-idx1-ubyte"), data);
        }
    }
}
