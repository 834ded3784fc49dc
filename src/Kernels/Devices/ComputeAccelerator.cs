using System.Diagnostics;

namespace Gpu.Kernels.Devices;

/// <summary>The kinds of device a kernel runs on.</summary>
public enum AcceleratorKind
{
    /// <summary>The processor, through SIMD twins.</summary>
    Cpu,

    /// <summary>A device of an OpenCL platform.</summary>
    OpenCl,

    /// <summary>An NVIDIA device through the CUDA driver.</summary>
    Cuda,

    /// <summary>The processor as ILGPU simulates a device on it: the kernels themselves, slowly.</summary>
    Simulator,
}

/// <summary>
/// One device that owns memory and runs kernels. Everything costly (memory, compilation, argument binding) happens in
/// <see cref="Allocate{T}"/> and <see cref="Prepare"/>, before the first step; <see cref="Launch.Run"/> only enqueues.
/// Launches of one accelerator run in the order in which they were enqueued. Not safe for use by several threads.
/// </summary>
public abstract class ComputeAccelerator : IDisposable
{
    private readonly List<IDisposable> _kept = [];

    /// <summary>How the command line names the device: <c>cpu</c>, <c>opencl:0</c>, <c>cuda:1</c>.</summary>
    public abstract string Id { get; }

    /// <summary>What the driver calls the device, for people.</summary>
    public abstract string Name { get; }

    /// <summary>Which backend this is.</summary>
    public abstract AcceleratorKind Kind { get; }

    /// <summary>The device as the <c>start</c> event reports it: <c>cpu</c>, <c>opencl:0 (name)</c>.</summary>
    public string Description => IsHost ? Id : $"{Id} ({Name})";

    /// <summary>Whether it is the processor itself, on memory of the process: a launch has ended when it returns.</summary>
    public bool IsHost => Kind is AcceleratorKind.Cpu or AcceleratorKind.Simulator;

    /// <summary>What kernels are tuned by.</summary>
    public abstract DeviceTraits Traits { get; }

    /// <summary>The device's memory as it is now.</summary>
    public abstract DeviceMemory Memory { get; }

    /// <summary>Which variant of an operation is forced; the environment sets only the default.</summary>
    public VariantChoice Variants { get; init; } = VariantChoice.FromEnvironment();

    /// <summary>Allocates <paramref name="length"/> elements on the device. A length of 0 is allowed.</summary>
    /// <exception cref="OutOfDeviceMemoryException">The memory is not there; the message says what was asked for.</exception>
    public abstract DeviceBuffer<T> Allocate<T>(int length) where T : unmanaged;

    /// <summary>Allocates host memory that <see cref="DeviceBuffer{T}.Upload"/> copies from without waiting, where the device can.</summary>
    /// <exception cref="OutOfDeviceMemoryException">The memory is not there.</exception>
    public virtual HostBuffer<T> AllocateHost<T>(int length) where T : unmanaged => new ProcessHostBuffer<T>(length);

    /// <summary>
    /// Compiles <paramref name="kernel"/> where that is needed and binds its arguments: the kernel's own parameters
    /// without the leading index. The launch may be run any number of times.
    /// </summary>
    /// <param name="kernel">A kernel, given as a method group.</param>
    /// <param name="shape">How many indices, or how many groups of what size.</param>
    /// <param name="arguments">Views and scalars in the order of the kernel's parameters.</param>
    public abstract Launch Prepare(Delegate kernel, LaunchShape shape, params KernelArgument[] arguments);

    /// <summary>Joins launches that always run one after the other; a device may merge or capture them.</summary>
    public virtual Launch Sequence(string name, IReadOnlyList<Launch> launches) => new LaunchSequence(name, launches);

    /// <summary>Whether a sequence of sequences is one call to the driver, so that a step's launches gain by being joined with those of the next.</summary>
    public virtual bool JoinsSequences => false;

    /// <summary>Joins launches that may run in any order or at the same time: none reads what another writes.</summary>
    public virtual Launch Independent(string name, IReadOnlyList<Launch> launches) => new LaunchSequence(name, launches);

    /// <summary>Waits until everything enqueued has ended.</summary>
    public abstract void Synchronize();

    /// <summary>
    /// Runs a launch so many times and returns the seconds from its first start to its last end, by the device's own clock.
    /// </summary>
    /// <exception cref="InvalidOperationException">The device was opened without the timing that this needs.</exception>
    public abstract double Measure(Launch launch, int repeats);

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>The same by the host's clock, for devices whose launches have ended when <see cref="Launch.Run"/> returns.</summary>
    private protected static double MeasureOnHost(Launch launch, int repeats)
    {
        ArgumentNullException.ThrowIfNull(launch);
        ArgumentOutOfRangeException.ThrowIfLessThan(repeats, 1);
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < repeats; i++)
        {
            launch.Run();
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Keeps what a launch needs, such as scratch memory, as long as its kernel: until the accelerator is closed.</summary>
    internal T Keep<T>(T resource) where T : IDisposable
    {
        _kept.Add(resource);
        return resource;
    }

    /// <summary>Gives back what launches have kept; the first step of closing.</summary>
    private protected void ReleaseKept()
    {
        _kept.ForEach(resource => resource.Dispose());
        _kept.Clear();
    }

    /// <summary>Bytes of the buffers that are open.</summary>
    internal long AllocatedBytes { get; private set; }

    /// <summary>Counts memory that was taken, or, below 0, given back.</summary>
    internal void Count(long bytes) => AllocatedBytes += bytes;
}
