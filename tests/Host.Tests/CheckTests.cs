using System.Text;
using System.Text.Json;
using Gpu.Host.CommandLine;
using Gpu.Host.Commands;
using Gpu.Host.Reports;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Ops;

namespace Gpu.Host.Tests;

/// <summary><c>gpu check</c>: what it prints where all is well, and that a wrong result cannot hide.</summary>
public sealed class CheckTests : IDisposable
{
    private static readonly OperationCase _right = OperationCases.Matching("column-sum(m=33,n=33)").First();
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_case_alone_is_checked_and_summed_up()
    {
        var result = GpuProcess.Run(_folder.Path, "check", "--device", "cpu", "--only", _right.Name);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains(result.Lines, line => line.StartsWith(_right.Name, StringComparison.Ordinal) && line.EndsWith("passed", StringComparison.Ordinal));
        Assert.StartsWith("1 cases passed on cpu", result.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Json_has_a_line_for_each_case_and_a_summary()
    {
        var result = GpuProcess.Run(_folder.Path, "check", "--device", "cpu", "--only", "column-sum", "--json", "--quiet");
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal(OperationCases.Matching("column-sum").Count() + 1, result.Lines.Length);
        Assert.StartsWith("""{"event":"case","device":"cpu","operation":"column-sum","name":"column-sum(""", result.Lines[0], StringComparison.Ordinal);
        Assert.Contains("\"failed\":0,", result.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void An_operation_that_does_not_exist_is_a_usage_error()
    {
        var result = GpuProcess.Run(_folder.Path, "check", "--device", "cpu", "--only", "nothing");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("column-sum", result.Error, StringComparison.Ordinal);
    }

    /// <summary>As of a recipe and of <c>gpu train</c>: 0 is one a processor.</summary>
    [Theory]
    [InlineData("0", 0)]
    [InlineData("2", 0)]
    [InlineData("-1", 2)]
    [InlineData("1025", 2)]
    public void Threads_are_counted_from_0(string threads, int exitCode)
    {
        var result = GpuProcess.Run(_folder.Path, "check", "--device", "cpu", "--threads", threads, "--only", _right.Name);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Equal(exitCode != 0, result.Error.Contains("--threads must be a whole number from 0 to 1,024", StringComparison.Ordinal));
    }

    [Fact]
    public void The_kernels_are_written_in_both_languages()
    {
        var result = GpuProcess.Run(_folder.Path, "check", "--device", "cpu", "--only", _right.Name, "--dump-kernels", "texts");
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains($"{KernelListing.Names.Count} kernels written to texts, each as PTX and as OpenCL C", result.Error, StringComparison.Ordinal);
        Assert.Equal(2 * KernelListing.Names.Count, _folder.Contents[1..].Length);
        Assert.All(_folder.Contents[1..], file => Assert.Contains(
            file.EndsWith(".ptx", StringComparison.Ordinal) ? ".visible .entry " : "kernel void ", File.ReadAllText(_folder[file]), StringComparison.Ordinal));
        File.WriteAllText(_folder["file"], "");
        Assert.Equal(2, GpuProcess.Run(_folder.Path, "check", "--only", _right.Name, "--dump-kernels", "file").ExitCode);
    }

    [Theory]
    [InlineData(2f)]
    [InlineData(float.NaN)]
    public void A_wrong_result_fails_with_the_line_that_runs_it_again_and_the_others_still_run(float factor)
    {
        var wrong = Scaled(factor);
        var (code, output, error) = Run([wrong, _right]);
        Assert.Equal(ExitCodes.Device, code);
        Assert.Contains("FAILED", output.Split('\n')[2], StringComparison.Ordinal);
        Assert.Contains("it must be", output, StringComparison.Ordinal);
        Assert.Contains($"gpu check --device cpu --only '{wrong.Name}'", output, StringComparison.Ordinal);
        Assert.Contains(output.Split('\n'), line => line.StartsWith(_right.Name, StringComparison.Ordinal) && line.EndsWith("passed", StringComparison.Ordinal));
        Assert.Contains("1 of 2 cases FAILED on cpu", output, StringComparison.Ordinal);
        Assert.Contains($"gpu check --device cpu --only '{wrong.Name}'", Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_result_is_told_in_json()
    {
        using var stream = new MemoryStream();
        using var cpu = new CpuAccelerator(new CpuOptions { Threads = 1 });
        CheckRun.Run(cpu, [Scaled(0.5f)], new CheckReport(TextWriter.Null, new JsonLine(stream)), new Messages(TextWriter.Null, Verbosity.Quiet, null));
        var lines = Encoding.UTF8.GetString(stream.ToArray()).TrimEnd().Split('\n');
        using var json = JsonDocument.Parse(lines[0]);
        Assert.False(json.RootElement.GetProperty("passed").GetBoolean());
        Assert.StartsWith("y[", json.RootElement.GetProperty("failure").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("gpu check --device cpu --only '", json.RootElement.GetProperty("again").GetString(), StringComparison.Ordinal);
        Assert.Contains("\"cases\":1,\"failed\":1,", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_that_refuses_a_case_has_failed_it()
    {
        var (code, output, _) = Run([new OperationCase
        {
            Operation = "refused",
            Parameters = [],
            Bind = _ => throw new DeviceException("clBuildProgram failed with CL_OUT_OF_RESOURCES (-5)."),
        }]);
        Assert.Equal(ExitCodes.Device, code);
        Assert.Contains("CL_OUT_OF_RESOURCES", output, StringComparison.Ordinal);
    }

    private static (int Code, string Output, string Error) Run(OperationCase[] cases)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var cpu = new CpuAccelerator(new CpuOptions { Threads = 1 });
        var code = CheckRun.Run(cpu, cases, new CheckReport(output, json: null), new Messages(error, Verbosity.Normal, null));
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>A column sum whose inputs are multiplied behind the reference's back.</summary>
    private static OperationCase Scaled(float factor) => new()
    {
        Operation = "scaled-sum",
        Parameters = [("factor", factor)],
        Bind = memory =>
        {
            var x = memory.Input("x", [factor * 1f, factor * 2f, factor * 3f, factor * 4f]);
            var y = memory.Output("y", 2);
            return new(ColumnSum.Prepare(memory.Accelerator, x, 2, 2, y),
                () => [Expectation.Of(y, Bounded.Exact([4, 6]))]);
        },
    };
}
