using Gpu.Kernels.Accelerators.Ilgpu;
using ILGPU.Runtime.CPU;

namespace Gpu.Kernels.Accelerators.Cpu;

/// <summary>
/// The kernels themselves on the processor, in a build with ILGPU: its simulator runs them on this accelerator's memory, where
/// the other build has a strict device of its own.
/// </summary>
internal sealed class PlainKernels(CpuAccelerator cpu) : IDisposable
{
    /// <summary>The most lanes a group may have.</summary>
    internal static int LargestGroup => IlgpuDevices.Processor.MaxNumThreadsPerGroup;

    /// <summary>Bytes of shared memory a group may allocate: what every CUDA device grants without asking.</summary>
    internal const int SharedBytes = 48 * 1024;

    private Context? _context;
    private CPUAccelerator? _simulator;
    private IlgpuKernels? _kernels;

    /// <summary>Binds a kernel's arguments; the simulator is made for the first.</summary>
    internal Launch Prepare(Delegate kernel, LaunchShape shape, KernelArgument[] arguments)
    {
        if (_kernels is null)
        {
            _context = IlgpuModel.CreateContext(timed: false, builder => builder.CPU(IlgpuDevices.Processor));
            _simulator = _context.CreateCPUAccelerator(0);
            _kernels = new IlgpuKernels(_simulator, Bind);
        }

        return _kernels.Prepare(cpu.Description, kernel, shape, arguments);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _simulator?.Dispose();
        _context?.Dispose();
    }

    private static unsafe ArrayView<T> View<T>(CPUAccelerator simulator, DeviceView<T> view) where T : unmanaged =>
        new(CPUMemoryBuffer.Create(simulator, view.Pointer(), view.Length), 0, view.Length);

    private IlgpuView Bind(IDeviceView view)
    {
        if (view.BufferObject is not ICpuMemory memory || memory.Owner != cpu)
        {
            throw new ArgumentException("A view of another accelerator's memory was given to the CPU: copy it over first.", nameof(view));
        }

        var ofInts = new Func<CPUAccelerator, DeviceView<int>, ArrayView<int>>(View).Method;
        var typed = ofInts.GetGenericMethodDefinition().MakeGenericMethod(view.ElementType);
        return new IlgpuView(typed.Invoke(null, [_simulator, view])!, memory.RequireAlive);
    }
}
