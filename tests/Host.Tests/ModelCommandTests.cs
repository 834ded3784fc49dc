using System.Text.Json;

namespace Gpu.Host.Tests;

/// <summary>The commands that use a model: eval, predict, summary.</summary>
public sealed class ModelCommandTests : IClassFixture<ModelCommandTests.TrainedModel>
{
    private readonly TestFolder _folder;

    public ModelCommandTests(TrainedModel trained) => _folder = trained.Folder;

    [Fact]
    public void Eval_shows_accuracy_confusions_and_classes()
    {
        var result = Run("eval", "run", "--data", "tiny", "--worst", "2");
        Assert.Equal("accuracy 100.0% +- 0.00% (30 of 30)", result.Lines[0].Split(", loss")[0]);
        Assert.Contains("label   0  1  2\n    0  10  0  0\n    1   0 10  0\n    2   0  0 10\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("    0       10     100.0%  100.0%  100.0%\n", result.Output, StringComparison.Ordinal);
        Assert.Matches(@"#\d+: a \d, answered \d \(\d", result.Output);
        Assert.All(result.Lines, line => Assert.True(line.Length < 80, line));
    }

    [Fact]
    public void Eval_gives_the_same_as_one_json_object()
    {
        using var json = JsonDocument.Parse(Assert.Single(Run("eval", "run/model.safetensors", "--data", "tiny", "--json", "--worst", "1").Lines));
        var root = json.RootElement;
        Assert.Equal(1, root.GetProperty("accuracy").GetDouble());
        Assert.Equal(0, root.GetProperty("standard_error").GetDouble());
        Assert.Equal(30, root.GetProperty("correct").GetInt32());
        Assert.Equal("[[10,0,0],[0,10,0],[0,0,10]]", root.GetProperty("confusion").GetRawText());
        Assert.Equal(3, root.GetProperty("classes").GetArrayLength());
        Assert.Equal(1, root.GetProperty("classes")[0].GetProperty("f1").GetDouble());
        Assert.Equal(1, root.GetProperty("worst").GetArrayLength());
    }

    [Fact]
    public void Eval_needs_labels()
    {
        TinyData.WriteCsv(_folder, "unlabelled.csv", labels: false);
        var result = GpuProcess.Run(_folder.Path, "eval", "run", "--data", "unlabelled.csv");
        Assert.Equal(3, result.ExitCode);
        Assert.Contains("gpu predict", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_of_another_size_is_refused_with_both_sizes()
    {
        File.WriteAllText(_folder["wide.csv"], $"label,{string.Join(',', Enumerable.Range(0, 25).Select(p => $"pixel{p}"))}\n1{string.Concat(Enumerable.Repeat(",0", 25))}\n");
        foreach (var command in (string[])["eval", "predict"])
        {
            var result = GpuProcess.Run(_folder.Path, command, "run", "--data", "wide.csv");
            Assert.Equal((3, ""), (result.ExitCode, result.Output));
            Assert.Contains("25", result.Error, StringComparison.Ordinal);
            Assert.Contains("16", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Predict_has_a_table() => Assert.Equal(
        ["    row  class  probability  next  probability", "      1      0", "      2      1"],
        Run("predict", "run", "--data", "tiny").Lines[..3].Select(line => line.Contains("row") ? line : line[..14]));

    [Fact]
    public void Predict_writes_what_kaggle_takes()
    {
        TinyData.WriteCsv(_folder, "test.csv", labels: false);
        var lines = Run("predict", "run", "--data", "test.csv", "--format", "kaggle").Lines;
        Assert.Equal("ImageId,Label", lines[0]);
        Assert.Equal([.. Enumerable.Range(0, TinyData.Test).Select(i => $"{i + 1},{i % TinyData.Classes}")], lines[1..]);
    }

    [Fact]
    public void Predict_writes_every_probability_as_csv_and_as_json()
    {
        var csv = Run("predict", "run", "--data", "tiny", "--format", "csv").Lines;
        Assert.Equal("row,class,p0,p1,p2", csv[0]);
        var json = Run("predict", "run", "--data", "tiny", "--format", "json").Lines;
        Assert.Equal(TinyData.Test, json.Length);
        using var second = JsonDocument.Parse(json[1]);
        Assert.StartsWith("""{"row":2,"class":1,"probabilities":[""", json[1], StringComparison.Ordinal);
        Assert.Equal(1, second.RootElement.GetProperty("probabilities").EnumerateArray().Sum(p => p.GetDouble()), 1e-5);
        Assert.Equal(csv[2].Split(',')[2..].Select(float.Parse), second.RootElement.GetProperty("probabilities").EnumerateArray().Select(p => p.GetSingle()));
    }

    [Fact]
    public void Summary_counts_the_parameters_of_a_model_and_of_a_description()
    {
        var model = Run("summary", "run").Output;
        Assert.Contains("network     16-8-3, loss cross-entropy", model, StringComparison.Ordinal);
        Assert.Contains("parameters  163 (152 weights, 11 biases), 652 bytes as float32", model, StringComparison.Ordinal);
        var described = Run("summary", "--hidden", "128", "--json").Output;
        Assert.StartsWith("""{"network":"784-128-10","loss":"cross-entropy","parameters":101770,"weights":101632,"biases":138,""", described, StringComparison.Ordinal);
        Assert.Equal(2, GpuProcess.Run(_folder.Path, "summary").ExitCode);
        Assert.Equal(2, GpuProcess.Run(_folder.Path, "summary", "run", "--hidden", "3").ExitCode);
    }

    private GpuResult Run(params string[] arguments)
    {
        var result = GpuProcess.Run(_folder.Path, arguments);
        Assert.True(result.ExitCode == 0, $"exit code {result.ExitCode}: {result.Error}");
        return result;
    }

    /// <summary>A model that all these tests share.</summary>
    public sealed class TrainedModel : IDisposable
    {
        public TrainedModel()
        {
            TinyData.WriteIdx(Folder);
            var result = GpuProcess.Run(
                Folder.Path, "train", "--data", "tiny", "--hidden", "8", "--epochs", "20", "--batch-size", "8", "--lr", "0.5", "--out", "run");
            Assert.True(result.ExitCode == 0, result.Error);
        }

        public TestFolder Folder { get; } = new();

        public void Dispose() => Folder.Dispose();
    }
}
