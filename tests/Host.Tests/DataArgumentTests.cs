namespace Gpu.Host.Tests;

/// <summary>What <c>--data</c> and its companions say on a command line, and what becomes of the names in the data.</summary>
public sealed class DataArgumentTests : IDisposable
{
    private static readonly string[] _names = ["ant", "bee", "cow"];
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("cat part.csv | \"$@\"", "-")]
    [InlineData("gzip -c part.csv | \"$@\"", "/dev/stdin")]
    [InlineData("exec \"$@\" < part.csv", "/dev/stdin")]
    [InlineData("exec \"$@\" < part.csv", "-")]
    [InlineData("exec 9< part.csv; exec \"$@\"", "/dev/fd/9")]
    public void Data_comes_through_standard_input(string script, string spec)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The streams of a process are named so by POSIX systems.");
        TinyData.WriteCsv(_folder, "part.csv");
        Train("whole", "--data", "part.csv");
        var piped = Shell(script, [.. Tiny, "--data", spec, "--out", "run"]);
        Assert.True(piped.ExitCode == 0, piped.Error);
        Assert.Equal(Model("whole"), Model("run"));
        Assert.Equal(Run("predict", "run", "--data", "part.csv", "--format", "csv").Output, Shell(script, ["predict", "run", "--data", spec, "--format", "csv"]).Output);
    }

    [Theory]
    [InlineData("exec \"$@\" <&-", "-", "-: expected data through standard input, found that it is closed; pipe a file into it.")]
    [InlineData("exec \"$@\" <&-", "/dev/stdin", "/dev/stdin: expected data through standard input, found that it is closed; pipe a file into it.")]
    [InlineData("exec \"$@\" 9<&-", "/dev/fd/9", "/dev/fd/9: expected data through a pipe, found that it is closed; pipe a file into it.")]
    [InlineData("exec \"$@\" < /dev/null", "-", "-: expected data through standard input, found none; pipe a file into it.")]
    public void Standard_input_that_holds_nothing_is_one_sentence(string script, string spec, string expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The streams of a process are named so by POSIX systems.");
        var refused = Shell(script, ["train", "--data", spec]);
        Assert.Equal((3, ""), (refused.ExitCode, refused.Output));
        Assert.Equal($"gpu: {expected}", Assert.Single(refused.ErrorLines));
    }

    [Fact]
    public void One_stream_is_not_taken_for_training_and_for_testing()
    {
        TinyData.WriteCsv(_folder, "part.csv");
        var refused = Shell("exec \"$@\" < part.csv", ["train", "--data", "-", "--test-data", "-"]);
        Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("--test-data -: expected other samples than --data - takes", Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipe_with_a_name_is_refused_with_the_way_to_read_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Pipes have names on POSIX systems.");
        System.Diagnostics.Process.Start("mkfifo", [_folder["pipe"]]).WaitForExit();
        var refused = GpuProcess.Run(_folder.Path, "train", "--data", "pipe");
        Assert.Equal(3, refused.ExitCode);
        Assert.EndsWith("found an empty file, a pipe or a device; give a file with its contents, or send a pipe through standard input, --data - < pipe.",
            Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Several_files_are_one_data_set()
    {
        TinyData.WriteCsv(_folder, "whole.csv");
        Directory.CreateDirectory(_folder["parts"]);
        Cut("parts/a.csv", 1, 12);
        Cut("parts/b, c.csv", 13, 30);
        Train("whole", "--data", "whole.csv");
        Train("run", "--data", "parts/a.csv", "parts/b, c.csv");
        Train("glob", "--data", "parts/*.csv");
        Assert.All((string[])["run", "glob"], run => Assert.Equal(Model("whole"), Model(run)));
        var recipe = _folder["run/recipe.json"];
        Assert.Contains("\"data\": [\"parts/a.csv\", \"parts/b, c.csv\"],", File.ReadAllText(recipe), StringComparison.Ordinal);
        Run("train", "--resume", "run", "--epochs", "3");
        Assert.Equal(
            Run("eval", "run", "--data", "whole.csv", "--json").Output, Run("eval", "run", "--data", "parts/a.csv", "--data", "parts/b, c.csv", "--json").Output);

        // As recipes were written before.
        File.WriteAllText(recipe, File.ReadAllText(recipe).Replace("[\"parts/a.csv\", \"parts/b, c.csv\"]", "\"parts/a.csv\\nparts/b, c.csv\"", StringComparison.Ordinal));
        Run("train", "--resume", "run", "--epochs", "4");
        Assert.Contains("[\"parts/a.csv\", \"parts/b, c.csv\"]", File.ReadAllText(recipe), StringComparison.Ordinal);
    }

    [Fact]
    public void The_column_of_the_labels_is_named_once_and_known_to_the_model()
    {
        TinyData.WriteCsv(_folder, "kind.csv", change: lines => lines[0] = lines[0].Replace("label", "kind", StringComparison.Ordinal));
        TinyData.WriteCsv(_folder, "label.csv");
        var refused = GpuProcess.Run(_folder.Path, [.. Tiny, "--data", "kind.csv", "--out", "run"]);
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("no column 'label' among the columns 'kind'", refused.Error, StringComparison.Ordinal);
        Train("run", "--data", "kind.csv", "--target", "kind");
        Train("whole", "--data", "label.csv");
        Assert.Equal(Run("eval", "whole", "--data", "label.csv").Output, Run("eval", "run", "--data", "kind.csv").Output);
        Assert.Equal(Run("eval", "run", "--data", "kind.csv").Output, Run("eval", "run", "--data", "label.csv", "--target", "label").Output);
    }

    [Theory]
    [InlineData("texts")]
    [InlineData("numbers")]
    [InlineData("given later")]
    public void Classes_keep_their_names_in_every_output(string labels)
    {
        TinyData.WriteCsv(_folder, "data.csv", change: lines =>
        {
            for (var i = 1; i < lines.Count && labels == "texts"; i++)
            {
                lines[i] = _names[lines[i][0] - '0'] + lines[i][1..];
            }
        });
        var given = string.Join(',', _names);
        Train("run", ["--data", "data.csv", .. labels == "numbers" ? new[] { "--label-names", given } : []]);
        string[] data = ["--data", "data.csv", .. labels == "given later" ? new[] { "--label-names", given } : []];
        var eval = Run(["eval", "run", .. data]).Output;
        Assert.Contains("\nlabel ant bee cow\n", Squeeze(eval), StringComparison.Ordinal);
        Assert.All(_names, name => Assert.Equal(2, Squeeze(eval).Split('\n').Count(line => line.StartsWith($"{name} ", StringComparison.Ordinal))));
        var json = Run(["eval", "run", .. data, "--json"]).Output;
        Assert.All(_names, (name, c) => Assert.Contains($"{{\"class\":{c},\"name\":\"{name}\",", json, StringComparison.Ordinal));

        var kaggle = Run(["predict", "run", .. data, "--format", "kaggle"]).Lines;
        Assert.All(kaggle.Skip(1), line => Assert.Contains(line.Split(',')[1], _names));
        var csv = Run(["predict", "run", .. data, "--format", "csv"]).Lines;
        Assert.Equal("row,class,ant,bee,cow", csv[0]);
        Assert.Equal(kaggle.Skip(1), csv.Skip(1).Select(line => string.Join(',', line.Split(',').Take(2))));
        var table = Run(["predict", "run", .. data]).Lines;
        Assert.Equal(kaggle.Skip(1), table.Skip(1).Select(line => string.Join(',', Squeeze(line).Split(' ').Take(2))));
        var lines = Run(["predict", "run", .. data, "--format", "json"]).Lines;
        Assert.Equal(kaggle.Skip(1), lines.Select((line, i) => $"{i + 1},{line.Split("\"name\":\"")[1].Split('"')[0]}"));
    }

    [Fact]
    public void Names_that_are_not_as_many_as_the_classes_of_the_model_are_refused()
    {
        TinyData.WriteCsv(_folder, "data.csv");
        Train("run", "--data", "data.csv");
        foreach (var command in (string[])["eval", "predict"])
        {
            var refused = GpuProcess.Run(_folder.Path, command, "run", "--data", "data.csv", "--label-names", "ant,bee");
            Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
            Assert.Contains("expected a name for each of the 3 classes of the model, from class 0 on, found 2; where they begin with class 1, put another before them",
                Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(1, "scale: unit (255 becomes 1), because the largest value is ")]
    [InlineData(16, "scale: 0,0.054901960784313725 (14 becomes 1), because the largest value is 14")]
    public void What_the_scale_was_chosen_by_is_said(int divisor, string expected)
    {
        TinyData.WriteCsv(_folder, "data.csv", change: lines =>
        {
            for (var i = 1; i < lines.Count; i++)
            {
                lines[i] = string.Join(',', lines[i].Split(',').Select((cell, column) => column == 0 ? cell : $"{int.Parse(cell, null) / divisor}"));
            }
        });
        Assert.Contains(Train("run", "--data", "data.csv").ErrorLines, line => line.StartsWith(expected, StringComparison.Ordinal));
        Assert.DoesNotContain(GpuProcess.Run(_folder.Path, "train", "--resume", "run", "--epochs", "3").ErrorLines, line => line.StartsWith("scale", StringComparison.Ordinal));
        Assert.DoesNotContain(Train("other", "--data", "data.csv", "--scale", "unit").ErrorLines, line => line.StartsWith("scale", StringComparison.Ordinal));
    }

    private static string[] Tiny => ["train", "--hidden", "4", "--epochs", "2", "--seed", "5", "--device", "cpu"];

    /// <summary>Lines with one blank between words and none at their ends.</summary>
    private static string Squeeze(string text) =>
        string.Join('\n', text.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));

    private byte[] Model(string run) => File.ReadAllBytes(_folder[$"{run}/model.safetensors"]);

    /// <summary>Writes some of the lines of the whole table as a table of its own.</summary>
    private void Cut(string name, int first, int last)
    {
        var lines = File.ReadAllLines(_folder["whole.csv"]);
        File.WriteAllLines(_folder[name], [lines[0], .. lines[first..(last + 1)]]);
    }

    private GpuResult Train(string run, params string[] arguments) => Run([.. Tiny, "--out", run, .. arguments]);

    private GpuResult Run(params string[] arguments)
    {
        var result = GpuProcess.Run(_folder.Path, arguments);
        Assert.True(result.ExitCode == 0, $"exit code {result.ExitCode}: {result.Error}");
        return result;
    }

    private GpuResult Shell(string script, string[] arguments)
    {
        using var process = GpuProcess.StartShell(_folder.Path, script, arguments);
        return GpuProcess.Finish(process);
    }
}
