using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Checks;

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
}
