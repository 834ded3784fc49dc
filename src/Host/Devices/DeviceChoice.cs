using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Training;

namespace Gpu.Host.Devices;

/// <summary>
/// Opens the device that <c>--device</c> names. Only <c>auto</c> may choose, and says what and why: CUDA, then a GPU through OpenCL,
/// then the CPU. A device asked for by name is that device, or an error.
/// </summary>
internal static class DeviceChoice
{
    internal const string Auto = "auto";
    internal const string Cpu = "cpu";

    /// <summary>Opens a device.</summary>
    /// <param name="device"><c>auto</c>, or a <see cref="DeviceName"/>.</param>
    /// <param name="work">What it is for; null where <c>auto</c> chooses without a look at the work.</param>
    /// <param name="options">How it is opened.</param>
    /// <param name="say">Told what <c>auto</c> chose, and why, and of fewer threads than were asked for.</param>
    /// <exception cref="TrainingException">The name is none.</exception>
    /// <exception cref="DeviceException">The device is not there, or cannot be opened.</exception>
    internal static ComputeAccelerator Open(string device, DeviceWork? work, AcceleratorOptions options, Action<string> say)
    {
        var limited = options with { Threads = ThreadLimit.Of(options.Threads) };
        var accelerator = device == Auto ? Choose(work, DeviceCatalog.All, id => AcceleratorFactory.Open(id, limited), say)
            : AnyGpu.Is(device) ? OpenAny(device, limited, say)
            : Parse(device) is { } named ? OpenNamed(device, Require(device, DeviceCatalog.Find(named.Kind), named.Index), limited)
            : AcceleratorFactory.Open(device, limited);
        if (accelerator is CpuAccelerator && ThreadLimit.Notice(options.Threads) is { } notice)
        {
            say(notice);
        }

        return accelerator;
    }

    /// <summary>Checks that a name is one, and that the device it names is there, without opening it.</summary>
    /// <exception cref="TrainingException">The name is none.</exception>
    /// <exception cref="DeviceException">The device is not there.</exception>
    internal static void Check(string device)
    {
        if (AnyGpu.Is(device))
        {
            RequireAny(device, DeviceCatalog.All);
        }
        else if (Parse(device) is { } named)
        {
            Require(device, DeviceCatalog.Find(named.Kind), named.Index);
        }
    }

    /// <summary>What <c>auto</c> chooses among the devices of some backends.</summary>
    /// <param name="work">What it is for, or null.</param>
    /// <param name="backends">The backends, in the order in which they are tried; read no further than needed.</param>
    /// <param name="open">Opens a device by its id.</param>
    /// <param name="say">Told what was chosen, and why.</param>
    internal static ComputeAccelerator Choose(
        DeviceWork? work, IEnumerable<BackendDiscovery> backends, Func<string, ComputeAccelerator> open, Action<string> say)
    {
        if (work?.TooSmall is { } reason)
        {
            say($"device: cpu, because {reason}");
            return open(Cpu);
        }

        var reasons = new List<string>();
        foreach (var backend in backends)
        {
            var candidates = backend.Devices.Where(DeviceCatalog.IsForAuto).ToList();
            foreach (var device in candidates)
            {
                try
                {
                    var accelerator = open(device.Id);
                    var because = reasons.Count == 0 ? "" : $", because {string.Join("; ", reasons)}";
                    say($"device: {DeviceCatalog.Describe(device)}, the first {DeviceCatalog.Title(backend.Kind)} GPU{because}");
                    return accelerator;
                }
                catch (DeviceException exception)
                {
                    reasons.Add($"{device.Id} could not be opened ({exception.Message.TrimEnd('.')})");
                }
            }

            if (candidates.Count == 0)
            {
                reasons.Add(DeviceCatalog.WhyNotAuto(backend));
            }
        }

        say($"device: cpu, because no GPU can be used: {string.Join("; ", reasons)}");
        return open(Cpu);
    }

    /// <summary>The first device that a word such as <c>gpu</c> or <c>amd</c> means, and that can be used.</summary>
    /// <exception cref="DeviceException">There is none: the message says what is there instead.</exception>
    internal static FoundDevice RequireAny(string word, IEnumerable<BackendDiscovery> backends)
    {
        var all = backends.ToList();
        var meant = all.SelectMany(backend => backend.Devices).Where(device => AnyGpu.Means(word, device)).ToList();
        var why = meant.Count > 0
            ? string.Join("; ", meant.Select(device => $"{DeviceCatalog.Describe(device)}, where {device.Problem}"))
            : string.Join("; ", all.Select(DeviceCatalog.WhyNotAuto));
        return meant.FirstOrDefault(device => device.Problem is null) ?? throw new DeviceException(
            $"--device {word}: expected {(word == "gpu" ? "a GPU" : $"a GPU of {word}")} that can be used, found none ({why}): 'gpu devices' says what to install; "
            + "--device auto takes the processor where there is no GPU.");
    }

    private static ComputeAccelerator OpenAny(string word, AcceleratorOptions options, Action<string> say)
    {
        var device = RequireAny(word, DeviceCatalog.All);
        say($"device: {DeviceCatalog.Describe(device)}");
        return OpenNamed(word, device, options);
    }

    /// <summary>The device that was asked for by name.</summary>
    /// <param name="asked">The name.</param>
    /// <param name="backend">The backend that it names.</param>
    /// <param name="index">Its number, or null for the first that can be used.</param>
    /// <exception cref="DeviceException">It is not there, or cannot be used: the message says what is there and what to do.</exception>
    internal static FoundDevice Require(string asked, BackendDiscovery backend, int? index)
    {
        var title = $"{(backend.Kind == AcceleratorKind.Cuda ? "a" : "an")} {DeviceCatalog.Title(backend.Kind)}";
        if (backend.Devices.Count == 0)
        {
            throw new DeviceException($"--device {asked}: expected {title} device, found none. {backend.Problem} Or use --device cpu.");
        }

        if (index >= backend.Devices.Count)
        {
            throw new DeviceException($"--device {asked}: expected the number of {title} device, found "
                + $"{string.Join(", ", backend.Devices.Select(DeviceCatalog.Describe))}: name one of these, or use --device cpu.");
        }

        var device = index is { } number ? backend.Devices[number] : backend.Devices.FirstOrDefault(d => d.Problem is null) ?? backend.Devices[0];
        return device.Problem is null ? device : throw new DeviceException($"--device {asked}: expected a device that can be used, found "
            + $"{DeviceCatalog.Describe(device)}, where {device.Problem}: name another that 'gpu devices' lists, or use --device cpu.");
    }

    private static ComputeAccelerator OpenNamed(string asked, FoundDevice device, AcceleratorOptions options)
    {
        try
        {
            return AcceleratorFactory.Open(device.Id, options);
        }
        catch (DeviceException exception) when (exception is not OutOfDeviceMemoryException)
        {
            throw new DeviceException($"--device {asked}: {DeviceCatalog.Describe(device)} was found but could not be opened "
                + $"({exception.Message.TrimEnd('.')}): name another that 'gpu devices' lists, or use --device cpu.", exception);
        }
    }

    /// <summary>The name of a device that a backend must have; null for <c>auto</c> and what is always there.</summary>
    private static DeviceName? Parse(string device) =>
        device == Auto ? null
        : DeviceName.TryParse(device, out var name) ? DeviceDiscovery.Kinds.Contains(name.Kind) ? name : null
        : throw TrainingException.BadUsage($"--device: expected {Auto}, {DeviceName.Expected}, found '{device}'.");
}
