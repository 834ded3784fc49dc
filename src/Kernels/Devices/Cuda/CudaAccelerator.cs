using System.Reflection;
using Gpu.Kernels.Devices.Gpu;
using Gpu.Kernels.Devices.Ilgpu;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace Gpu.Kernels.Devices.Cuda;

/// <summary>
/// An NVIDIA device through ILGPU. Kernels are ILGPU's PTX, which the driver compiles and this program keeps; launches are bound once, and a
/// sequence of them may be a graph.
/// </summary>
public sealed class CudaAccelerator : GpuAccelerator
{
    /// <summary>The most lanes of a group of a kernel that leaves them open.</summary>
    private const int LargestOpenGroup = 256;

    private readonly Dictionary<(MethodInfo, int), nint> _functions = [];
    private readonly List<CudaSequence> _sequences = [];
    private readonly List<nint> _modules = [];
    private readonly CudaQueue _queue;
    private readonly KernelTexts _texts;
    private readonly (nint Start, nint End) _events;

    private CudaAccelerator(FoundDevice found, Context context, CudaDevice device, AcceleratorOptions options) : base(found, context, device)
    {
        Variants = options.Variants;
        var (architecture, instructions) = (device.Architecture!.Value, device.InstructionSet!.Value);
        _texts = new KernelTexts(options.Cache, $"ptx {architecture} {instructions}", () => KernelCompiler.ForPtx(architecture, instructions));
        _queue = new CudaQueue(new CudaCalls(Device, (CudaStream)Stream), Description, options.Say);
        Traits = new DeviceTraits(IsGpu: true, Device.NumMultiprocessors, Device.MaxNumThreadsPerGroup, Device.MaxSharedMemoryPerGroup, Device.WarpSize, found.Vendor);
        Device.Bind();
        _events = (CreateEvent(), CreateEvent());
    }

    /// <inheritdoc/>
    public override AcceleratorKind Kind => AcceleratorKind.Cuda;

    /// <inheritdoc/>
    public override DeviceTraits Traits { get; }

    /// <inheritdoc/>
    public override DeviceMemory Memory
    {
        get
        {
            RequireOpen();
            Device.Bind();
            _queue.Check((int)Api.GetMemoryInfo(out long free, out var total), "cuMemGetInfo", "its memory");
            return new DeviceMemory(total, free, total, AllocatedBytes);
        }
    }

    /// <inheritdoc/>
    public override bool JoinsSequences => CudaGraph.IsChosen(Variants);

    private static CudaAPI Api => CudaAPI.CurrentAPI;

    /// <summary>Opens a device.</summary>
    /// <param name="found">One that can be used.</param>
    /// <param name="ordinal">Its number.</param>
    /// <param name="options">How it works.</param>
    /// <exception cref="DeviceException">ILGPU cannot open it; the message says why.</exception>
    internal static CudaAccelerator Open(FoundDevice found, int ordinal, AcceleratorOptions options)
    {
        var context = KernelContext.Create(builder => builder.Cuda(_ => true));
        try
        {
            var device = context.Devices.OfType<CudaDevice>().FirstOrDefault(d => d.DeviceId == ordinal)
                ?? throw new DeviceException($"{found.Id} ({found.Name}) is there, and ILGPU does not list it: update the NVIDIA driver.");
            return device.Architecture is null || device.InstructionSet is null
                ? throw new DeviceException($"{found.Id} ({found.Name}) has a driver that is older than ILGPU supports ({found.DriverVersion}): update the NVIDIA driver.")
                : new CudaAccelerator(found, context, device, options);
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override Launch Prepare(Delegate kernel, LaunchShape shape, params KernelArgument[] arguments)
    {
        RequireOpen();
        var method = KernelMethod.Of(kernel);
        KernelBinding.Check(method, shape, arguments);
        KernelBinding.CheckLanes(method, shape, Traits.LargestGroup, Description);
        var bound = new CudaArguments();
        bound.AddExtent(shape);
        foreach (var argument in arguments)
        {
            if (argument.Value is IDeviceView view)
            {
                bound.AddView(new CudaMemory(Require(view)), view.OffsetBytes, view.Length);
            }
            else
            {
                bound.AddValue(argument.Value, method.Name);
            }
        }

        var function = shape.X == 0 || shape.Y == 0 ? 0 : Function(method, shape.GroupX * shape.GroupY);
        return new CudaLaunch(_queue, method.Name, function, GridOf(shape), bound);
    }

    /// <inheritdoc/>
    /// <remarks>Where graphs are chosen the launches become one; a sequence within it becomes part of that graph.</remarks>
    public override Launch Sequence(string name, IReadOnlyList<Launch> launches)
    {
        if (!launches.All(launch => launch is CudaWork))
        {
            return base.Sequence(name, launches);
        }

        CudaWork[] parts = [.. launches.Cast<CudaWork>()];
        if (!JoinsSequences)
        {
            return new CudaLaunches(_queue, name, parts);
        }

        RequireOpen();
        var sequence = new CudaSequence(_queue, name, parts);
        _sequences.Add(sequence);
        return sequence;
    }

    /// <inheritdoc/>
    public override Launch Independent(string name, IReadOnlyList<Launch> launches) =>
        launches.All(launch => launch is CudaWork) ? new CudaBranches(_queue, name, [.. launches.Cast<CudaWork>()]) : base.Independent(name, launches);

    /// <inheritdoc/>
    public override double Measure(Launch launch, int repeats)
    {
        ArgumentNullException.ThrowIfNull(launch);
        ArgumentOutOfRangeException.ThrowIfLessThan(repeats, 1);
        Synchronize();
        Record(_events.Start);
        for (var i = 0; i < repeats; i++)
        {
            launch.Run();
        }

        Record(_events.End);
        Synchronize();
        _queue.Check((int)Api.ElapsedTime(out var milliseconds, _events.Start, _events.End), "cuEventElapsedTime", launch.Name);
        return milliseconds * 1e-3;
    }

    /// <inheritdoc/>
    internal override void Upload(MemoryBuffer target, long offset, nint source, long bytes)
    {
        Device.Bind();
        var code = _queue.Calls.Copy(target.NativePtr + (nint)offset, source, bytes);
        if (code != 0)
        {
            _queue.Check(code, "cuMemcpyAsync", $"{bytes:N0} bytes to the device");
        }
    }

    /// <inheritdoc/>
    internal override void Download(MemoryBuffer source, long offset, nint destination, long bytes)
    {
        Device.Bind();
        _queue.Check(_queue.Calls.Copy(destination, source.NativePtr + (nint)offset, bytes), "cuMemcpyAsync", $"{bytes:N0} bytes from the device");
    }

    /// <inheritdoc/>
    internal override UploadMark CreateMark() => new EventMark(this, CreateEvent());

    private protected override void ReleaseLaunches()
    {
        Device.Bind();
        _sequences.ForEach(sequence => sequence.Dispose());
        _modules.ForEach(module => _queue.Calls.UnloadModule(module));
        _ = Api.DestroyEvent(_events.Start);
        _ = Api.DestroyEvent(_events.End);
        _queue.Calls.DestroyBranches();
        _texts.Dispose();
    }

    private CudaGrid GridOf(LaunchShape shape)
    {
        if (shape.IsGrouped)
        {
            return new CudaGrid(shape.X, shape.Y, shape.GroupX, shape.GroupY);
        }

        var (x, y) = GroupChoice.For(Math.Max(shape.X, 1), Math.Max(shape.Y, 1), Traits.ComputeUnits, LargestOpenGroup);
        return new CudaGrid((int)(((long)shape.X + x - 1) / x), (int)(((long)shape.Y + y - 1) / y), x, y);
    }

    private nint Function(KernelMethod kernel, int lanes)
    {
        if (_functions.TryGetValue((kernel.Method, lanes), out var function))
        {
            return function;
        }

        var text = _texts.Find(kernel, lanes);
        _queue.Calls.Bind();
        var code = _queue.Calls.LoadModule(text.Text, out var module, out var log);
        _queue.Check(code, "cuModuleLoadDataEx", $"{kernel.Name} as PTX, of which the driver says: {log?.Trim('\0', ' ', '\n')}");
        _modules.Add(module);
        _queue.Check(_queue.Calls.GetFunction(module, text.Entry, out function), "cuModuleGetFunction", kernel.Name);
        _functions.Add((kernel.Method, lanes), function);
        return function;
    }

    private nint CreateEvent()
    {
        _queue.Check((int)Api.CreateEvent(out var created, CudaEventFlags.CU_EVENT_DEFAULT), "cuEventCreate", "a mark in the stream");
        return created;
    }

    private void Record(nint marker) => _queue.Check((int)Api.RecordEvent(marker, ((CudaStream)Stream).StreamPtr), "cuEventRecord", "a mark in the stream");

    /// <summary>ILGPU's memory as launches see it.</summary>
    private sealed record CudaMemory(IGpuMemory Memory) : ICudaMemory
    {
        public nint Address => Memory.Handle;

        public long Bytes => Memory.Bytes;

        public bool IsWritten => Memory.ElementType != typeof(byte);
    }

    /// <summary>A place in the stream as an event.</summary>
    private sealed class EventMark(CudaAccelerator accelerator, nint marker) : UploadMark
    {
        private bool _isSet;

        internal override void Set()
        {
            accelerator.Record(marker);
            _isSet = true;
        }

        internal override void Wait()
        {
            if (_isSet)
            {
                _isSet = false;
                accelerator._queue.Check((int)Api.SynchronizeEvent(marker), "cuEventSynchronize", "an upload");
            }
        }

        public override void Dispose() => _ = Api.DestroyEvent(marker);
    }
}
