namespace Gpu.Kernels.Accelerators.OpenCl;

/// <summary>A device of an OpenCL platform. Kernels are compiled when they are first prepared, together or one by one: see <see cref="KernelProgram"/>.</summary>
public sealed unsafe class OpenClAccelerator : DriverAccelerator
{
    private const ulong ProfilingEnabled = 2;
    private const uint ContextPlatform = 0x1084;
    private const uint EventStart = 0x1282;
    private const uint EventEnd = 0x1283;

    private readonly OpenClOptions _options;
    private readonly List<nint> _kernels = [];
    private readonly List<nint> _events = [];
    private readonly Dictionary<string, OpenClProgram> _programs = [];
    private readonly nint _context;
    private readonly nint _queue;

    /// <summary>Opens a device.</summary>
    /// <exception cref="DeviceException">It cannot be used; the message says why.</exception>
    public OpenClAccelerator(OpenClDevice device, OpenClOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device.Problem is { } problem)
        {
            throw new DeviceException($"opencl:{device.Index} ({device.Name}) cannot be used: {problem}.");
        }

        Device = device;
        Native = device.Library.Native;
        _options = options ?? new OpenClOptions();
        Variants = _options.Variants;
        var properties = stackalloc nint[] { (nint)ContextPlatform, device.PlatformHandle, 0 };
        var handle = device.Handle;
        int code;
        _context = Native.clCreateContext(properties, 1, &handle, null, null, &code);
        OpenClError.Check(code, "clCreateContext", $"{device.Name}");
        _queue = Native.clCreateCommandQueue(_context, handle, _options.Profiling ? ProfilingEnabled : 0, &code);
        if (code != 0)
        {
            _ = Native.clReleaseContext(_context);
            throw OpenClError.Failure(code, "clCreateCommandQueue", device.Name);
        }
    }

    /// <summary>The device.</summary>
    public OpenClDevice Device { get; }

    /// <inheritdoc/>
    public override string Id => $"opencl:{Device.Index}";

    /// <inheritdoc/>
    public override string Name => Device.Name;

    /// <inheritdoc/>
    public override AcceleratorKind Kind => AcceleratorKind.OpenCl;

    /// <inheritdoc/>
    public override DeviceTraits Traits => Device.Traits;

    /// <inheritdoc/>
    public override DeviceMemory Memory =>
        new(Device.MemoryBytes, Device.FreeMemoryBytes(), Device.LargestAllocationBytes, AllocatedBytes);

    /// <summary>Whether all programs so far came from the cache; false before the first kernel is prepared.</summary>
    internal bool ProgramsWereCached => _programs.Count > 0 && _programs.Values.All(p => p.FromCache);

    internal OpenClNative Native { get; }

    internal nint Context => _context;

    internal nint Queue
    {
        get
        {
            RequireOpen();
            return _queue;
        }
    }

    /// <summary>Whether launches leave events behind.</summary>
    internal bool IsMeasuring { get; private set; }

    /// <summary>Opens the device of a number, or the first that can be used.</summary>
    /// <param name="index">The number in <c>opencl:1</c>; null for the first.</param>
    /// <param name="options">How it works.</param>
    /// <exception cref="DeviceException">There is none; the message says what is missing.</exception>
    public static OpenClAccelerator Open(int? index = null, OpenClOptions? options = null)
    {
        var found = OpenClDiscovery.Run();
        return new OpenClAccelerator(Choose("opencl", index, found.Devices, d => d.Problem, found.Problem), options);
    }

    /// <inheritdoc/>
    public override DeviceBuffer<T> Allocate<T>(int length)
    {
        RequireOpen();
        return new OpenClBuffer<T>(this, length);
    }

    /// <inheritdoc/>
    public override HostBuffer<T> AllocateHost<T>(int length)
    {
        RequireOpen();
        return new OpenClHostBuffer<T>(this, length);
    }

    /// <inheritdoc/>
    public override Launch Prepare(Delegate kernel, LaunchShape shape, params KernelArgument[] arguments)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(arguments);
        RequireOpen();
        var source = _options.Library.Find(kernel.Method);
        KernelBinding.Check(source, shape, arguments);
        var handle = Program(source, arguments).CreateKernel(source.EntryName);
        _kernels.Add(handle);
        return new OpenClLaunch(this, source, handle, KernelLibrary.ShortNameOf(kernel.Method), shape, arguments);
    }

    /// <inheritdoc/>
    public override void Synchronize() => Check(Native.clFinish(Queue), "clFinish", $"{Description}");

    /// <inheritdoc/>
    /// <remarks>The accelerator must have been opened with <see cref="OpenClOptions.Profiling"/>.</remarks>
    public override double Measure(Launch launch, int repeats)
    {
        ArgumentNullException.ThrowIfNull(launch);
        ArgumentOutOfRangeException.ThrowIfLessThan(repeats, 1);
        if (!_options.Profiling)
        {
            throw new InvalidOperationException($"{Description} was opened without Profiling, launches cannot be timed on it.");
        }

        Synchronize();
        IsMeasuring = true;
        try
        {
            for (var i = 0; i < repeats; i++)
            {
                launch.Run();
            }

            Synchronize();
            return _events.Count == 0 ? 0 : (EventTime(_events[^1], EventEnd) - EventTime(_events[0], EventStart)) * 1e-9;
        }
        finally
        {
            IsMeasuring = false;
            _events.ForEach(e => Release(Native.clReleaseEvent(e), "clReleaseEvent"));
            _events.Clear();
        }
    }

    /// <summary>How much memory there is, for messages.</summary>
    internal string DescribeMemory()
    {
        var memory = Memory;
        return $"of its {memory.TotalBytes:N0} bytes {(memory.FreeBytes is { } free ? $"{free:N0} are free and " : "")}{memory.AllocatedBytes:N0} in use by this program";
    }

    internal void Note(nint ended) => _events.Add(ended);

    /// <summary>The error for a call that allocates memory and has failed: what is missing may then be any resource.</summary>
    internal DeviceException AllocationFailure(int code, string call, string detail)
    {
        var failure = Failure(code, call, detail);
        return OpenClError.IsOutOfResources(code) ? new OutOfDeviceMemoryException(failure.Message) : failure;
    }

    private protected override void WaitToRelease() => Release(Native.clFinish(_queue), "clFinish");

    private protected override void ReleasePrograms()
    {
        _kernels.ForEach(k => Release(Native.clReleaseKernel(k), "clReleaseKernel"));
        _kernels.Clear();
        foreach (var program in _programs.Values)
        {
            Release(Native.clReleaseProgram(program.Handle), "clReleaseProgram");
        }

        _programs.Clear();
    }

    private protected override void ReleaseDevice()
    {
        Release(Native.clReleaseCommandQueue(_queue), "clReleaseCommandQueue");
        Release(Native.clReleaseContext(_context), "clReleaseContext");
    }

    private protected override DeviceException ErrorOf(int code, string call, string detail) => OpenClError.Failure(code, call, detail);

    private protected override bool IsFinal(int code) => OpenClError.IsFinal(code);

    /// <summary>
    /// The program that holds a kernel. The compilers of graphics processors take long for the whole library, of which a training run
    /// needs about ten kernels, so that each is a program there; for a processor all are one, which costs less than starting ten.
    /// </summary>
    private OpenClProgram Program(KernelSource kernel, IReadOnlyList<KernelArgument> arguments)
    {
        var program = Traits.IsGpu ? KernelProgram.Of(kernel, arguments, [kernel]) : _options.Library.ProgramOf(kernel, arguments);
        var name = Traits.IsGpu ? $"{kernel.EntryName} {program.Name}" : program.Name;
        if (!_programs.TryGetValue(name, out var compiled))
        {
            compiled = new OpenClProgram(Device, _context, _options.Library.Text(KernelLanguage.OpenCl, program), _options.Cache);
            _programs.Add(name, compiled);
        }

        return compiled;
    }

    private long EventTime(nint ended, uint parameter)
    {
        long time = 0;
        Check(Native.clGetEventProfilingInfo(ended, parameter, sizeof(long), &time, null), "clGetEventProfilingInfo",
            $"{Description}");
        return time;
    }
}
