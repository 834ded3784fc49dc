using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Accelerators.OpenCl;

namespace Gpu.Kernels.Tests.OpenCl;

/// <summary>What opening and closing leaves behind, measured on the process: alone, so that no other test adds to it.</summary>
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
        var device = devices.Device;
        var (warmUp, cycles) = device.Class == DeviceClass.Gpu ? (20, 100) : (200, 1000);
        Cycle(device, warmUp);
        var (memory, files) = Measure();
        Cycle(device, cycles);
        var (after, filesAfter) = Measure();

        // A context, a program or the 64 KiB buffer left behind in each cycle would be 60 MB and more.
        Assert.True(after - memory < 8 << 20, $"{cycles} cycles left {after - memory:N0} bytes behind");
        Assert.Equal(files, filesAfter);
    }

    private static void AddKernel(Index1D i, ArrayView<float> x) => x[i] += 1f;

    /// <summary>The process's resident bytes, and its open files, where the system lists them.</summary>
    private static (long Memory, int Files) Measure()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        const string open = "/proc/self/fd";
        return (Environment.WorkingSet, Directory.Exists(open) ? Directory.GetFiles(open).Length : 0);
    }

    /// <summary>Opens the device, with a context and a queue, a buffer of 64 KiB and a program from the cache, whose kernel runs.</summary>
    private void Cycle(OpenClDevice device, int count)
    {
        const string text = "__kernel void add(__global float* x, int offset, int length, int extent) { int i = (int)get_global_id(0); if (i < extent) { x[i] += 1.0f; } }\n";
        var library = new KernelLibrary([text],
            [new($"{typeof(OpenClCycleTests).FullName}.{nameof(AddKernel)}", "add", 1, [new("x", KernelParameterKind.View, "float")], [0])]);
        for (var i = 0; i < count; i++)
        {
            using var accelerator = new OpenClAccelerator(device, new OpenClOptions { Library = library, Cache = new KernelCache(_folder) });
            using var buffer = accelerator.Allocate<float>(16_384);
            using var host = accelerator.AllocateHost<float>(16_384);
            host.Span.Fill(2);
            buffer.Upload(host, 0, 16_384, 0);
            accelerator.Prepare(AddKernel, LaunchShape.Linear(16_384), buffer).Run();
            var last = new float[1];
            buffer.CopyTo(last, 16_383);
            Assert.Equal(3, last[0]);
        }
    }
}
