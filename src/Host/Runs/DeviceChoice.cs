using System.Globalization;
using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Accelerators.Cpu;
using Gpu.Training;

namespace Gpu.Host.Runs;

/// <summary>How the chosen device is opened.</summary>
/// <param name="Threads">Threads of the CPU; 0 for one a processor.</param>
/// <param name="IsTimed">Whether launches are to be timed by the device's own clock.</param>
internal sealed record DeviceOptions(int Threads = 0, bool IsTimed = false);

/// <summary>
/// Opens the device that <c>--device</c> names. Only <c>auto</c> may choose, and says what and why: CUDA, then a GPU through OpenCL,
/// then the CPU. A device asked for by name is that device, or an error.
/// </summary>
internal static class DeviceChoice
{
    internal const string Auto = "auto";
    internal const string Cpu = "cpu";

    /// <summary>Opens a device.</summary>
    /// <param name="device">auto, cpu, opencl[:n] or cuda[:n].</param>
    /// <param name="work">What it is for; null where <c>auto</c> chooses without a look at the work.</param>
    /// <param name="options">How it is opened.</param>
    /// <param name="say">Told what <c>auto</c> chose, and why.</param>
    /// <exception cref="TrainingException">The name is none.</exception>
    /// <exception cref="DeviceException">The device is not there, or cannot be opened.</exception>
    internal static ComputeAccelerator Open(string device, DeviceWork? work, DeviceOptions options, Action<string> say) =>
        device == Auto ? Choose(work, DeviceCatalog.All, options, say)
        : Parse(device) is { } named ? OpenNamed(device, DeviceCatalog.Find(named.Backend).Require(named.Index), options)
        : OpenCpu(options);

    /// <summary>Checks that a name is one, and that the device it names is there, without opening it.</summary>
    /// <exception cref="TrainingException">The name is none.</exception>
    /// <exception cref="DeviceException">The device is not there.</exception>
    internal static void Check(string device)
    {
        if (Parse(device) is { } named)
        {
            DeviceCatalog.Find(named.Backend).Require(named.Index);
        }
    }

    /// <summary>What <c>auto</c> chooses among the devices of some backends.</summary>
    internal static ComputeAccelerator Choose(DeviceWork? work, IEnumerable<DeviceBackend> backends, DeviceOptions options, Action<string> say)
    {
        if (work?.TooSmall is { } reason)
        {
            say($"device: cpu, because {reason}");
            return OpenCpu(options);
        }

        var reasons = new List<string>();
        foreach (var backend in backends)
        {
            foreach (var device in backend.Devices.Where(d => d.IsForAuto))
            {
                try
                {
                    var accelerator = device.Open(options.IsTimed);
                    say($"device: {device.Description}, {WhyGpu(backend, reasons)}");
                    return accelerator;
                }
                catch (DeviceException exception)
                {
                    reasons.Add($"{device.Id} could not be opened ({exception.Message.TrimEnd('.')})");
                }
            }

            if (!backend.Devices.Any(d => d.IsForAuto))
            {
                reasons.Add(WhyNot(backend));
            }
        }

        say($"device: cpu, because no GPU can be used: {string.Join("; ", reasons)}");
        return OpenCpu(options);
    }

    /// <summary>Why <c>auto</c> takes no device of a backend, in a few words.</summary>
    internal static string WhyNot(DeviceBackend backend)
    {
        var usable = backend.Devices.Where(d => d.Problem is null).ToList();
        return usable.Count > 0 ? $"{backend.Title} has {string.Join(", ", usable.Select(d => d.Id))}, which is no GPU"
            : backend.Devices.Count > 0 ? $"{backend.Title} has {backend.Devices[0].Id}, where {backend.Devices[0].Problem}"
            : backend.Libraries.Any(l => l.IsLoaded) ? $"{backend.Title} names no device"
            : backend.Libraries.Count > 0 ? $"{backend.Title} is not installed ({backend.Libraries[0].Name}: {backend.Libraries[0].Outcome})"
            : $"{backend.Title}: {backend.Problem}";
    }

    private static string WhyGpu(DeviceBackend backend, List<string> reasons) => reasons.Count == 0
        ? $"the first {backend.Title} GPU"
        : $"the first {backend.Title} GPU, because {string.Join("; ", reasons)}";

    private static CpuAccelerator OpenCpu(DeviceOptions options) =>
        new(options.Threads == 0 ? new CpuOptions() : new CpuOptions { Threads = options.Threads });

    private static ComputeAccelerator OpenNamed(string asked, FoundDevice device, DeviceOptions options)
    {
        try
        {
            return device.Open(options.IsTimed);
        }
        catch (DeviceException exception) when (exception is not OutOfDeviceMemoryException)
        {
            throw new DeviceException(
                $"--device {asked}: {device.Description} was found but could not be opened ({exception.Message.TrimEnd('.')}): "
                + "name another, or use --device cpu.", exception);
        }
    }

    /// <summary>The backend and the number in a name; null for <c>auto</c> and <c>cpu</c>.</summary>
    private static (string Backend, int? Index)? Parse(string device)
    {
        if (device is Auto or Cpu)
        {
            return null;
        }

        var parts = device.Split(':');
        var index = 0;
        var isIndexed = parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index);
        return DeviceCatalog.Names.Contains(parts[0]) && (parts.Length == 1 || isIndexed)
            ? (parts[0], isIndexed ? index : null)
            : throw TrainingException.BadUsage($"--device: expected auto, cpu, opencl[:n] or cuda[:n], found '{device}'.");
    }
}
