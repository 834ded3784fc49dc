using System.Reflection;
using Gpu.Kernels.Devices.Gpu;
using Gpu.Kernels.Devices.Ilgpu;
using ILGPU;
using ILGPU.Backends.OpenCL;
using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;

namespace Gpu.Kernels.Devices.OpenCl;

/// <summary>A device of an OpenCL platform through ILGPU. Kernels are ILGPU's OpenCL C, put right and kept by this program; launches are bound once.</summary>
public sealed unsafe class OpenClAccelerator : GpuAccelerator
{
    private readonly Dictionary<(MethodInfo, int), OpenClProgram> _programs = [];
    private readonly OpenClDevice _device;
    private readonly KernelTexts _texts;
    private readonly bool _isTimed;

    private OpenClAccelerator(OpenClDevice device, Context context, CLDevice opened, AcceleratorOptions options) : base(device.Found, context, opened)
    {
        (_device, _isTimed, Variants) = (device, options.Timed, options.Variants);
        var (vendor, version) = (opened.Vendor, opened.CLStdVersion);
        _texts = new KernelTexts(options.Cache, $"opencl {vendor} {version}", () => KernelCompiler.ForOpenCl(vendor, version));
        Options = $"-cl-std={version}{(device.RoundsDivisionCorrectly ? " -cl-fp32-correctly-rounded-divide-sqrt" : "")}";
        Traits = new DeviceTraits(device.Found.Class == DeviceClass.Gpu, opened.NumMultiprocessors, opened.MaxNumThreadsPerGroup, opened.MaxSharedMemoryPerGroup,
            device.GroupLanes, device.Found.Vendor);
    }

    /// <inheritdoc/>
    public override AcceleratorKind Kind => AcceleratorKind.OpenCl;

    /// <inheritdoc/>
    public override DeviceTraits Traits { get; }

    /// <inheritdoc/>
    public override DeviceMemory Memory =>
        new(_device.Found.MemoryBytes, _device.FreeMemoryBytes(), _device.LargestAllocationBytes, AllocatedBytes);

    /// <summary>How programs are built.</summary>
    internal string Options { get; }

    /// <summary>ILGPU's command queue.</summary>
    internal nint Queue => ((CLStream)Stream).CommandQueue;

    private static CLAPI Api => CLAPI.CurrentAPI;

    /// <summary>Opens a device.</summary>
    /// <param name="device">One that can be used.</param>
    /// <param name="options">How it works.</param>
    /// <exception cref="DeviceException">ILGPU cannot open it; the message says why.</exception>
    internal static OpenClAccelerator Open(OpenClDevice device, AcceleratorOptions options)
    {
        var context = KernelContext.Create(builder =>
        {
            builder.OpenCL(_ => true);
            if (options.Timed)
            {
                builder.Profiling();
            }
        });
        try
        {
            var opened = context.Devices.OfType<CLDevice>().FirstOrDefault(d => d.DeviceId == device.Handle)
                ?? throw new DeviceException($"{device.Found.Id} ({device.Found.Name}) is there, and ILGPU does not list it: update its driver.");
            return opened.CLStdVersion < CLBackend.MinimumVersion
                ? throw new DeviceException($"{device.Found.Id} ({device.Found.Name}) has OpenCL C {opened.CLStdVersion}, {CLBackend.MinimumVersion} or later is needed: update its driver.")
                : new OpenClAccelerator(device, context, opened, options);
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
        IGpuMemory[] memory = [.. arguments.Select(a => a.Value).OfType<IDeviceView>().Select(Require)];
        return shape.X == 0 || shape.Y == 0
            ? new OpenClLaunch(this, method.Name, memory)
            : new OpenClLaunch(this, method.Name, memory, Program(method, shape.GroupX * shape.GroupY).CreateKernel(), shape, arguments);
    }

    /// <inheritdoc/>
    /// <remarks>The accelerator must have been opened to be timed.</remarks>
    public override double Measure(Launch launch, int repeats)
    {
        ArgumentNullException.ThrowIfNull(launch);
        ArgumentOutOfRangeException.ThrowIfLessThan(repeats, 1);
        if (!_isTimed)
        {
            throw new InvalidOperationException($"{Description} was not opened to be timed.");
        }

        Synchronize();
        using var start = Stream.AddProfilingMarker();
        for (var i = 0; i < repeats; i++)
        {
            launch.Run();
        }

        using var end = Stream.AddProfilingMarker();
        return (end - start).TotalSeconds;
    }

    /// <summary>Throws where a call has failed.</summary>
    internal void Check(CLError code, string call, string what)
    {
        if (code != CLError.CL_SUCCESS)
        {
            var message = $"{call} failed with {OpenClNative.NameOf((int)code)}: {what} on {Description}";
            throw code is CLError.CL_MEM_OBJECT_ALLOCATION_FAILURE or CLError.CL_OUT_OF_RESOURCES or CLError.CL_OUT_OF_HOST_MEMORY
                ? new OutOfDeviceMemoryException($"{message}: use a smaller batch or network.")
                : new DeviceException($"{message}.");
        }
    }

    /// <inheritdoc/>
    internal override void Upload(MemoryBuffer target, long offset, nint source, long bytes)
    {
        var code = Api.WriteBuffer(Stream, target.NativePtr, false, (nint)offset, (nint)bytes, source);
        if (code != CLError.CL_SUCCESS)
        {
            Check(code, "clEnqueueWriteBuffer", $"{bytes:N0} bytes");
        }

        Check(Api.FlushCommandQueue(Queue), "clFlush", "an upload");
    }

    /// <inheritdoc/>
    internal override void Download(MemoryBuffer source, long offset, nint destination, long bytes) =>
        Check(Api.ReadBuffer(Stream, source.NativePtr, true, (nint)offset, (nint)bytes, destination), "clEnqueueReadBuffer", $"{bytes:N0} bytes");

    /// <inheritdoc/>
    internal override UploadMark CreateMark() => new QueueMark(this);

    private protected override void ReleaseLaunches()
    {
        foreach (var program in _programs.Values)
        {
            program.Dispose();
        }

        _programs.Clear();
        _texts.Dispose();
    }

    private OpenClProgram Program(KernelMethod kernel, int lanes)
    {
        if (!_programs.TryGetValue((kernel.Method, lanes), out var program))
        {
            program = new OpenClProgram(this, kernel.Name, _texts.Find(kernel, lanes));
            _programs.Add((kernel.Method, lanes), program);
        }

        return program;
    }

    /// <summary>ILGPU hands out no event of OpenCL: the queue is waited for as a whole.</summary>
    private sealed class QueueMark(OpenClAccelerator accelerator) : UploadMark
    {
        private bool _isSet;

        internal override void Set() => _isSet = true;

        internal override void Wait()
        {
            if (_isSet)
            {
                _isSet = false;
                accelerator.Synchronize();
            }
        }

        public override void Dispose() => _isSet = false;
    }
}
