using System.Linq.Expressions;
using System.Reflection;
using ILGPU.Runtime.CPU;

namespace Gpu.Kernels.Accelerators.Ilgpu;

/// <summary>Memory as a kernel's argument.</summary>
/// <param name="View">An <see cref="ArrayView{T}"/>.</param>
/// <param name="RequireAlive">Throws where the memory has been given back.</param>
internal readonly record struct IlgpuView(object View, Action RequireAlive);

/// <summary>
/// The kernels that an ILGPU accelerator has loaded, each once. ILGPU itself keeps them only weakly, so their launchers are
/// held here.
/// </summary>
/// <param name="accelerator">ILGPU's accelerator.</param>
/// <param name="viewOf">What ILGPU sees of a view of ours.</param>
internal sealed class IlgpuKernels(Accelerator accelerator, Func<IDeviceView, IlgpuView> viewOf)
{
    /// <summary>
    /// Lanes of a group where the kernel leaves them open, on ILGPU's processor: its lanes meet after every group, so one lane
    /// to a group is the fastest by far.
    /// </summary>
    private const int ProcessorGroup = 1;

    private readonly Dictionary<MethodInfo, Delegate> _launchers = [];

    /// <summary>Loads a kernel where that is needed and binds its arguments.</summary>
    /// <param name="description">The device, for messages.</param>
    /// <param name="kernel">A kernel of the library.</param>
    /// <param name="shape">How many indices, or how many groups of what size.</param>
    /// <param name="arguments">What the kernel takes, without its index.</param>
    /// <exception cref="DeviceException">ILGPU cannot compile the kernel, or the device cannot run such groups.</exception>
    internal Launch Prepare(string description, Delegate kernel, LaunchShape shape, KernelArgument[] arguments)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(arguments);
        var source = KernelSources.Library.Find(kernel.Method);
        KernelBinding.Check(source, shape, arguments);
        var name = $"{kernel.Method.DeclaringType?.Name}.{kernel.Method.Name}";
        if (shape.Y > accelerator.MaxGridSize.Y)
        {
            throw new DeviceException($"{name}: {shape.Y:N0} rows were asked for, {description} runs at most "
                + $"{accelerator.MaxGridSize.Y:N0}.");
        }

        if ((long)shape.GroupX * shape.GroupY > accelerator.MaxNumThreadsPerGroup)
        {
            throw new DeviceException($"{name}: groups of {shape.GroupX} x {shape.GroupY} lanes were asked for, {description} has "
                + $"groups of at most {accelerator.MaxNumThreadsPerGroup}.");
        }

        if (!_launchers.TryGetValue(kernel.Method, out var launcher))
        {
            launcher = Load(description, name, kernel.Method, source.Dimensions);
            _launchers.Add(kernel.Method, launcher);
        }

        var views = arguments.Select(a => a.Value is IDeviceView view ? viewOf(view) : default).ToArray();
        var run = shape.X == 0 || shape.Y == 0 ? null : Bind(launcher, kernel.Method, source.IsGrouped, shape, arguments, views);
        return new IlgpuLaunch(name, description, [.. views.Select(v => v.RequireAlive).OfType<Action>()], run);
    }

    private static Type IndexType(int dimensions) => dimensions switch
    {
        0 => typeof(KernelConfig),
        1 => typeof(Index1D),
        _ => typeof(Index2D),
    };

    /// <summary>ILGPU's launcher: stream, extent, arguments.</summary>
    private Delegate Load(string description, string name, MethodInfo method, int dimensions)
    {
        var parameters = method.GetParameters().Skip(dimensions == 0 ? 0 : 1).Select(p => p.ParameterType);
        var type = Expression.GetActionType([typeof(AcceleratorStream), IndexType(dimensions), .. parameters]);
        var (loader, arguments) = dimensions == 0
            ? (nameof(Accelerator.LoadKernel), new object[] { method })
            : accelerator is CPUAccelerator
                ? (nameof(Accelerator.LoadImplicitlyGroupedKernel), [method, ProcessorGroup])
                : (nameof(Accelerator.LoadAutoGroupedKernel), [method]);
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
            throw new DeviceException(
                $"{name}: ILGPU cannot compile this kernel for {description}: {IlgpuError.Innermost(exception)}", exception);
        }
    }

    /// <summary>One call of the launcher with everything that it takes.</summary>
    private Action Bind(Delegate launcher, MethodInfo method, bool isGrouped, LaunchShape shape, KernelArgument[] arguments,
        IlgpuView[] views)
    {
        object extent = isGrouped ? new KernelConfig(new Index2D(shape.X, shape.Y), new Index2D(shape.GroupX, shape.GroupY))
            : shape.Dimensions == 1 ? new Index1D(shape.X)
            : new Index2D(shape.X, shape.Y);
        var parameters = method.GetParameters()[(isGrouped ? 0 : 1)..];
        var bound = parameters.Select((p, i) => Constant(p.ParameterType, views[i].View ?? arguments[i].Value));
        return Expression.Lambda<Action>(Expression.Invoke(
            Expression.Constant(launcher),
            [Expression.Constant(accelerator.DefaultStream), Expression.Constant(extent), .. bound])).Compile();
    }

    private static ConstantExpression Constant(Type type, object value) => Expression.Constant(
        value.GetType() == type ? value : type.IsEnum ? Enum.ToObject(type, value) : Activator.CreateInstance(type, value), type);
}

/// <summary>A kernel with its arguments bound. A run allocates what ILGPU allocates for one.</summary>
/// <param name="name">Class and method.</param>
/// <param name="description">The device, for messages.</param>
/// <param name="requireAlive">Throw where memory that the kernel reaches has been given back.</param>
/// <param name="run">Enqueues it, or null where there is nothing to do.</param>
internal sealed class IlgpuLaunch(string name, string description, Action[] requireAlive, Action? run) : Launch(name)
{
    /// <inheritdoc/>
    public override void Run()
    {
        foreach (var check in requireAlive)
        {
            check();
        }

        try
        {
            run?.Invoke();
        }
        catch (AcceleratorException exception)
        {
            throw IlgpuError.Failure(Name, description, exception);
        }
    }
}
