using System.Buffers.Binary;
using System.Text;
using Gpu.Host.Runs;
using Gpu.Training;

namespace Gpu.Host.Tests;

/// <summary>--force replaces a run of this program, and --resume goes on with one: files of others stay.</summary>
public sealed class ForeignFolderTests : IDisposable
{
    private static readonly DateTime _now = new(2026, 3, 4, 5, 6, 7, DateTimeKind.Local);
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> OfOthers => new()
    {
        { "model.safetensors", Safetensors("""{"__metadata__":{"format":"pt"},"w":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}""") },
        { "model.safetensors", Safetensors("""{"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""") },
        { "recipe.json", """{"lr": 0.1, "steps": 7}""" },
        { "recipe.json", "[1, 2]" },
        { "metrics.csv", "epoch,loss\n1,0.5\n" },
        { "checkpoints/last.safetensors", Safetensors("{}") },
        { "checkpoints/best.safetensors", Safetensors("{}") },
        { "checkpoints/step-00001000.safetensors", Safetensors("{}") },
    };

    [Theory]
    [MemberData(nameof(OfOthers))]
    public void A_file_of_another_program_stands_in_the_way_of_force(string name, string content)
    {
        Train("run");
        Write($"run/{name}", content);
        Refused("run", name);
        File.Delete(_folder[$"run/{name}"]);
        using var run = RunFolder.Create(_folder["run"], force: true, _now);
    }

    /// <summary>As a folder of Hugging Face's has them; with what is no file of either, as text would be.</summary>
    [Theory]
    [MemberData(nameof(OfOthers))]
    [InlineData("model.safetensors", "my only copy")]
    [InlineData("checkpoints/last.safetensors", "my only copy")]
    [InlineData("recipe.json", "my only copy")]
    [InlineData("metrics.csv", "my only copy")]
    [InlineData("metrics.csv", "")]
    [InlineData("old.json.12.tmp", "my only copy")]
    [InlineData("notes.txt", "my only copy")]
    public void A_folder_without_a_run_is_not_replaced(string name, string content)
    {
        Write($"other/{name}", content);
        Refused("other", "other");
    }

    [Fact]
    public void An_empty_folder_is_taken_and_a_run_with_damaged_files_is_replaced()
    {
        Directory.CreateDirectory(_folder["empty"]);
        TrainingRuns.Begin(_folder["empty"], Settings, force: true);
        foreach (var name in new[] { "model.safetensors", "recipe.json", "metrics.csv", "checkpoints/best.safetensors" })
        {
            Write($"empty/{name}", "");
        }

        TrainingRuns.Begin(_folder["empty"], Settings, force: true);
        Assert.True(new FileInfo(_folder["empty/model.safetensors"]).Length > 0);
    }

    [Fact]
    public void Temporary_files_of_others_stay_and_those_of_runs_go()
    {
        Train("run");
        string[] others = ["old.json.12.tmp", "checkpoints/mine.safetensors.12.tmp", "table.csv.7.tmp"];
        string[] ours = ["recipe.json.12.tmp", "model.safetensors.12.tmp", "metrics.csv.12.tmp", "checkpoints/last.safetensors.12.tmp",
            "checkpoints/best.safetensors.12.tmp", "checkpoints/step-00000005.safetensors.12.tmp"];
        foreach (var name in others.Concat(ours))
        {
            Write($"run/{name}", "half");
        }

        TrainingRuns.Begin(_folder["run"], Settings, force: true);
        Assert.All(others, name => Assert.True(File.Exists(_folder[$"run/{name}"]), name));
        Assert.All(ours, name => Assert.False(File.Exists(_folder[$"run/{name}"]), name));
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("metrics.csv")]
    public void A_run_that_goes_on_replaces_no_file_of_others_either(string name)
    {
        Train("run");
        var content = OfOthers.First(row => row.Data.Item1 == name).Data.Item2;
        Write($"run/{name}", content);
        var error = Assert.Throws<TrainingException>(() => TrainingRuns.Resume(_folder["run"], "--epochs 2"));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Equal(content, File.ReadAllText(_folder[$"run/{name}"]));
    }

    private string Settings => $"--data {(Directory.Exists(_folder["tiny"]) ? _folder["tiny"] : TinyData.WriteIdx(_folder))} --hidden 4 --epochs 1 --device cpu";

    private void Train(string run) => TrainingRuns.Begin(_folder[run], Settings);

    private void Refused(string folder, string named)
    {
        var before = Contents(folder);
        var error = Assert.Throws<TrainingException>(() => RunFolder.Create(_folder[folder], force: true, _now));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Contents(folder));
    }

    private string Contents(string folder) => string.Join('\n', Directory.EnumerateFiles(_folder[folder], "*", SearchOption.AllDirectories).Order()
        .Select(file => $"{file}: {Convert.ToBase64String(File.ReadAllBytes(file))}"));

    private void Write(string name, string content)
    {
        // Checkpoints of one step are one file of several names.
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.Delete(_folder[name]);
        File.WriteAllText(_folder[name], content);
    }

    /// <summary>A header with its length before it, and two bytes of data.</summary>
    private static string Safetensors(string header)
    {
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        return Encoding.UTF8.GetString(length) + header + "ab";
    }
}
