namespace Gpu.Export.Tests;

/// <summary>What <c>gpu export</c> refuses, and how it says so.</summary>
public sealed class ExportCommandTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_is_replaced_only_by_force_and_what_cannot_be_is_refused_in_a_sentence()
    {
        Assert.Equal(0, Run("train", "--data", "digits", "--limit", "200", "--hidden", "5", "--epochs", "1", "--device", "cpu", "--out", "run", "--no-report").ExitCode);
        var exported = Run("export", "run", "model.onnx");
        Assert.Equal((0, "model: model.onnx\n", ""), (exported.ExitCode, exported.Output, exported.Error));
        var first = File.ReadAllBytes(_folder["model.onnx"]);
        Refused(2, "expected a name that is free, found a file: name another, or replace it with --force.", "export", "run", "model.onnx");
        Assert.Equal(0, Run("export", "run/model.safetensors", "model.onnx", "--force").ExitCode);
        Assert.Equal(first, File.ReadAllBytes(_folder["model.onnx"]));

        Directory.CreateDirectory(_folder["some.onnx"]);
        Refused(2, "expected the name of a file, found a folder", "export", "run", "some.onnx", "--force");
        Refused(2, "expected a file that ends in .onnx, .npz or .json", "export", "run", "model.pt");
        Refused(2, "choose a folder that exists and that you may write to.", "export", "run", "nowhere/model.onnx");
        Refused(7, "found no such file", "export", "nothing", "other.onnx");
        Refused(7, "found no such file", "export", "nothing", "model.onnx");
        var bytes = File.ReadAllBytes(_folder["run/model.safetensors"]);
        File.WriteAllBytes(_folder["cut.safetensors"], bytes[..^100]);
        Refused(7, "cut.safetensors: ", "export", "cut.safetensors", "other.onnx");
        Assert.False(File.Exists(_folder["other.onnx"]));
    }

    [Fact]
    public void The_score_is_that_of_the_epoch_which_the_model_is_of()
    {
        // Half of the labels are drawn, so that what is learned by heart soon harms on rows that were held out.
        File.WriteAllLines(_folder["t.csv"], ["label,a,b,c", .. Enumerable.Range(0, 160).Select(i =>
            $"{(i % 2 == 0 ? i * 7919 % 13 > 6 : i % 5 > 2)},{i % 5}.5,{i * 7919 % 101},{i * 104729 % 97}")]);
        Assert.Equal(0, Run("train", "--data", "t.csv", "--validation", "0.4", "--hidden", "64", "--epochs", "60", "--lr", "0.01", "--seed", "3", "--device", "cpu", "--out", "run", "--no-report").ExitCode);
        string[][] rows = [.. File.ReadAllLines(_folder["run/metrics.csv"]).Select(line => line.Split(','))];
        var (accuracy, loss) = (Array.IndexOf(rows[0], "validation_accuracy"), Array.IndexOf(rows[0], "validation_loss"));
        double Cell(int row, int column) => double.Parse(rows[row][column], System.Globalization.CultureInfo.InvariantCulture);
        var best = Enumerable.Range(1, 60).OrderByDescending(row => Cell(row, accuracy)).ThenBy(row => Cell(row, loss)).First();
        Assert.InRange(best, 1, 59);
        foreach (var (model, epoch) in new[] { ("run", best), ("run/checkpoints/best.safetensors", best), ("run/checkpoints/last.safetensors", 60) })
        {
            Assert.Equal(0, Run("export", model, "model.onnx", "--force").ExitCode);
            using var session = new Microsoft.ML.OnnxRuntime.InferenceSession(_folder["model.onnx"]);
            using var score = System.Text.Json.JsonDocument.Parse(session.ModelMetadata.CustomMetadataMap["score"]);
            Assert.Equal(epoch, score.RootElement.GetProperty("epochs").GetInt32());
            Assert.Equal(Cell(epoch, loss), score.RootElement.GetProperty("loss").GetDouble(), 1e-6);
        }
    }

    private void Refused(int code, string sentence, params string[] arguments)
    {
        var result = Run(arguments);
        Assert.True(result.ExitCode == code && result.Error.Contains(sentence, StringComparison.Ordinal) && result.ErrorLines.Length == 1, $"{result.ExitCode}: {result.Error}");
    }

    private GpuResult Run(params string[] arguments) => GpuProcess.Run(_folder.Path, arguments);
}
