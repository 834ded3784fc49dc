using System.Globalization;
using Gpu.Training.Data;
using Gpu.Training.Tests;

namespace Gpu.Host.Tests;

/// <summary>The files that the commands of README name, and none of them makes.</summary>
internal static class ReadMeFiles
{
    private const int Rows = 300;

    internal static void Write(TestFolder folder)
    {
        Directory.CreateDirectory(folder["mnist"]);
        Write(folder["mnist"], "train", Digits.Train(1000));
        Write(folder["mnist"], "t10k", Digits.Test(200));
        File.WriteAllText(folder["people.csv"], "age,job,income\n" + string.Concat(Enumerable.Range(0, Rows).Select(row => $"{Cells(row)},{(row * 37 % 61 > 30 ? "high" : "low")}\n")));
        File.WriteAllText(folder["houses.csv"], "rooms,place,price\n" + string.Concat(Enumerable.Range(0, Rows).Select(row => $"{1 + (row * 37 % 7)},{(row % 3 == 0 ? "town" : "coast")},{90_000 + (row * 7919 % 200_000)}\n")));
        File.WriteAllText(folder["new.csv"], "job,age\nnurse,41\n,33\n");
    }

    private static string Cells(int row) => string.Create(CultureInfo.InvariantCulture, $"{20 + (row * 37 % 61)},{(row % 7 == 0 ? "" : row % 2 == 0 ? "nurse" : "smith")}");

    private static void Write(string folder, string part, DataSet data)
    {
        File.WriteAllBytes(Path.Combine(folder, $"{part}-images-idx3-ubyte"), IdxBytes.Build(data.Values, [data.Count, data.Height, data.Width]));
        File.WriteAllBytes(Path.Combine(folder, $"{part}-labels-idx1-ubyte"), IdxBytes.Build(data.Labels, [data.Count]));
    }
}
