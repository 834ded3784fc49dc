using System.Linq.Expressions;
using System.Reflection;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Devices.Ilgpu;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace Gpu.Kernels.Devices.Simulator;

/// <summary>
/// Runs kernels on the processor's memory through ILGPU's CPU accelerator, where every lane of a group is a thread: right, and slow. It
/// serves the simulator, and the processor for operations that have no twin.
/// </summary>
/// <param name="owner">Whose memory the kernels work on.</param>
internal sealed class KernelSimulator(ComputeAccelerator owner) : IDisposable
{
    /// <summary>The most lanes that a group may have.</summary>
    internal const int LargestGroup = 256;

    /// <summary>Bytes of shared memory a group may allocate: what every CUDA device grants without asking.</summary>
    internal const int SharedBytes = 48 * 1024;

    /// <summary>
    /// Lanes of the accelerators, each made when first needed. ILGPU wakes for every launch as many threads as its largest group so far has
    /// had, so that kernels without groups have an accelerator of their own.
    /// </summary>
    private static readonly int[] _sizes = [2, 32, LargestGroup];

    private readonly CPUAccelerator?[] _accelerators = new CPUAccelerator?[_sizes.Length];
    private readonly Dictionary<(MethodInfo, int), Delegate> _launchers = [];
    private Context? _context;

    /// <summary>Binds a kernel's arguments.</summary>
    internal Launch Prepare(Delegate kernel, LaunchShape shape, KernelArgument[] arguments)
    {
        var method = KernelMethod.Of(kernel);
        KernelBinding.Check(method, shape, arguments);
        KernelBinding.CheckLanes(method, shape, LargestGroup, owner.Description);
        var size = Array.FindIndex(_sizes, lanes => shape.GroupX * shape.GroupY <= lanes);
        var memory = arguments.Select(a => a.Value).OfType<IDeviceView>().Select(Require).ToArray();
        var run = shape.X == 0 || shape.Y == 0 ? null : Bind(method, size, shape, arguments);
        return new SimulatedLaunch(method.Name, memory, run);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var accelerator in _accelerators)
        {
            accelerator?.Dispose();
        }

        _context?.Dispose();
    }

    private static Type IndexType(int dimensions) => dimensions switch
    {
        0 => typeof(KernelConfig),
        1 => typeof(Index1D),
        _ => typeof(Index2D),
    };

    private CPUAccelerator Accelerator(int size)
    {
        // A context has all its devices from the start; an accelerator is made of one when it is needed.
        _context ??= KernelContext.Create(builder => Array.ForEach(_sizes, lanes => builder.CPU(
            new CPUDevice(Math.Min(lanes, 32), Math.Max(lanes / 32, 1), lanes == LargestGroup ? 1 : Math.Min(Environment.ProcessorCount, 8)))));
        return _accelerators[size] ??= _context.CreateCPUAccelerator(size);
    }

    /// <summary>One call of ILGPU's launcher with everything that it takes.</summary>
    private Action Bind(KernelMethod kernel, int size, LaunchShape shape, KernelArgument[] arguments)
    {
        var accelerator = Accelerator(size);
        if (!_launchers.TryGetValue((kernel.Method, size), out var launcher))
        {
            launcher = Load(accelerator, kernel);
            _launchers.Add((kernel.Method, size), launcher);
        }

        object extent = shape.IsGrouped ? new KernelConfig(new Index2D(shape.X, shape.Y), new Index2D(shape.GroupX, shape.GroupY))
            : shape.Dimensions == 1 ? new Index1D(shape.X)
            : new Index2D(shape.X, shape.Y);
        var parameters = kernel.Method.GetParameters()[(kernel.IsGrouped ? 0 : 1)..];
        var bound = parameters.Select((p, i) => Constant(p.ParameterType, arguments[i].Value is IDeviceView view ? ViewOf(accelerator, view) : arguments[i].Value));
        return Expression.Lambda<Action>(Expression.Invoke(
            Expression.Constant(launcher),
            [Expression.Constant(accelerator.DefaultStream), Expression.Constant(extent), .. bound])).Compile();
    }

    /// <summary>ILGPU's launcher: stream, extent, arguments. Its lanes meet after every group, so a kernel without groups runs one lane to a group.</summary>
    private static Delegate Load(CPUAccelerator accelerator, KernelMethod kernel)
    {
        var parameters = kernel.Method.GetParameters().Skip(kernel.IsGrouped ? 0 : 1).Select(p => p.ParameterType);
        var type = Expression.GetActionType([typeof(AcceleratorStream), IndexType(kernel.Dimensions), .. parameters]);
        var (loader, arguments) = kernel.IsGrouped
            ? (nameof(CPUAccelerator.LoadKernel), new object[] { kernel.Method })
            : (nameof(CPUAccelerator.LoadImplicitlyGroupedKernel), [kernel.Method, 1]);
        var definition = typeof(Accelerator).GetMethod(loader, 1, [.. arguments.Select(a => a is int ? typeof(int) : typeof(MethodInfo))])!;
        try
        {
            return (Delegate)definition.MakeGenericMethod(type)
                .Invoke(accelerator, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
        }
#pragma warning disable CA1031 // ILGPU's compiler throws exceptions of every kind
        catch (Exception exception)
#pragma warning restore CA1031
        {
            throw new DeviceException($"{kernel.Name}: ILGPU cannot compile this kernel: {IlgpuError.Innermost(exception)}", exception);
        }
    }

    private static ConstantExpression Constant(Type type, object value) => Expression.Constant(
        value.GetType() == type ? value : type.IsEnum ? Enum.ToObject(type, value) : Activator.CreateInstance(type, value), type);

    private static object ViewOf(CPUAccelerator accelerator, IDeviceView view)
    {
        var ofInts = new Func<CPUAccelerator, DeviceView<int>, ArrayView<int>>(View).Method;
        return ofInts.GetGenericMethodDefinition().MakeGenericMethod(view.ElementType).Invoke(null, [accelerator, view])!;
    }

    private static unsafe ArrayView<T> View<T>(CPUAccelerator accelerator, DeviceView<T> view) where T : unmanaged =>
        new(CPUMemoryBuffer.Create(accelerator, view.Pointer(), view.Length), 0, view.Length);

    private ICpuMemory Require(IDeviceView view) => view.BufferObject is ICpuMemory memory && memory.Owner == owner
        ? memory
        : throw new ArgumentException($"A view of another accelerator's memory was given to {owner.Description}: copy it over first.", nameof(view));
}

/// <summary>A kernel with its arguments bound, on the processor's memory.</summary>
/// <param name="name">Class and method.</param>
/// <param name="memory">What the kernel reaches.</param>
/// <param name="run">Runs it to its end, or null where there is nothing to do.</param>
internal sealed class SimulatedLaunch(string name, ICpuMemory[] memory, Action? run) : Launch(name)
{
    /// <inheritdoc/>
    /// <exception cref="DeviceException">A lane reached beyond a view, or failed.</exception>
    public override void Run()
    {
        foreach (var buffer in memory)
        {
            buffer.RequireAlive();
        }

        if (run is null)
        {
            return;
        }

        string? fault;
        try
        {
            fault = SimulatorFaults.During(run);
        }
        catch (AcceleratorException exception)
        {
            throw new DeviceException($"{Name} failed: {IlgpuError.Innermost(exception)}.", exception);
        }

        if (fault is not null)
        {
            throw new DeviceException($"{Name} failed: {fault.TrimEnd('.')}.");
        }
    }
}
