using System.Text.Json;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Tests;

namespace Gpu.Host.Tests;

/// <summary><c>gpu bench</c>, part by part; how long anything takes is nobody's business here.</summary>
public sealed class BenchTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnOpenCl]
    [OnCuda]
    [InlineData("cpu")]
    [InlineData("opencl")]
    [InlineData("cuda")]
    public void Operations_are_checked_and_shown_as_shares_of_the_measured_peak(string device)
    {
        var lines = Run(device, "column-sum(m=32");
        Assert.Equal("peak", lines[0].GetProperty("event").GetString());
        var (gflops, gbytes) = (lines[0].GetProperty("gflops").GetDouble(), lines[0].GetProperty("gbytes_per_second").GetDouble());
        Assert.True(gflops > 0 && gbytes > 0, $"{gflops} GFLOP/s, {gbytes} GB/s");
        var row = lines[1];
        Assert.True(row.GetProperty("passed").GetBoolean());
        Assert.Equal(row.GetProperty("gbytes_per_second").GetDouble() / gbytes, row.GetProperty("share_of_peak").GetDouble(), 1e-9);
    }

    [Theory]
    [OnOpenCl]
    [OnCuda]
    [InlineData("cpu")]
    [InlineData("opencl")]
    [InlineData("cuda")]
    public void A_launch_is_timed_alone_and_in_a_sequence(string device)
    {
        var row = Assert.Single(Run(device, "launch"));
        Assert.True(row.GetProperty("microseconds_alone").GetDouble() > 0);
        Assert.True(row.GetProperty("microseconds_in_sequence").GetDouble() > 0);
        Assert.Equal(100, row.GetProperty("sequence").GetInt32());
    }

    [Fact]
    public void The_start_of_a_process_takes_longer_than_nothing_and_less_than_the_test()
    {
        var begun = DateTime.UtcNow;
        var row = Assert.Single(Run("cpu", "start"));

        // The system notes the start of a process in ticks of 10 ms.
        Assert.InRange(row.GetProperty("seconds").GetDouble(), 0.01, (DateTime.UtcNow - begun).TotalSeconds + 0.02);
        Assert.Equal("784-128-10", row.GetProperty("network").GetString());
    }

    [Fact]
    public void The_table_names_the_device_in_each_row()
    {
        var result = GpuProcess.Run(_folder.Path, "bench", "--device", "cpu", "--only", "tally", "--quiet");
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.StartsWith("measured peak: ", result.Lines[1], StringComparison.Ordinal);
        Assert.Contains(result.Lines, line => line.StartsWith("cpu tally(m=32,", StringComparison.Ordinal));
    }

    [Theory]
    [OnOpenCl]
    [InlineData("bench")]
    [InlineData("check")]
    public void A_case_that_the_device_lacks_is_an_error_and_not_a_success(string command)
    {
        TestDevices.Find(AcceleratorKind.OpenCl);
        var packed = OperationCases.All.First(c => c.IsForCpu).Name;
        var result = GpuProcess.Run(_folder.Path, command, "--device", "opencl", "--only", packed, "--quiet");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains($"--only {packed}: expected a variant that opencl:", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_filter_that_names_nothing_is_an_error_that_lists_operations_and_parts()
    {
        var result = GpuProcess.Run(_folder.Path, "bench", "--device", "cpu", "--only", "nothing", "--quiet");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--only nothing: expected launch, steps, start, the beginning", result.Error, StringComparison.Ordinal);
        Assert.Contains("matmul-forward", result.Error, StringComparison.Ordinal);
    }

    private List<JsonElement> Run(string device, string only)
    {
        if (device != "cpu")
        {
            TestDevices.Find(device == "cuda" ? AcceleratorKind.Cuda : AcceleratorKind.OpenCl);
        }

        var result = GpuProcess.Run(_folder.Path, "bench", "--device", device, "--only", only, "--json", "--quiet");
        Assert.True(result.ExitCode == 0, result.Error);
        var lines = result.Lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.All(lines, line => Assert.StartsWith(device, line.GetProperty("device").GetString(), StringComparison.Ordinal));
        Assert.Equal($"gpu bench --device {device} --only {only} --json --quiet", lines[0].GetProperty("command").GetString());
        return lines[1..];
    }
}
