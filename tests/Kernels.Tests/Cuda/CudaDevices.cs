using Gpu.Kernels.Accelerators.Cuda;

namespace Gpu.Kernels.Tests.Cuda;

/// <summary>
/// The first NVIDIA device of the machine. Without one the tests are skipped, or fail where <c>GPU_TESTS_REQUIRE</c> lists <c>cuda</c>.
/// </summary>
public sealed class CudaDevices : IDisposable
{
    private readonly Lazy<CudaAccelerator> _accelerator;

    public CudaDevices() => _accelerator = new Lazy<CudaAccelerator>(() => new CudaAccelerator(Device));

    /// <summary>An accelerator on the device, shared by the tests, or the test ends here.</summary>
    public CudaAccelerator Accelerator => _accelerator.Value;

    /// <summary>The device, or the test ends here.</summary>
    public static CudaDevice Device
    {
        get
        {
            var found = CudaDiscovery.Run();
            if (found.Problem is { } problem)
            {
                TestDevices.Missing("cuda", problem);
            }

            return found.Devices.First(d => d.Problem is null);
        }
    }

    public void Dispose()
    {
        if (_accelerator.IsValueCreated)
        {
            _accelerator.Value.Dispose();
        }
    }
}
