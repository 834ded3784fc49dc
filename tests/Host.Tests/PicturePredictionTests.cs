using System.Globalization;

namespace Gpu.Host.Tests;

/// <summary>A model of MNIST and of the built-in digits, which the tests below ask.</summary>
public sealed class DigitModels : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly Dictionary<string, string> _runs = [];

    public void Dispose() => _folder.Dispose();

    /// <summary>The run that learned a data set; trained when first asked for.</summary>
    public string Of(string data, params string[] settings)
    {
        if (!_runs.TryGetValue(data, out var run))
        {
            _runs.Add(data, run = _folder[$"run-{_runs.Count}"]);
            var result = GpuProcess.Run(_folder.Path, ["train", "--data", data, "--hidden", "128", "--epochs", "6", "--seed", "1", "--out", run, "--quiet", .. settings]);
            Assert.True(result.ExitCode == 0, result.Error);
        }

        return run;
    }
}

public class PicturePredictionTests(DigitModels models) : IClassFixture<DigitModels>
{
    private static string Mnist => Path.Combine(Environment.GetEnvironmentVariable("GPU_TEST_DATA") ?? Path.Combine(AppContext.BaseDirectory, "../../../../../../shared/data"), "mnist");

    [Fact]
    public void Drawn_digits_are_read_in_styles_that_nothing_was_chosen_by()
    {
        Assert.SkipUnless(Directory.Exists(Mnist), $"needs MNIST in {Mnist}");
        var run = models.Of(Mnist);
        using var folder = new TestFolder();
        var chosen = Right(folder, run, DrawingStyle.Chosen);
        var judged = Right(folder, run, DrawingStyle.Judging);
        var fresh = Right(folder, run, DrawingStyle.Fresh);
        var all = $"chosen: {Show(chosen)}; judging: {Show(judged)}; fresh: {Show(fresh)}";
        Assert.All(new[] { chosen, judged, fresh }, styles => Assert.True(styles.Sum(style => style.Right) >= 45, all));
        TestContext.Current.TestOutputHelper?.WriteLine(all);
    }

    [Fact]
    public void Pictures_are_files_folders_and_samples_of_any_size()
    {
        var run = models.Of("digits", "--limit", "6000");
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder["few"]);
        File.WriteAllBytes(folder["few/a.png"], DrawingStyle.Chosen[0].Draw(3));
        File.WriteAllBytes(folder["one.png"], DrawingStyle.Judging[1].Draw(1));
        File.WriteAllText(folder["note.txt"], "not a picture");

        var table = GpuProcess.Run(folder.Path, "predict", run, "one.png", "few", "--quiet");
        Assert.True(table.ExitCode == 0, table.Error);
        Assert.StartsWith("file       class  probability  next  probability  next  probability", table.Lines[0], StringComparison.Ordinal);
        Assert.StartsWith("one.png ", table.Lines[1], StringComparison.Ordinal);
        Assert.StartsWith("few/a.png ", table.Lines[2], StringComparison.Ordinal);

        var json = GpuProcess.Run(folder.Path, "predict", run, "one.png", "--format", "json", "--quiet");
        Assert.StartsWith("""{"file":"one.png","class":""", json.Lines[0], StringComparison.Ordinal);

        var asIs = GpuProcess.Run(folder.Path, "predict", run, "one.png", "--as-is");
        Assert.Equal(3, asIs.ExitCode);
        Assert.Contains("200", asIs.Error, StringComparison.Ordinal);
        Assert.Equal(2, GpuProcess.Run(folder.Path, "predict", run, "one.png", "--data", "digits").ExitCode);
        Assert.NotEqual(0, GpuProcess.Run(folder.Path, "predict", run, "note.txt").ExitCode);
    }

    [Fact]
    public void An_empty_picture_is_refused_and_one_of_the_models_own_kind_taken_as_it_is()
    {
        var run = models.Of("digits", "--limit", "6000");
        using var folder = new TestFolder();
        File.WriteAllBytes(folder["empty.png"], Training.Tests.PictureBytes.Png(Enumerable.Repeat((byte)200, 900).ToArray(), 30, 30));
        var empty = GpuProcess.Run(folder.Path, "predict", run, "empty.png");
        Assert.Equal(3, empty.ExitCode);
        Assert.Contains("empty.png: expected a picture with something drawn in it", empty.Error, StringComparison.Ordinal);

        var digits = Training.Data.Digits.Test(20);
        for (var i = 0; i < digits.Count; i++)
        {
            File.WriteAllBytes(folder[$"d{i:00}.png"], Training.Tests.PictureBytes.Png(digits.Sample(i), 28, 28));
        }

        File.Delete(folder["empty.png"]);
        var pictures = GpuProcess.Run(folder.Path, "predict", run, ".", "--format", "csv", "--quiet");
        var samples = GpuProcess.Run(folder.Path, "predict", run, "--format", "csv", "--limit", "20", "--quiet");
        Assert.Equal(samples.Lines.Skip(1).Select(Answer), pictures.Lines.Skip(1).Select(Answer));
    }

    [Fact]
    public void A_run_knows_its_data_and_samples_are_named_by_number()
    {
        var run = models.Of("digits", "--limit", "6000");
        using var folder = new TestFolder();
        var all = GpuProcess.Run(folder.Path, "predict", run, "--format", "csv", "--quiet");
        Assert.True(all.ExitCode == 0, all.Error);
        Assert.Equal(10_001, all.Lines.Length);
        var some = GpuProcess.Run(folder.Path, "predict", run, "--format", "csv", "--index", "7,9-10", "--quiet");
        Assert.Equal([all.Lines[7], all.Lines[9], all.Lines[10]], some.Lines.Skip(1));
        Assert.Equal(2, GpuProcess.Run(folder.Path, "predict", run, "--index", "10001").ExitCode);

        var eval = GpuProcess.Run(folder.Path, "eval", run);
        Assert.True(eval.ExitCode == 0, eval.Error);
        Assert.Contains("data: the test samples of digits, as the run had them", eval.Error, StringComparison.Ordinal);
        Assert.Equal(GpuProcess.Run(folder.Path, "eval", run, "--data", "digits").Output, eval.Output);
        Assert.Equal(eval.Output, GpuProcess.Run(folder.Path, "eval", Path.Combine(run, "model.safetensors")).Output);

        var runs = GpuProcess.Run(folder.Path, "runs", Path.GetDirectoryName(run)!);
        Assert.True(runs.ExitCode == 0, runs.Error);
        Assert.StartsWith("run ", runs.Lines[0], StringComparison.Ordinal);
        Assert.Equal(2, GpuProcess.Run(folder.Path, "runs").ExitCode);
    }

    [Fact]
    public void A_run_that_learned_nothing_says_so_with_the_cure()
    {
        using var folder = new TestFolder();
        var deep = GpuProcess.Run(folder.Path, "train", "--data", "digits", "--limit", "2000", "--hidden", "10,10,10,10,10,10,10,10", "--activation", "sigmoid", "--epochs", "1", "--out", "r");
        Assert.Contains("warning: the run learned nothing: ", deep.Error, StringComparison.Ordinal);
        Assert.Contains("8 layers of sigmoid let next to no gradient through: try --activation relu", deep.Error, StringComparison.Ordinal);
        Assert.Contains("best epoch: 1 of 1 (training loss", deep.Error, StringComparison.Ordinal);
        Assert.Contains("next: gpu eval r\n      gpu train --resume r --epochs 2\n", deep.Error, StringComparison.Ordinal);
        var fine = GpuProcess.Run(folder.Path, "train", "--data", "digits", "--limit", "2000", "--epochs", "1", "--out", "s");
        Assert.DoesNotContain("learned nothing", fine.Error, StringComparison.Ordinal);
        var unknown = GpuProcess.Run(folder.Path, "train", "--recipe", "nope");
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("a recipe that ships (a, a-mended, b,", unknown.Error, StringComparison.Ordinal);
    }

    /// <summary>What stands behind the name of a sample.</summary>
    private static string Answer(string line) => line[(line.IndexOf(',', StringComparison.Ordinal) + 1)..];

    private static string Show(List<(string Name, int Right)> styles) => string.Join(", ", styles.Select(style => $"{style.Name} {style.Right}"));

    /// <summary>For each style, how many of the ten digits were answered right.</summary>
    private static List<(string Name, int Right)> Right(TestFolder folder, string run, DrawingStyle[] styles)
    {
        var right = new List<(string, int)>();
        foreach (var style in styles)
        {
            var place = folder[style.Name];
            Directory.CreateDirectory(place);
            for (var digit = 0; digit < 10; digit++)
            {
                File.WriteAllBytes(Path.Combine(place, $"{digit}{style.Ending}"), style.Draw(digit));
            }

            var result = GpuProcess.Run(folder.Path, "predict", run, place, "--format", "csv", "--quiet");
            Assert.True(result.ExitCode == 0, result.Error);
            right.Add((style.Name, result.Lines.Skip(1).Index().Count(line => line.Item.Split(',')[1] == line.Index.ToString(CultureInfo.InvariantCulture))));
        }

        return right;
    }
}
