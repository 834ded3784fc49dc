using System.Text.Json;

namespace Gpu.Host.Tests;

/// <summary><c>gpu devices</c>, and what is said of a device that is not there, with drivers missing and with broken ones.</summary>
public sealed class DevicesTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly (string Name, string Value)[] _broken;

    public DevicesTests()
    {
        Directory.CreateDirectory(_folder["libraries"]);
        Directory.CreateDirectory(_folder["no-drivers"]);
        foreach (var name in (string[])["libOpenCL.so.1", "libOpenCL.so", "libcuda.so.1", "libcuda.so"])
        {
            File.WriteAllText(Path.Combine(_folder["libraries"], name), "this is not a library");
        }

        // Also what a machine with a GPU has is hidden: the drivers registered with the loader, and the devices of CUDA.
        _broken =
        [
            ("LD_LIBRARY_PATH", _folder["libraries"]), ("OPENCL_VENDOR_PATH", _folder["no-drivers"]),
            ("OCL_ICD_VENDORS", _folder["no-drivers"]), ("CUDA_VISIBLE_DEVICES", "-1"),
        ];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_device_and_library_is_listed_in_80_columns_and_in_json()
    {
        var result = GpuProcess.Run(_folder.Path, "devices");
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("--device auto chooses ", result.Output, StringComparison.Ordinal);
        Assert.All(result.Lines, line => Assert.True(line.Length < 80, line));
        var lines = GpuProcess.Run(_folder.Path, "devices", "--json").Lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal("cpu", lines[0].GetProperty("device").GetString());
        Assert.Contains(lines, line => line.TryGetProperty("library", out _));
        var devices = lines.Where(line => line.TryGetProperty("device", out _)).ToList();
        Assert.All((string[])["cuda", "opencl"], kind => Assert.Contains(
            devices, line => line.GetProperty("device").GetString()!.StartsWith(kind, StringComparison.Ordinal)));
        Assert.Single(devices, line => line.GetProperty("chosen").GetBoolean());
        Assert.All(devices, line => Assert.Equal(!line.GetProperty("usable").GetBoolean(), line.TryGetProperty("reason", out _)));
    }

    [Fact]
    public void A_broken_library_is_named_and_the_program_goes_on()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the libraries' names are those of Linux");
        var result = GpuProcess.Run(_folder.Path, _broken, "devices");
        Assert.True(result.ExitCode == 0, result.Error);
        var library = Path.Combine(_folder["libraries"], "libOpenCL.so.1");
        Assert.Contains($"  {library}: is not a library", result.Output, StringComparison.Ordinal);
        Assert.Contains($"looked for in LD_LIBRARY_PATH={_folder["libraries"]}", result.Output, StringComparison.Ordinal);
        Assert.Contains("--device auto chooses cpu", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_driver_that_is_registered_and_missing_is_told()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "drivers are registered in files on Linux");
        var file = Path.Combine(_folder["no-drivers"], "half.icd");
        File.WriteAllText(file, "libhalf-installed.so.1\n");
        var result = GpuProcess.Run(_folder.Path, [.. _broken.Where(b => b.Name != "LD_LIBRARY_PATH")], "devices", "--json");
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains(result.Lines, line => line.Contains("libhalf-installed.so.1: not found", StringComparison.Ordinal)
            || line.Contains("\"library\":\"libhalf-installed.so.1\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("opencl")]
    [InlineData("opencl:3")]
    [InlineData("cuda")]
    [InlineData("cuda:0")]
    public void A_device_asked_for_by_name_is_an_error_where_its_driver_is_missing(string device)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the libraries' names are those of Linux");
        TinyData.WriteIdx(_folder);
        foreach (var command in (string[][])[["train", "--data", "tiny"], ["check"], ["bench", "--only", "steps"]])
        {
            var result = GpuProcess.Run(_folder.Path, _broken, [.. command, "--device", device]);
            Assert.True(result.ExitCode == 4, $"exit code {result.ExitCode}: {result.Error}");
            Assert.Empty(result.Output);
            var sentence = Assert.Single(result.ErrorLines);
            Assert.Contains($"--device {device}: expected a", sentence, StringComparison.Ordinal);
            Assert.Contains("found none", sentence, StringComparison.Ordinal);
            Assert.EndsWith("use --device cpu.", sentence, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Auto_goes_on_without_drivers_and_says_so()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the libraries' names are those of Linux");
        var result = GpuProcess.Run(_folder.Path, _broken, "check", "--only", "tally(m=33)");
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("device: cpu, because no GPU can be used: CUDA", result.Error, StringComparison.Ordinal);
        Assert.StartsWith("device: cpu", result.Lines[0], StringComparison.Ordinal);
    }
}
