using Gpu.Kernels.Devices;

namespace Gpu.Kernels.Tests.OpenCl;

/// <summary>The contract on an OpenCL device.</summary>
[Collection(nameof(OpenClCollection))]
public class OpenClContractTests(OpenClDevices devices) : AcceleratorContract
{
    protected override ComputeAccelerator Accelerator => devices.Accelerator;
}
