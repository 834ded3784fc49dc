using System.Globalization;
using System.Text;
using Gpu.Training.Tests;

namespace Gpu.Host.Tests;

/// <summary>
/// Data that a small network learns in a moment: 4 x 4 images of three classes, each with its own bright row, and noise of a
/// fixed seed.
/// </summary>
public static class TinyData
{
    public const int Side = 4;
    public const int Classes = 3;
    public const int Training = 90;
    public const int Test = 30;

    /// <summary>Writes the four IDX files into a new folder and returns its path.</summary>
    public static string WriteIdx(TestFolder folder, string name = "tiny")
    {
        var path = folder[name];
        Directory.CreateDirectory(path);
        WritePart(path, "train", Training, 1);
        WritePart(path, "t10k", Test, 2);
        return path;
    }

    /// <summary>Writes a table in the layout of Kaggle's Digit Recognizer and returns its path.</summary>
    public static string WriteCsv(TestFolder folder, string name, bool labels = true, Action<List<string>>? change = null)
    {
        var lines = new List<string> { (labels ? "label," : "") + string.Join(',', Enumerable.Range(0, Side * Side).Select(p => $"pixel{p}")) };
        for (var i = 0; i < Test; i++)
        {
            var pixels = string.Join(',', Image(i, 2).Select(p => p.ToString(CultureInfo.InvariantCulture)));
            lines.Add(labels ? $"{i % Classes},{pixels}" : pixels);
        }

        change?.Invoke(lines);
        File.WriteAllText(folder[name], string.Join('\n', lines) + "\n", new UTF8Encoding(false));
        return folder[name];
    }

    public static byte[] ImageFile(int count, int seed) =>
        IdxBytes.Build([.. Enumerable.Range(0, count).SelectMany(i => Image(i, seed))], [count, Side, Side]);

    public static byte[] LabelFile(int count) => IdxBytes.Build([.. Enumerable.Range(0, count).Select(i => (byte)(i % Classes))], [count]);

    private static void WritePart(string path, string part, int count, int seed)
    {
        File.WriteAllBytes(Path.Combine(path, $"{part}-images-idx3-ubyte"), ImageFile(count, seed));
        File.WriteAllBytes(Path.Combine(path, $"{part}-labels-idx1-ubyte"), LabelFile(count));
    }

    private static byte[] Image(int index, int seed)
    {
        var random = new System.Random((seed * 1000) + index);
        var image = new byte[Side * Side];
        for (var p = 0; p < image.Length; p++)
        {
            image[p] = (byte)((p / Side == index % Classes ? 180 : 0) + random.Next(60));
        }

        return image;
    }
}
