using Gpu.Kernels.Devices;

namespace Gpu.Kernels.Tests.Cuda;

/// <summary>
/// The first NVIDIA device of the machine. Without one the tests are skipped, or fail where <c>GPU_TESTS_REQUIRE</c> lists <c>cuda</c>.
/// </summary>
public sealed class CudaDevices : IDisposable
{
    private readonly Lazy<ComputeAccelerator> _accelerator = new(Open);

    /// <summary>An accelerator on the device, shared by the tests, or the test ends here.</summary>
    public ComputeAccelerator Accelerator => _accelerator.Value;

    /// <summary>Opens the device anew, or the test ends here.</summary>
    internal static ComputeAccelerator Open()
    {
        var device = TestDevices.Find(AcceleratorKind.Cuda);
        return AcceleratorFactory.Open(device.Id, new AcceleratorOptions { Timed = true });
    }

    public void Dispose()
    {
        if (_accelerator.IsValueCreated)
        {
            _accelerator.Value.Dispose();
        }
    }
}
