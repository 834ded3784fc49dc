using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Devices.Cuda;
using Gpu.Kernels.Devices.OpenCl;
using Gpu.Kernels.Devices.Simulator;

namespace Gpu.Kernels.Devices;

/// <summary>How a device is opened; what does not concern a backend is ignored there.</summary>
public sealed record AcceleratorOptions
{
    /// <summary>Threads of the CPU; 0 for one a processor.</summary>
    public int Threads { get; init; }

    /// <summary>Whether <see cref="ComputeAccelerator.Measure"/> will be called; on some devices that costs a little in each launch.</summary>
    public bool Timed { get; init; }

    /// <summary>Which variants are forced.</summary>
    public VariantChoice Variants { get; init; } = VariantChoice.FromEnvironment();

    /// <summary>Where the texts of compiled kernels are kept.</summary>
    public KernelCache Cache { get; init; } = KernelCache.FromEnvironment();

    /// <summary>Told what a person should know, such as a variant that is given up.</summary>
    public Action<string> Say { get; init; } = _ => { };
}

/// <summary>Opens devices by the names that the command line gives them.</summary>
public static class AcceleratorFactory
{
    /// <summary>Opens a device: the one of a number, or the first of a backend that can be used.</summary>
    /// <exception cref="DeviceException">It is not there or cannot be used; the message says why, and what to do.</exception>
    /// <exception cref="ArgumentException">The text names no device.</exception>
    public static ComputeAccelerator Open(string id, AcceleratorOptions? options = null)
    {
        if (!DeviceName.TryParse(id, out var name))
        {
            throw new ArgumentException($"A device is {DeviceName.Expected}, not '{id}'.", nameof(id));
        }

        options ??= new AcceleratorOptions();
        return name.Kind switch
        {
            AcceleratorKind.OpenCl => OpenOpenCl(name.Index, options),
            AcceleratorKind.Cuda => OpenCuda(name.Index, options),
            AcceleratorKind.Simulator => new SimulatorAccelerator { Variants = options.Variants },
            _ => new CpuAccelerator(options.Threads == 0 ? new CpuOptions() : new CpuOptions { Threads = options.Threads })
            {
                Variants = options.Variants,
            },
        };
    }

    private static CudaAccelerator OpenCuda(int? index, AcceleratorOptions options)
    {
        var found = CudaDiscovery.Run();
        var number = Choose(found, index);
        return CudaAccelerator.Open(found.Devices[number], number, options);
    }

    private static OpenClAccelerator OpenOpenCl(int? index, AcceleratorOptions options)
    {
        var found = OpenClDiscovery.Run();
        return OpenClAccelerator.Open(found.Devices[Choose(found.Backend, index)], options);
    }

    /// <summary>The number of the device that was asked for, or of the first that can be used.</summary>
    /// <exception cref="DeviceException">There is none, or it cannot be used.</exception>
    private static int Choose(BackendDiscovery found, int? index)
    {
        var kind = DeviceDiscovery.Name(found.Kind);
        var number = index ?? found.Devices.Select((device, place) => (device, place)).Where(d => d.device.Problem is null).Select(d => (int?)d.place).FirstOrDefault()
            ?? throw new DeviceException(found.Problem ?? $"There is no {kind} device.");
        if (number >= found.Devices.Count)
        {
            throw new DeviceException(found.Devices.Count == 0
                ? $"There is no device {kind}:{number}. {found.Problem}"
                : $"There is no device {kind}:{number}, the last is {kind}:{found.Devices.Count - 1}.");
        }

        var device = found.Devices[number];
        return device.Problem is { } problem ? throw new DeviceException($"{device.Id} ({device.Name}) cannot be used: {problem}.") : number;
    }
}
