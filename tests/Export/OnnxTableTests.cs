using System.Globalization;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Gpu.Export.Tests;

/// <summary>Models of tables answer raw columns in ONNX Runtime as <c>gpu predict</c> answers the file that they stand in.</summary>
public sealed class OnnxTableTests : IDisposable
{
    private static readonly string[] _header = ["label", "age", "town", "job of 2024", "seen", "noise", "probabilities"];
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>
    /// Names of columns that are outputs, too; numbers large beside their spread; missing cells in training and in none of it; values that no row of
    /// training has; days; with bins and without; categories of few values and of many, with vectors and without.
    /// </summary>
    [Theory]
    [InlineData("kind", "")]
    [InlineData("kind", "--bins 6")]
    [InlineData("kind", "--embedding none")]
    [InlineData("kind", "--loss binary-cross-entropy")]
    [InlineData("price", "")]
    [InlineData("price", "--bins 5 --loss mae --hidden 9 --embedding 3")]
    public void Columns_are_encoded_as_here(string target, string options)
    {
        var other = target == "kind" ? "price" : "kind";
        Write("train.csv", 300, seed: 1, isStrange: false);
        Write("test.csv", 120, seed: 2, isStrange: true);
        Run(["train", "--data", "train.csv", "--target", target, "--ignore", other, "--epochs", "4", "--device", "cpu", "--out", "run", "--quiet",
            .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Run("export", "run", "model.onnx");
        using var session = new InferenceSession(_folder["model.onnx"]);
        var rows = Rows("test.csv");
        var inputs = Inputs(session, rows);
        if (target == "price")
        {
            using var found = session.Run(inputs, ["value"]);
            float[] values = [.. found[0].AsTensor<float>()];
            double[] expected = [.. Answers().Select(answer => answer.GetProperty("answer").GetDouble())];
            Assert.Equal(rows.Count, values.Length);
            var deviation = Math.Sqrt(expected.Average(value => Math.Pow(value - expected.Average(), 2)));
            Assert.All(expected.Zip(values), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 1e-5 * (deviation + Math.Abs(pair.First)), $"{pair}"));
            return;
        }

        using var outputs = session.Run(inputs, ["label", "probabilities"]);
        (long[] labels, float[] probabilities) = ([.. outputs[0].AsTensor<long>()], [.. outputs[1].AsTensor<float>()]);
        var next = 0;
        foreach (var answer in Answers())
        {
            float[] mine = [.. answer.GetProperty("probabilities").EnumerateArray().Select(p => p.GetSingle())];
            Assert.Equal(answer.GetProperty("class").GetInt32(), labels[next]);
            Assert.All(mine.Zip(probabilities.AsSpan(next * mine.Length, mine.Length).ToArray()), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= Export.Tests.Answers.Bound, $"{pair}"));
            next++;
        }

        Assert.Equal(next, labels.Length);
        Assert.Equal(["bad", "good", "middling"], JsonSerializer.Deserialize<string[]>(session.ModelMetadata.CustomMetadataMap["classes"])!);
    }

    private JsonElement[] Answers() => [.. Run("predict", "run", "test.csv", "--format", "json").Lines.Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>The cells of a file as the graph takes them, by what its metadata says of its inputs.</summary>
    private static List<NamedOnnxValue> Inputs(InferenceSession session, List<Dictionary<string, string>> rows)
    {
        using var columns = JsonDocument.Parse(session.ModelMetadata.CustomMetadataMap["columns"]);
        var values = new List<NamedOnnxValue>();
        foreach (var column in columns.RootElement.EnumerateArray())
        {
            var (input, kind) = (column.GetProperty("input").GetString()!, column.GetProperty("kind").GetString());
            string[] cells = [.. rows.Select(row => row[column.GetProperty("column").GetString()!])];
            int[] sizes = [cells.Length, 1];
            values.Add(kind == "category"
                ? NamedOnnxValue.CreateFromTensor(input, new DenseTensor<string>(cells, sizes))
                : NamedOnnxValue.CreateFromTensor(input, new DenseTensor<float>(cells.Select(cell => Number(kind!, cell)).ToArray(), sizes)));
        }

        Assert.Equal(session.InputMetadata.Keys.Order(), values.Select(value => value.Name).Order());
        return values;
    }

    private static float Number(string kind, string cell) => cell.Length == 0 ? float.NaN
        : kind == "date" ? (float)(DateTime.Parse(cell, CultureInfo.InvariantCulture) - new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Unspecified)).TotalDays
        : float.Parse(cell, CultureInfo.InvariantCulture);

    private List<Dictionary<string, string>> Rows(string name)
    {
        var lines = File.ReadAllLines(_folder[name]);
        var names = lines[0].Split(',');
        return [.. lines.Skip(1).Select(line => names.Zip(line.Split(',')).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal))];
    }

    private void Write(string name, int rows, int seed, bool isStrange)
    {
        var random = new System.Random(seed);
        string[] jobs = ["cook", "smith", "", "Küster", .. isStrange ? ["pilot", ""] : Array.Empty<string>()];
        var lines = new List<string> { string.Join(',', [.. _header, "price", "kind"]) };
        for (var row = 0; row < rows; row++)
        {
            var (age, job, moment) = (random.Next(18, 90), jobs[random.Next(jobs.Length)], 1.6e6 + random.Next(1000));
            var day = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Unspecified).AddDays(random.Next(400));
            var isMissing = random.Next(7) == 0;
            string[] cells =
            [
                isMissing ? "" : Text(age + 0.5), Text(moment), row % 31 == 30 ? "" : $"town {(row * 7 % 19) + (isStrange && row % 11 == 0 ? 40 : 0)}", job, day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                isStrange && random.Next(5) == 0 ? "" : Text(random.NextDouble() * (isStrange ? 50 : 1)), random.Next(2) == 0 ? "yes" : "no",
            ];
            lines.Add(string.Join(',', [.. cells, Text((age * 1000) + (job.Length * 5000) + 1e5), age < 40 ? "bad" : age < 60 ? "middling" : "good"]));
        }

        File.WriteAllText(_folder[name], string.Join('\n', lines) + "\n");
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private GpuResult Run(params string[] arguments)
    {
        var result = GpuProcess.Run(_folder.Path, arguments);
        Assert.True(result.ExitCode == 0, $"gpu {string.Join(' ', arguments)}: {result.Error}");
        return result;
    }
}
