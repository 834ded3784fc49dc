using System.Text;
using Gpu.Host.Streams;

namespace Gpu.Host.Tests;

/// <summary>Standard output and standard error that are closed, full, or gone.</summary>
public sealed class StreamTests : IDisposable
{
    private const int Epochs = 5;
    private readonly TestFolder _folder = new();

    public StreamTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "A shell closes the streams, and Linux has a device that is always full.");
        TinyData.WriteIdx(_folder);
    }

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Lost => ["2>&-", "2>/dev/full"];

    [Theory]
    [MemberData(nameof(Lost))]
    public void A_message_that_cannot_be_written_changes_neither_results_nor_exit_code(string error)
    {
        var train = Run(error, ["train", .. Tiny, "--out", "run"]);
        Assert.Equal(0, train.ExitCode);
        AssertWhole(train.Output.Split('\n')[^2]);
        string[][] commands =
        [
            ["eval", "run", "--data", "tiny"], ["predict", "run", "--data", "tiny", "--format", "kaggle"], ["predict", "run", "--data", "tiny", "--format", "json"],
            ["summary", "run"], ["devices"], ["train", "--help"], ["train", "--resume", "run"],
        ];
        foreach (var command in commands)
        {
            var (expected, found) = (Run("", command), Run(error, command));
            Assert.Equal((0, expected.Output), (found.ExitCode, found.Output));
        }
    }

    [Theory]
    [MemberData(nameof(Lost))]
    public void An_error_that_cannot_be_said_has_its_exit_code(string error)
    {
        Assert.Equal(2, Run(error, ["train", "--epochs", "none"]).ExitCode);
        Assert.Equal(2, Run(error, ["nothing"]).ExitCode);
        Assert.Equal(3, Run(error, ["train", "--data", "nowhere"]).ExitCode);
        Assert.Equal(7, Run(error, ["eval", "nowhere", "--data", "tiny"]).ExitCode);
    }

    [Theory]
    [InlineData(">&-", "(it is closed)", "")]
    [InlineData(">/dev/full", "(No space left on device)", "")]
    [InlineData(">/dev/full", "(No space left on device)", "--json")]
    [InlineData(">&- 2>&-", "", "")]
    public void A_run_goes_on_without_standard_output_and_says_so(string output, string why, string json)
    {
        string[] command = ["train", .. Tiny, "--out", "run", .. json.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        var result = Run(output, command);
        Assert.Equal(1, result.ExitCode);
        AssertWhole("model: run/model.safetensors");
        if (why.Length > 0)
        {
            Assert.Single(result.ErrorLines, line => line.StartsWith($"warning: Standard output cannot be written {why}", StringComparison.Ordinal));
            Assert.EndsWith("its epochs are in run/metrics.csv, its model is run/model.safetensors.", result.ErrorLines[^1], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("eval", "run", "--data", "tiny")]
    [InlineData("eval", "run", "--data", "tiny", "--json")]
    [InlineData("predict", "run", "--data", "tiny")]
    [InlineData("predict", "run", "--data", "tiny", "--format", "json")]
    [InlineData("summary", "run")]
    [InlineData("devices")]
    public void Results_that_cannot_be_written_are_an_error_that_names_the_stream(params string[] command)
    {
        TrainingRuns.Begin(_folder["run"], string.Join(' ', Tiny).Replace("tiny", _folder["tiny"], StringComparison.Ordinal));
        var result = Run(">/dev/full", command);
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("gpu: Standard output cannot be written (No space left on device): make room, or send it elsewhere.", result.ErrorLines[^1]);
        Assert.Equal(1, Run(">&-", command).ExitCode);
    }

    /// <summary>As of a terminal whose window was closed: the system gives an error of input and output.</summary>
    [Fact]
    public void A_stream_that_fails_on_the_way_drops_what_it_cannot_write()
    {
        var failures = new List<OutputException>();
        var inner = new Failing();
        using var stream = new GuardedStream("Standard error", inner, failures.Add, endsWithFailure: false);
        stream.Write("one"u8);
        inner.Fails = true;
        stream.Write("two"u8);
        stream.Write("three"u8);
        inner.Fails = false;
        stream.Write("four"u8);
        Assert.Equal("onefour", inner.Text);
        Assert.Equal(2, failures.Count);
        Assert.Equal("Standard error cannot be written (Input/output error): make room, or send it elsewhere.", failures[0].Message);
    }

    [Fact]
    public void Nothing_follows_what_was_lost_where_lines_belong_together()
    {
        var failures = new List<OutputException>();
        var inner = new Failing { Fails = true };
        using var stream = new GuardedStream("Standard output", inner, failures.Add, endsWithFailure: true);
        stream.Write("two"u8);
        inner.Fails = false;
        stream.Write("three"u8);
        Assert.Equal(("", 1), (inner.Text, failures.Count));
    }

    private static string[] Tiny =>
        ["--data", "tiny", "--hidden", "8", "--batch-size", "8", "--epochs", $"{Epochs}", "--device", "cpu", "--validation", "0.2"];

    /// <summary>Every epoch has its row, and there are the model and the checkpoint of the last one.</summary>
    private void AssertWhole(string lastLine)
    {
        Assert.Equal("model: run/model.safetensors", lastLine);
        Assert.Equal(Epochs + 1, File.ReadLines(_folder["run/metrics.csv"]).Count());
        Assert.True(File.Exists(_folder["run/model.safetensors"]));
        var resumed = GpuProcess.Run(_folder.Path, "train", "--resume", "run");
        Assert.Contains($"run is finished, {Epochs} of {Epochs} epochs", resumed.Error, StringComparison.Ordinal);
    }

    private GpuResult Run(string redirections, string[] command) => GpuProcess.RunRedirected(_folder.Path, redirections, command);

    private sealed class Failing : MemoryStream
    {
        internal bool Fails { get; set; }

        internal string Text => Encoding.UTF8.GetString(ToArray());

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (Fails)
            {
                throw new IOException("Input/output error");
            }

            base.Write(buffer);
        }
    }
}
