using Gpu.Kernels.Devices;

namespace Gpu.Trust.Tests;

/// <summary>The devices that promises are tried on.</summary>
internal static class Devices
{
    internal const string Cpu = "cpu";
    internal const string OpenCl = "opencl";

    private static readonly Lazy<BackendDiscovery> _openCl = new(() => DeviceDiscovery.Run(AcceleratorKind.OpenCl));
    private static readonly Dictionary<string, string> _devices = [];

    /// <summary>The device as the command line names it; a promise on a device that is not there is not tried.</summary>
    internal static string Require(string promise, string device)
    {
        if (device == OpenCl && _openCl.Value.Problem is { } problem)
        {
            Promise.ReportNotTried(promise, problem);
            TestDevices.Missing(OpenCl, problem);
        }

        return _devices[promise] = device == OpenCl ? _openCl.Value.Devices.First(d => d.Problem is null).Id : device;
    }

    /// <summary>Tells <c>.ci/run</c> that a promise was kept on the device that it required, if it did.</summary>
    internal static void ReportKept(string promise)
    {
        if (_devices.TryGetValue(promise, out var device))
        {
            TestDevices.Report(device);
        }
    }
}
