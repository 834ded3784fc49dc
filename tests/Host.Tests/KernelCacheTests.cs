using System.Diagnostics;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Tests;

namespace Gpu.Host.Tests;

/// <summary>Compiled kernels on disk between processes: several that start at once share a folder, and the next finds it whole.</summary>
[OnOpenCl]
[OnCuda]
public sealed class KernelCacheTests : IDisposable
{
    private const int Processes = 4;

    private readonly TestFolder _folder = new();

    public static TheoryData<AcceleratorKind> Backends => [AcceleratorKind.OpenCl, AcceleratorKind.Cuda];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Backends))]
    public void Processes_that_start_at_once_leave_whole_programs_and_nothing_else(AcceleratorKind backend)
    {
        var device = TestDevices.Find(backend).Id;
        var running = Enumerable.Range(0, Processes).Select(_ => Start(device)).ToArray();
        foreach (var process in running)
        {
            AssertPassed(GpuProcess.Finish(process));
            process.Dispose();
        }

        // Each entry is a name, a checksum and a program; a file left on the way would have another ending.
        var entries = Directory.GetFiles(_folder["kernels"]);
        Assert.NotEmpty(entries);
        Assert.All(entries, entry => Assert.EndsWith(".bin", entry, StringComparison.Ordinal));
        var written = Written(entries);
        using var later = Start(device);
        AssertPassed(GpuProcess.Finish(later));
        Assert.Equal(written, Written(Directory.GetFiles(_folder["kernels"])));
    }

    /// <summary>Files and when each was written: an entry that was found is not written again.</summary>
    private static (string, DateTime)[] Written(string[] files) => [.. files.Order().Select(f => (f, File.GetLastWriteTimeUtc(f)))];

    private Process Start(string device) =>
        GpuProcess.Start(_folder.Path, [("GPU_KERNEL_CACHE", _folder["kernels"])], "check", "--device", device, "--only", "column-sum(m=33,n=33)", "--quiet");

    private static void AssertPassed(GpuResult result) => Assert.True(result.ExitCode == 0, $"{result.Output} {result.Error}");
}
