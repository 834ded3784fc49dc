using Gpu.Kernels.Accelerators.Cpu;

namespace Gpu.Kernels.Accelerators.Cuda;

/// <summary>
/// An NVIDIA device through the CUDA driver: one stream in the device's primary context, kernels compiled by NVRTC, sequences as
/// graphs.
/// </summary>
public sealed unsafe class CudaAccelerator : DriverAccelerator
{
    private const uint NonBlockingStream = 1;

    private readonly List<nint> _graphs = [];
    private readonly CudaModules _modules;
    private readonly CudaDriver _driver;
    private readonly nint _context;
    private readonly nint _stream;
    private CudaTimer? _timer;

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
    internal int CompiledKernels => _modules.Compiled;

    /// <summary>Kernels that it took from the cache.</summary>
    internal int CachedKernels => _modules.Cached;

    internal CudaNative Native => _driver.Native;

    internal nint Stream => _stream;

    /// <summary>Opens the device of a number, or the first that can be used.</summary>
    /// <param name="index">The number in <c>cuda:1</c>; null for the first.</param>
    /// <param name="options">How it works.</param>
    /// <exception cref="DeviceException">There is none; the message says what is missing.</exception>
    public static CudaAccelerator Open(int? index = null, CudaOptions? options = null)
    {
        var found = CudaDiscovery.Run();
        return new CudaAccelerator(Choose("cuda", index, found.Devices, d => d.Problem, found.Problem), options);
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
    public override bool JoinsSequences => CudaGraph.Choice(Variants) != CudaGraph.Launches;

    /// <inheritdoc/>
    /// <remarks>The launches become one graph; a sequence within it becomes part of that graph.</remarks>
    public override Launch Sequence(string name, IReadOnlyList<Launch> launches) =>
        JoinsSequences && launches.All(IsOwn)
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

    /// <summary>Makes the context that of this thread, which need not be the one that opened the accelerator.</summary>
    /// <exception cref="ObjectDisposedException">The accelerator was closed.</exception>
    internal void Enter()
    {
        RequireOpen();
        Check(Native.cuCtxSetCurrent(_context), "cuCtxSetCurrent", $"{Description}");
    }

    /// <summary>The same for what gives something back.</summary>
    internal void EnterToRelease() => Release(Native.cuCtxSetCurrent(_context), "cuCtxSetCurrent");

    /// <summary>Takes over a graph that can be launched.</summary>
    internal void Own(nint graph) => _graphs.Add(graph);

    /// <summary>The error for memory of the device that was asked for and is not there: it says what was.</summary>
    internal DeviceException AllocationFailure(int code, string call, string wanted)
    {
        nuint free, total;
        return Failure(code, call, code == CudaError.OutOfMemory && Native.cuMemGetInfo_v2(&free, &total) == 0
            ? $"{wanted} were asked for, of its {total:N0} bytes {free:N0} are free and {AllocatedBytes:N0} in use by this program: use a smaller batch or network"
            : wanted);
    }

    /// <summary>The same for memory of the process that the driver locks.</summary>
    internal DeviceException HostAllocationFailure(int code, string call, string wanted) =>
        Failure(code, call, code == CudaError.OutOfMemory && ProcessorInfo.FreeMemoryBytes() is { } free
            ? $"{wanted} were asked for, of the system's memory {free:N0} bytes are free: close other programs, or use a smaller batch"
            : wanted);

    private protected override void WaitToRelease()
    {
        EnterToRelease();
        Release(Native.cuStreamSynchronize(_stream), "cuStreamSynchronize");
    }

    private protected override void ReleasePrograms()
    {
        _graphs.ForEach(g => Release(Native.cuGraphExecDestroy(g), "cuGraphExecDestroy"));
        _graphs.Clear();
        _modules.Dispose();
    }

    private protected override void ReleaseDevice()
    {
        _timer?.Dispose();
        Release(Native.cuStreamDestroy_v2(_stream), "cuStreamDestroy_v2");
        Release(Native.cuCtxSetCurrent(0), "cuCtxSetCurrent");
        Release(Native.cuDevicePrimaryCtxRelease_v2(Device.Handle), "cuDevicePrimaryCtxRelease_v2");
    }

    private protected override DeviceException ErrorOf(int code, string call, string detail) => _driver.Failure(code, call, detail);

    private protected override bool IsFinal(int code) => CudaError.IsFinal(code);

    private bool IsOwn(Launch launch) => launch is CudaWork work && work.Owner == this;
}
