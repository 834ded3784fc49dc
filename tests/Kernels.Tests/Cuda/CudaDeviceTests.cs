using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests.Cuda;

/// <summary>The contract on an NVIDIA device.</summary>
[Collection(nameof(CudaCollection))]
public class CudaDeviceContractTests(CudaDevices devices) : AcceleratorContract
{
    protected override ComputeAccelerator Accelerator => devices.Accelerator;
}

/// <summary>Every declared case on an NVIDIA device; one test an operation, so that a machine without one skips few.</summary>
[Collection(nameof(CudaCollection))]
public class CudaDeviceOperationTests(CudaDevices devices)
{
    public static TheoryData<string> Operations => [.. OperationCases.All.Select(c => c.Operation).Distinct()];

    [Theory]
    [MemberData(nameof(Operations))]
    public void Cases_are_within_their_bounds(string operation)
    {
        var accelerator = devices.Accelerator;
        var failed = OperationCases.All.Where(c => c.Operation == operation && c.Fits(accelerator)).Select(c => c.Check(accelerator)).Where(r => !r.Passed);
        Assert.Empty(failed);
        TestDevices.Report(accelerator.Description);
    }

    [Fact]
    public void Augmented_images_have_the_bytes_of_the_processor()
    {
        var accelerator = devices.Accelerator;
        using var cpu = new CpuAccelerator(new CpuOptions { Threads = 1 });
        Assert.All(OperationCases.Matching("augment"), c => Assert.Equal(c.Check(cpu).Checksum, c.Check(accelerator).Checksum));
    }
}

/// <summary>What opening and closing an NVIDIA device leaves behind on it.</summary>
[Collection(nameof(CudaCollection))]
public class CudaCycleTests(CudaDevices devices)
{
    private const int Cycles = 100;

    [Fact]
    public void Cycles_leave_nothing_behind()
    {
        // The shared accelerator keeps the context alive, so that what is free can be asked before and after.
        var shared = devices.Accelerator;
        Cycle(10);
        var before = shared.Memory.FreeBytes!.Value;
        Cycle(Cycles);
        var left = before - shared.Memory.FreeBytes!.Value;

        // One buffer of a mebibyte left behind in each would be 100 of them.
        Assert.True(left < 16 << 20, $"{Cycles} cycles left {left:N0} bytes behind on the device");
    }

    private static void Cycle(int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var cuda = CudaDevices.Open();
            using var x = cuda.Allocate<float>(1 << 18);
            using var host = cuda.AllocateHost<float>(1 << 10);
            x.CopyFrom(new float[x.Length]);
            x.Upload(host, 0, host.Length, 0);
            var launch = Activations.PrepareForward(cuda, Activation.Relu, x, x);
            cuda.Sequence("twice", [launch, launch]).Run();
            cuda.Synchronize();
        }
    }
}
