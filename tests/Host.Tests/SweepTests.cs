using System.Text.Json;
using Gpu.Host.Sets;
using Gpu.Training.Sets;

namespace Gpu.Host.Tests;

/// <summary>Settings that are tried: ranked by validation samples, each run with the bits of its lone one.</summary>
public sealed class SweepTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public SweepTests() => File.WriteAllText(_folder["people.csv"], "age,job,pay,income\n" + string.Concat(Enumerable.Range(0, 120).Select(row =>
        $"{(row % 9 == 0 ? "?" : $"{20 + (row * 7 % 41)}.5")},{(row % 3 == 0 ? "smith" : "cook")},{row * 13 % 50},{(row * 13 % 50 < 25 ? "low" : "high")}\n")));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_sweep_ranks_its_runs_by_validation_and_prints_the_command_of_the_best()
    {
        var sweep = Run("sweep", "people.csv", "--target", "income", "--lr", "0.00001,0.01", "--hidden", "8,16x4", "--epochs", "6", "--test", "0.2", "--device", "cpu", "--out", "set");
        Assert.Contains("sweep: 4 runs", sweep.Error, StringComparison.Ordinal);
        Assert.Equal(["run", "hidden", "lr", "accuracy", "log", "loss", "epochs", "time"], Words(sweep.Lines[0]));
        Assert.Equal(["0.01", "0.01", "0.00001", "0.00001"], sweep.Lines.Skip(1).Take(4).Select(line => Words(line)[2]));
        using var results = JsonDocument.Parse(File.ReadAllBytes(_folder["set/results.json"]));
        var best = Words(sweep.Lines[1])[0];
        Assert.Equal(best, results.RootElement.GetProperty("best").GetString());
        Assert.StartsWith($"best: {best}, validation accuracy ", sweep.Lines[5], StringComparison.Ordinal);
        Assert.Matches("^its test accuracy [0-9.]+% on 24 samples that chose nothing$", sweep.Lines[6]);

        // The command it prints, with a folder of its own, makes the same model.
        var command = sweep.Lines.Single(line => line.StartsWith("command: gpu ", StringComparison.Ordinal))["command: gpu ".Length..];
        Assert.StartsWith("train --data people.csv --target income --validation 0.15 --test 0.2 --hidden ", command, StringComparison.Ordinal);
        Run([.. command.Split(' ').Select(word => word.Trim('\'')), "--out", "lone/best"]);
        Assert.Equal(File.ReadAllBytes(_folder["lone/best/model.safetensors"]), File.ReadAllBytes(_folder[$"set/{best}/model.safetensors"]));
        Assert.Equal(File.ReadAllText(_folder["lone/best/recipe.json"]), File.ReadAllText(_folder[$"set/{best}/recipe.json"]));
        Run("eval", $"set/{best}");
        var json = Run("sweep", "people.csv", "--target", "income", "--lr", "0.00001,0.01", "--hidden", "8,16x4", "--epochs", "2", "--trials", "3", "--device", "cpu", "--out", "some", "--json");
        Assert.Equal(4, json.Lines.Length);
        Assert.Contains("\"best\":\"trial-", json.Lines[3], StringComparison.Ordinal);
        Assert.Contains("\"command\":\"gpu train --data people.csv", json.Lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void Force_replaces_a_sweep()
    {
        string[] sweep = ["sweep", "people.csv", "--target", "income", "--epochs", "1", "--device", "cpu", "--out", "set"];
        Run([.. sweep, "--lr", "0.001,0.01,0.1"]);
        Assert.Equal(2, GpuProcess.Run(_folder.Path, [.. sweep, "--lr", "0.1,0.2"]).ExitCode);
        Run([.. sweep, "--lr", "0.1,0.2", "--force"]);
        Assert.Equal(2, Directory.GetDirectories(_folder["set"]).Length);
    }

    [Fact]
    public void Runs_that_diverge_rank_nowhere_and_images_have_a_part_held_out()
    {
        TinyData.WriteIdx(_folder);
        var sweep = Run("sweep", "tiny", "--lr", "0.1,1e30", "--epochs", "3", "--device", "cpu", "--out", "set");
        Assert.StartsWith("trial-1", sweep.Lines[1], StringComparison.Ordinal);
        Assert.Contains("1 of 2 runs failed", sweep.Output, StringComparison.Ordinal);
        Assert.Contains("--validation 0.15", sweep.Output, StringComparison.Ordinal);
        Assert.Matches("its test accuracy [0-9.]+% on 30 samples", sweep.Output);
        Assert.Equal(6, GpuProcess.Run(_folder.Path, "sweep", "tiny", "--lr", "1e29,1e30", "--epochs", "3", "--device", "cpu", "--out", "bad").ExitCode);
    }

    [Theory]
    [InlineData(MemberState.Waiting, 1, "1 of 6 runs has not begun")]
    [InlineData(MemberState.Waiting, 2, "2 of 6 runs have not begun")]
    [InlineData(MemberState.Stopped, 1, "1 of 6 runs was stopped")]
    [InlineData(MemberState.Stopped, 6, "6 of 6 runs were stopped")]
    [InlineData(MemberState.Failed, 1, "1 of 6 runs failed")]
    public void One_run_is_told_of_as_one(MemberState state, int count, string expected) => Assert.Equal(expected, SweepReport.StateOf(state, count, 6));

    [Fact]
    public void A_sweep_whose_time_is_over_goes_on_where_it_was()
    {
        var result = Run("sweep", "people.csv", "--target", "income", "--lr", "0.001,0.003,0.01,0.03", "--epochs", "150000", "--device", "cpu", "--time", "4s", "--out", "set");
        Assert.Equal("to go on: gpu sweep --resume set --time 4s", result.ErrorLines[^1]);
        Assert.Matches("(1 of 4 runs (was stopped|has not begun)|[2-4] of 4 runs (were stopped|have not begun))", result.Output);
        Assert.DoesNotContain("best:", result.Output, StringComparison.Ordinal);
        var shorter = GpuProcess.Run(_folder.Path, "sweep", "--resume", "set", "--lr", "0.5");
        Assert.Equal(2, shorter.ExitCode);
        Assert.Contains("--lr cannot go with --resume", shorter.Error, StringComparison.Ordinal);
        Assert.Contains("expected a time such as 90s, 10m or 2h", Refused(2, "sweep", "people.csv", "--lr", "1,2", "--time", "10"), StringComparison.Ordinal);
        Assert.Contains("expected the folder of a set of runs", Refused(7, "sweep", "--resume", "nowhere"), StringComparison.Ordinal);
        Assert.Contains("found none: name some, or use gpu train", Refused(2, "sweep", "people.csv"), StringComparison.Ordinal);
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private string Refused(int code, params string[] arguments)
    {
        var result = GpuProcess.Run(_folder.Path, arguments);
        Assert.True(result.ExitCode == code, result.Error);
        return result.ErrorLines[^1];
    }

    private GpuResult Run(params string[] arguments)
    {
        var result = GpuProcess.Run(_folder.Path, arguments);
        Assert.True(result.ExitCode == 0, result.Error);
        return result;
    }
}
