using System.Globalization;
using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Accelerators.Cpu;
using Gpu.Training;

namespace Gpu.Host.Runs;

/// <summary>Opens the device that <c>--device</c> names; only <c>auto</c> may choose, and says what and why.</summary>
internal static class DeviceChoice
{
    internal const string Auto = "auto";
    internal const string Cpu = "cpu";

    /// <summary>Why a GPU backend is not offered.</summary>
    internal const string NotYet = "this version cannot train on OpenCL and CUDA devices yet";

    /// <summary>The kinds of GPU device that are known by name.</summary>
    internal static readonly string[] GpuKinds = ["opencl", "cuda"];

    /// <summary>Opens a device.</summary>
    /// <param name="device">auto, cpu, opencl[:n] or cuda[:n].</param>
    /// <param name="threads">Threads of the CPU; 0 for one a processor.</param>
    /// <param name="say">Told what auto chose.</param>
    /// <exception cref="TrainingException">The name is none.</exception>
    /// <exception cref="DeviceException">The device is not there.</exception>
    internal static ComputeAccelerator Open(string device, int threads, Action<string> say)
    {
        Check(device);
        if (device == Auto)
        {
            say($"device: cpu, because {NotYet}");
        }

        return new CpuAccelerator(threads == 0 ? new CpuOptions() : new CpuOptions { Threads = threads });
    }

    /// <summary>Checks a name without opening anything.</summary>
    internal static void Check(string device)
    {
        if (device is Auto or Cpu)
        {
            return;
        }

        var parts = device.Split(':');
        var isIndexed = parts.Length == 1
            || (parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out _));
        if (!GpuKinds.Contains(parts[0]) || !isIndexed)
        {
            throw TrainingException.BadUsage($"--device: expected auto, cpu, opencl[:n] or cuda[:n], found '{device}'.");
        }

        throw new DeviceException($"--device {device}: {NotYet}; use --device cpu.");
    }
}
