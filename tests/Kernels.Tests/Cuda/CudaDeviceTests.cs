using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Checks;

namespace Gpu.Kernels.Tests.Cuda;

/// <summary>The contract on an NVIDIA device.</summary>
[Collection(nameof(CudaCollection))]
public class CudaDeviceContractTests(CudaDevices devices) : AcceleratorContract
{
    protected override ComputeAccelerator Accelerator => devices.Accelerator;
}

/// <summary>Every declared case on an NVIDIA device.</summary>
[Collection(nameof(CudaCollection))]
public class CudaDeviceOperationTests(CudaDevices devices)
{
    private static readonly Dictionary<string, OperationCase> _cases = OperationCases.All.ToDictionary(c => c.Name);

    public static TheoryData<string> Names => [.. _cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Case_is_within_its_bounds(string name)
    {
        var result = _cases[name].Check(devices.Accelerator);
        Assert.True(result.Passed, result.ToString());
    }

    [Fact]
    public void The_device_computes_and_is_reported()
    {
        var result = OperationCases.Matching("column-sum(m=33").First().Check(devices.Accelerator);
        Assert.True(result.Passed, result.ToString());
        TestDevices.Report(devices.Accelerator.Description);
    }
}
