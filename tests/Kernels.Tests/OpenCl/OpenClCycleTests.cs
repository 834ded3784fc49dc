using Gpu.Kernels.Devices;
using Gpu.Kernels.Tests.Simulator;

namespace Gpu.Kernels.Tests.OpenCl;

/// <summary>What opening and closing leaves behind, measured on the process: alone, so that no other test adds to it.</summary>
[OnOpenCl]
[Collection(nameof(OpenClCycleTests))]
[CollectionDefinition(nameof(OpenClCycleTests), DisableParallelization = true)]
public sealed class OpenClCycleTests(OpenClDevices devices) : IClassFixture<OpenClDevices>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gpu-cache-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Cycles_leave_nothing_behind()
    {
        // On graphics processors a context takes a tenth of a second, and is so much the larger.
        var (warmUp, cycles) = devices.Accelerator.Traits.IsGpu ? (10, 50) : (20, 100);
        Cycle(warmUp);
        var (memory, files) = Measure();
        Cycle(cycles);
        var (after, filesAfter) = Measure();

        // The buffer of a mebibyte left behind in each cycle would be 50 MB and more.
        Assert.True(after - memory < 24 << 20, $"{cycles} cycles left {after - memory:N0} bytes behind");
        Assert.Equal(files, filesAfter);
    }

    /// <summary>The process's resident bytes, and its open files, where the system lists them.</summary>
    private static (long Memory, int Files) Measure()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        const string open = "/proc/self/fd";
        return (Environment.WorkingSet, Directory.Exists(open) ? Directory.GetFiles(open).Length : 0);
    }

    /// <summary>Opens the device, with a context and a queue, a buffer of a mebibyte and a kernel from the cache, which runs.</summary>
    private void Cycle(int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var accelerator = AcceleratorFactory.Open(devices.Accelerator.Id, new AcceleratorOptions { Cache = new KernelCache(_folder) });
            using var buffer = accelerator.Allocate<float>(1 << 18);
            using var host = accelerator.AllocateHost<float>(16_384);
            host.Span.Fill(2);
            buffer.Upload(host, 0, 16_384, 0);
            accelerator.Prepare(TestKernels.ScaleKernel, LaunchShape.Linear(16_384), buffer, 1.5f, buffer).Run();
            var last = new float[1];
            buffer.CopyTo(last, 16_383);
            Assert.Equal(3, last[0]);
        }
    }
}
