using Gpu.Training.Data;
using Gpu.Training.Tests;

namespace Gpu.Trust.Tests;

/// <summary>Some of the built-in digits as IDX files: they load in a moment, so that a process soon trains.</summary>
internal static class TrustData
{
    internal const int Training = 2000;

    /// <summary>Writes the files into a folder and returns it.</summary>
    internal static string Write(string folder, int training = Training)
    {
        Directory.CreateDirectory(folder);
        Write(folder, "train", Digits.Train(training));
        Write(folder, "t10k", Digits.Test(200));
        return folder;
    }

    private static void Write(string folder, string part, DataSet data)
    {
        File.WriteAllBytes(Path.Combine(folder, $"{part}-images-idx3-ubyte"), IdxBytes.Build(data.Values, [data.Count, data.Height, data.Width]));
        File.WriteAllBytes(Path.Combine(folder, $"{part}-labels-idx1-ubyte"), IdxBytes.Build(data.Labels, [data.Count]));
    }
}
