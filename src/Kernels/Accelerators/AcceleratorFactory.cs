using Gpu.Kernels.Accelerators.Cpu;
using Gpu.Kernels.Accelerators.Cuda;
using Gpu.Kernels.Accelerators.OpenCl;

namespace Gpu.Kernels.Accelerators;

/// <summary>How a device is opened; what does not concern a backend is ignored there.</summary>
public sealed record AcceleratorOptions
{
    /// <summary>Threads of the CPU; 0 for one a processor.</summary>
    public int Threads { get; init; }

    /// <summary>Whether <see cref="ComputeAccelerator.Measure"/> will be called; on some devices that costs a little in each launch.</summary>
    public bool Timed { get; init; }

    /// <summary>Which variants are forced.</summary>
    public VariantChoice Variants { get; init; } = VariantChoice.FromEnvironment();

    /// <summary>Where compiled kernels are kept.</summary>
    public KernelCache Cache { get; init; } = KernelCache.FromEnvironment();
}

/// <summary>Opens devices by the names that the command line gives them.</summary>
public static partial class AcceleratorFactory
{
    /// <summary>Opens a device: the one of a number, or the first of a backend that can be used.</summary>
    /// <exception cref="DeviceException">It is not there or cannot be used; the message says why, and what to do.</exception>
    /// <exception cref="ArgumentException">The text names no device.</exception>
    public static ComputeAccelerator Open(string id, AcceleratorOptions? options = null)
    {
        if (!DeviceName.TryParse(id, out var name) || !name.IsOfThisBuild)
        {
            throw new ArgumentException($"A device is {DeviceName.Expected}, not '{id}'.", nameof(id));
        }

        var (kind, index) = name;
        options ??= new AcceleratorOptions();
        ComputeAccelerator? other = null;
        OpenOther(kind, index, options, ref other);
        return other ?? kind switch
        {
            AcceleratorKind.OpenCl => OpenClAccelerator.Open(index,
                new OpenClOptions { Profiling = options.Timed, Cache = options.Cache, Variants = options.Variants }),
            AcceleratorKind.Cuda => CudaAccelerator.Open(index, new CudaOptions { Cache = options.Cache, Variants = options.Variants }),
            _ => new CpuAccelerator(options.Threads == 0 ? new CpuOptions() : new CpuOptions { Threads = options.Threads })
            {
                Variants = options.Variants,
            },
        };
    }

    /// <summary>Opens a device of a backend that only a build with ILGPU has.</summary>
    static partial void OpenOther(AcceleratorKind kind, int? index, AcceleratorOptions options, ref ComputeAccelerator? accelerator);
}
