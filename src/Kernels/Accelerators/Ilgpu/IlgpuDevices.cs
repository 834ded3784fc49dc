using System.Runtime.InteropServices;
using Gpu.Kernels.Accelerators.Cpu;
using ILGPU.Backends.OpenCL;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace Gpu.Kernels.Accelerators.Ilgpu;

/// <summary>ILGPU's devices: <c>ilgpu-cpu</c>, <c>ilgpu-cuda[:n]</c>, <c>ilgpu-opencl[:n]</c>.</summary>
internal static class IlgpuDevices
{
    /// <summary>ILGPU's backends.</summary>
    internal static readonly AcceleratorKind[] Kinds = [AcceleratorKind.IlgpuCuda, AcceleratorKind.IlgpuOpenCl, AcceleratorKind.IlgpuCpu];

    /// <summary>
    /// ILGPU's own processors have groups of 16 lanes, or of sizes that cost hundreds of threads. This one has the largest group of
    /// our plain device, and as many of them at a time as there are cores, at most 8: each may need 64 threads.
    /// </summary>
    internal static readonly CPUDevice Processor =
        new(numThreadsPerWarp: 32, numWarpsPerMultiprocessor: 2, numMultiprocessors: Math.Min(Environment.ProcessorCount, 8));

    private static string Version { get; } = $"ILGPU {typeof(Context).Assembly.GetName().Version?.ToString(3)}";

    /// <summary>ILGPU asks for names that development packages bring; drivers bring those that end in 1.</summary>
    static IlgpuDevices() => NativeLibrary.SetDllImportResolver(typeof(Context).Assembly, (name, _, _) =>
        OperatingSystem.IsLinux() && name is "OpenCL" or "cuda" && NativeLibrary.TryLoad($"lib{name}.so.1", out var library) ? library : 0);

    /// <summary>Whether a backend is ILGPU's.</summary>
    internal static bool IsKind(AcceleratorKind kind) => Kinds.Contains(kind);

    /// <summary>Lists the devices that ILGPU names, usable or not. What it tries and where it fails it keeps to itself.</summary>
    internal static BackendDiscovery Discover(AcceleratorKind kind)
    {
        using var context = CreateContext(kind, timed: false);
        var devices = Describe(kind, context);
        return new BackendDiscovery(kind, [], devices, devices.Any(d => d.Problem is null) ? null
            : devices.Length == 0 ? $"ILGPU finds no device; what is missing is said of {(kind == AcceleratorKind.IlgpuCuda ? "cuda" : "opencl")}."
            : $"ILGPU can use no device: {string.Join("; ", devices.Select(d => $"{d.Name}: {d.Problem}"))}.");
    }

    /// <summary>Opens the device of a number, or the first that can be used.</summary>
    /// <exception cref="DeviceException">There is none, or ILGPU refuses it; the message says why.</exception>
    internal static IlgpuAccelerator Open(AcceleratorKind kind, int? index, AcceleratorOptions options)
    {
        var context = CreateContext(kind, options.Timed);
        try
        {
            var devices = Describe(kind, context);
            var number = index ?? Math.Max(Array.FindIndex(devices, d => d.Problem is null), 0);
            if (number >= devices.Length)
            {
                throw new DeviceException($"There is no device {DeviceDiscovery.Name(kind)}:{number}, "
                    + $"{(devices.Length == 0 ? "ILGPU names none" : $"the last is {devices[^1].Id}")}.");
            }

            return devices[number].Problem is { } problem
                ? throw new DeviceException($"{devices[number].Id} ({devices[number].Name}) cannot be used: {problem}.")
                : new IlgpuAccelerator(kind, devices[number], context, context.Devices[number]) { Variants = options.Variants };
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    private static Context CreateContext(AcceleratorKind kind, bool timed) => IlgpuModel.CreateContext(timed, builder => _ = kind switch
    {
        AcceleratorKind.IlgpuCuda => builder.Cuda(_ => true),
        AcceleratorKind.IlgpuOpenCl => builder.OpenCL(_ => true),
        _ => builder.CPU(Processor),
    });

    /// <summary>The devices of a context, in its order; where it finds none, ILGPU puts its own processor there.</summary>
    private static FoundDevice[] Describe(AcceleratorKind kind, Context context) =>
        [.. context.Devices.Where(device => KindOf(device) == kind).Select((device, index) =>
            Describe(kind == AcceleratorKind.IlgpuCpu ? DeviceDiscovery.Name(kind) : $"{DeviceDiscovery.Name(kind)}:{index}", device))];

    private static AcceleratorKind KindOf(Device device) => device switch
    {
        CudaDevice => AcceleratorKind.IlgpuCuda,
        CLDevice => AcceleratorKind.IlgpuOpenCl,
        _ => AcceleratorKind.IlgpuCpu,
    };

    private static FoundDevice Describe(string id, Device device) => device switch
    {
        CudaDevice cuda => new FoundDevice(id, cuda.Name, "NVIDIA", DeviceClass.Gpu, $"{cuda.DriverVersion}, {Version}",
            $"{cuda.Architecture}", cuda.MemorySize, cuda.NumMultiprocessors, ProblemOf(cuda)),
        CLDevice openCl => new FoundDevice(id, openCl.Name, openCl.VendorName, ClassOf(openCl.DeviceType), Version,
            $"{openCl.DeviceVersion}", openCl.MemorySize, openCl.NumMultiprocessors, ProblemOf(openCl)),
        _ => new FoundDevice(id, ProcessorInfo.Name, ProcessorInfo.Vendor, DeviceClass.Cpu, Version,
            "a simulated device, every lane of a group a thread", GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            device.NumMultiprocessors, null),
    };

    private static DeviceClass ClassOf(CLDeviceType type) => (type & CLDeviceType.CL_DEVICE_TYPE_GPU) != 0 ? DeviceClass.Gpu
        : (type & CLDeviceType.CL_DEVICE_TYPE_CPU) != 0 ? DeviceClass.Cpu
        : DeviceClass.Other;

    private static string? ProblemOf(CudaDevice device) => device.Architecture is null || device.InstructionSet is null
        ? "its driver is older than ILGPU supports, install a newer one"
        : null;

    private static string? ProblemOf(CLDevice device) => device.CLStdVersion < CLBackend.MinimumVersion
        ? $"ILGPU takes devices with OpenCL C {CLBackend.MinimumVersion} or later, this one has {device.CLStdVersion}; use opencl instead"
        : !device.Capabilities.GenericAddressSpace
            ? "ILGPU refuses OpenCL devices without the generic address space, this one has none; use opencl instead"
            : null;
}
