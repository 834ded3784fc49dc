using System.Runtime.CompilerServices;

namespace Gpu.Kernels.Accelerators.Cuda;

/// <summary>How a <see cref="CudaAccelerator"/> works.</summary>
public sealed record CudaOptions
{
    /// <summary>The kernels; by default those of this library.</summary>
    public KernelLibrary Library { get; init; } = KernelSources.Library;

    /// <summary>Which variants are forced.</summary>
    public VariantChoice Variants { get; init; } = VariantChoice.FromEnvironment();

    /// <summary>Where compiled kernels are kept.</summary>
    public KernelCache Cache { get; init; } = KernelCache.FromEnvironment();
}

/// <summary>
/// An NVIDIA device through the CUDA driver: one stream in the device's primary context, kernels compiled by NVRTC, sequences as
/// graphs.
/// </summary>
public sealed unsafe class CudaAccelerator : ComputeAccelerator
{
    private const uint NonBlockingStream = 1;

    private readonly List<IDisposable> _memory = [];
    private readonly List<nint> _graphs = [];
    private readonly CudaModules _modules;
    private readonly CudaDriver _driver;
    private nint _context;
    private nint _stream;
    private CudaTimer? _timer;
    private bool _isClosing;
    private DeviceException? _closingFailure;

    /// <summary>Opens a device.</summary>
    /// <exception cref="DeviceException">It cannot be used; the message says why.</exception>
    public CudaAccelerator(CudaDevice device, CudaOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device.Problem is { } problem)
        {
            throw new DeviceException($"cuda:{device.Index} ({device.Name}) cannot be used: {problem}.");
        }

        options ??= new CudaOptions();
        Device = device;
        Variants = options.Variants;
        _driver = device.Driver;
        _modules = new CudaModules(this, options.Library, options.Cache);
        nint context, stream = 0;
        _driver.Check(Native.cuDevicePrimaryCtxRetain(&context, device.Handle), "cuDevicePrimaryCtxRetain", $"{Description}");
        var code = Native.cuCtxSetCurrent(context);
        code = code == 0 ? Native.cuStreamCreate(&stream, NonBlockingStream) : code;
        if (code != 0)
        {
            _ = Native.cuDevicePrimaryCtxRelease_v2(device.Handle);
            throw _driver.Failure(code, "cuStreamCreate", Description);
        }

        (_context, _stream) = (context, stream);
    }

    /// <summary>The device.</summary>
    public CudaDevice Device { get; }

    /// <inheritdoc/>
    public override string Id => $"cuda:{Device.Index}";

    /// <inheritdoc/>
    public override string Name => Device.Name;

    /// <inheritdoc/>
    public override AcceleratorKind Kind => AcceleratorKind.Cuda;

    /// <inheritdoc/>
    public override DeviceTraits Traits => Device.Traits;

    /// <inheritdoc/>
    public override DeviceMemory Memory
    {
        get
        {
            Enter();
            nuint free, total;
            Check(Native.cuMemGetInfo_v2(&free, &total), "cuMemGetInfo_v2", $"{Description}");
            return new DeviceMemory((long)total, (long)free, (long)total, AllocatedBytes);
        }
    }

    /// <summary>Kernels that this accelerator compiled.</summary>
    public int CompiledKernels => _modules.Compiled;

    /// <summary>Kernels that it took from the cache.</summary>
    public int CachedKernels => _modules.Cached;

    internal CudaNative Native => _driver.Native;

    internal nint Stream => _stream;

    /// <summary>Whether a call has failed in a way that the context does not recover from; then nothing can be given back in order.</summary>
    private bool IsLost { get; set; }

    /// <summary>Opens the device of a number, or the first that can be used.</summary>
    /// <param name="index">The number in <c>cuda:1</c>; null for the first.</param>
    /// <param name="options">How it works.</param>
    /// <exception cref="DeviceException">There is none; the message says what is missing.</exception>
    public static CudaAccelerator Open(int? index = null, CudaOptions? options = null)
    {
        var found = CudaDiscovery.Run();
        if (index is { } number)
        {
            return number >= 0 && number < found.Devices.Count
                ? new CudaAccelerator(found.Devices[number], options)
                : throw new DeviceException(found.Devices.Count == 0
                    ? $"There is no device cuda:{number}. {found.Problem}"
                    : $"There is no device cuda:{number}, the last is cuda:{found.Devices.Count - 1}.");
        }

        return found.Devices.FirstOrDefault(d => d.Problem is null) is { } device
            ? new CudaAccelerator(device, options)
            : throw new DeviceException(found.Problem ?? "There is no CUDA device.");
    }

    /// <inheritdoc/>
    public override DeviceBuffer<T> Allocate<T>(int length) => new CudaBuffer<T>(this, length);

    /// <inheritdoc/>
    public override HostBuffer<T> AllocateHost<T>(int length) => new CudaHostBuffer<T>(this, length);

    /// <inheritdoc/>
    public override Launch Prepare(Delegate kernel, LaunchShape shape, params KernelArgument[] arguments)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(arguments);
        Enter();
        var source = _modules.Find(kernel.Method);
        KernelBinding.Check(source, shape, arguments);
        return new CudaLaunch(this, source, _modules.Function(source, arguments), KernelLibrary.ShortNameOf(kernel.Method), shape, arguments);
    }

    /// <inheritdoc/>
    /// <remarks>The launches become one graph; a sequence within it becomes part of that graph.</remarks>
    public override Launch Sequence(string name, IReadOnlyList<Launch> launches) =>
        CudaGraph.Choice(Variants) != CudaGraph.Launches && launches.All(IsOwn)
            ? new CudaSequence(this, name, [.. launches.Cast<CudaWork>()])
            : base.Sequence(name, launches);

    /// <inheritdoc/>
    public override Launch Independent(string name, IReadOnlyList<Launch> launches) =>
        launches.All(IsOwn)
            ? new CudaIndependent(this, name, [.. launches.Cast<CudaWork>()], CudaGraph.Choice(Variants) == CudaGraph.Branches)
            : base.Independent(name, launches);

    /// <inheritdoc/>
    public override void Synchronize()
    {
        Enter();
        Check(Native.cuStreamSynchronize(_stream), "cuStreamSynchronize", $"the work of {Description}");
    }

    /// <inheritdoc/>
    public override double Measure(Launch launch, int repeats)
    {
        ArgumentNullException.ThrowIfNull(launch);
        ArgumentOutOfRangeException.ThrowIfLessThan(repeats, 1);
        Synchronize();
        _timer ??= new CudaTimer(this);
        return _timer.Measure(launch, repeats);
    }

    /// <summary>Gives everything back: graphs, modules, buffers that are still open, events, stream, context.</summary>
    public override void Dispose()
    {
        if (_context == 0)
        {
            return;
        }

        _isClosing = true;
        EnterToRelease();
        Release(Native.cuStreamSynchronize(_stream), "cuStreamSynchronize");
        ReleaseKept();
        _graphs.ForEach(g => Release(Native.cuGraphExecDestroy(g), "cuGraphExecDestroy"));
        _graphs.Clear();
        _modules.Dispose();
        foreach (var memory in _memory.ToArray())
        {
            memory.Dispose();
        }

        _timer?.Dispose();
        Release(Native.cuStreamDestroy_v2(_stream), "cuStreamDestroy_v2");
        Release(Native.cuCtxSetCurrent(0), "cuCtxSetCurrent");
        Release(Native.cuDevicePrimaryCtxRelease_v2(Device.Handle), "cuDevicePrimaryCtxRelease_v2");
        (_context, _stream) = (0, 0);
        if (_closingFailure is not null)
        {
            throw _closingFailure;
        }
    }

    /// <summary>Makes the context that of this thread, which need not be the one that opened the accelerator.</summary>
    /// <exception cref="ObjectDisposedException">The accelerator was closed.</exception>
    internal void Enter()
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        Check(Native.cuCtxSetCurrent(_context), "cuCtxSetCurrent", $"{Description}");
    }

    /// <summary>The same for what gives something back.</summary>
    internal void EnterToRelease() => Release(Native.cuCtxSetCurrent(_context), "cuCtxSetCurrent");

    internal void Add(IDisposable memory) => _memory.Add(memory);

    internal void Remove(IDisposable memory) => _memory.Remove(memory);

    /// <summary>Takes over a graph that can be launched.</summary>
    internal void Own(nint graph) => _graphs.Add(graph);

    /// <summary>Throws where a call has failed.</summary>
    internal void Check(int code, string call, [InterpolatedStringHandlerArgument(nameof(code))] CallDetail detail)
    {
        if (code != 0)
        {
            throw Failure(code, call, detail.Take());
        }
    }

    /// <summary>The error for a call that has failed; what fails in this way after a kernel went wrong fails for good.</summary>
    internal DeviceException Failure(int code, string call, string detail)
    {
        IsLost |= CudaError.IsFinal(code);
        return _driver.Failure(code, call, detail);
    }

    /// <summary>Checks a call that gives something back: after the device was lost its failure says nothing new.</summary>
    internal void Release(int code, string call)
    {
        if (code == 0 || IsLost)
        {
            return;
        }

        var failure = Failure(code, call, Description);
        if (!_isClosing)
        {
            throw failure;
        }

        _closingFailure ??= failure;
    }

    private bool IsOwn(Launch launch) => launch is CudaWork work && work.Owner == this;

    /// <summary>The memory of a view, which must be this accelerator's.</summary>
    internal ICudaMemory Require(IDeviceView view) => view.BufferObject is ICudaMemory memory && memory.Owner == this
        ? memory
        : throw new ArgumentException($"A view of another accelerator's memory was given to {Description}: copy it over first.",
            nameof(view));
}
