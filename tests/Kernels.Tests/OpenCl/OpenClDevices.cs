using Gpu.Kernels.Devices;

namespace Gpu.Kernels.Tests.OpenCl;

/// <summary>
/// The first OpenCL device of the machine. Without one the tests are skipped, or fail where <c>GPU_TESTS_REQUIRE</c> lists <c>opencl</c>.
/// </summary>
public sealed class OpenClDevices : IDisposable
{
    private readonly Lazy<ComputeAccelerator> _accelerator = new(Open);

    /// <summary>An accelerator on it, shared by the tests, so that the kernels are compiled once; or the test ends here.</summary>
    public ComputeAccelerator Accelerator => _accelerator.Value;

    /// <summary>Opens the device anew, or the test ends here.</summary>
    internal static ComputeAccelerator Open() =>
        AcceleratorFactory.Open(TestDevices.Find(AcceleratorKind.OpenCl).Id, new AcceleratorOptions { Timed = true });

    public void Dispose()
    {
        if (_accelerator.IsValueCreated)
        {
            _accelerator.Value.Dispose();
        }
    }
}
