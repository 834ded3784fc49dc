using Gpu.Kernels.Accelerators.OpenCl;

namespace Gpu.Kernels.Tests.OpenCl;

/// <summary>
/// The first OpenCL device of the machine. Without one the tests are skipped, or fail where <c>GPU_TESTS_REQUIRE</c> lists <c>opencl</c>.
/// </summary>
public sealed class OpenClDevices : IDisposable
{
    private readonly Lazy<OpenClAccelerator> _accelerator;

    public OpenClDevices()
    {
        Discovery = OpenClDiscovery.Run();
        _accelerator = new Lazy<OpenClAccelerator>(() => new OpenClAccelerator(Device, new OpenClOptions { Profiling = true }));
    }

    public OpenClDiscovery Discovery { get; }

    /// <summary>The device, or the test ends here.</summary>
    public OpenClDevice Device
    {
        get
        {
            if (Discovery.Problem is { } problem)
            {
                TestDevices.Missing("opencl", problem);
            }

            return Discovery.Devices.First(d => d.Problem is null);
        }
    }

    /// <summary>An accelerator on it, shared by the tests, so that the kernels are compiled once.</summary>
    public OpenClAccelerator Accelerator => _accelerator.Value;

    public void Dispose()
    {
        if (_accelerator.IsValueCreated)
        {
            _accelerator.Value.Dispose();
        }
    }
}
