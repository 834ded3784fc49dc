using Gpu.Kernels.Devices.Simulator;

namespace Gpu.Kernels.Devices.Cpu;

/// <summary>How a <see cref="CpuAccelerator"/> works.</summary>
public sealed record CpuOptions
{
    /// <summary>Which code runs.</summary>
    public SimdPath Path { get; init; } = SimdPaths.Default();

    /// <summary>Threads in the team, the calling one included.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// Fresh memory is filled with NaN (all bits set) and guarded on both sides; a guard that was overwritten throws when the
    /// buffer is disposed of.
    /// </summary>
    public bool Strict { get; init; }
}

/// <summary>
/// The processor as an accelerator: operations run as their SIMD twins on a team of threads. An operation without a twin runs its kernel,
/// through ILGPU's CPU accelerator on the same memory, which is made when it is first needed.
/// </summary>
public sealed class CpuAccelerator : ComputeAccelerator
{
    private readonly KernelSimulator _kernels;
    private DeviceTraits? _traits;

    /// <summary>Makes an accelerator; threads are started when first needed.</summary>
    public CpuAccelerator(CpuOptions? options = null)
    {
        Options = options ?? new CpuOptions();
        if (Options.Threads is < 1 or > 1024)
        {
            throw new ArgumentOutOfRangeException(nameof(options), $"A team has 1 to 1,024 threads, not {Options.Threads}.");
        }

        Team = new WorkerTeam(Options.Threads);
        _kernels = new KernelSimulator(this);
    }

    /// <summary>How it works.</summary>
    public CpuOptions Options { get; }

    /// <summary>The threads.</summary>
    public WorkerTeam Team { get; }

    /// <inheritdoc/>
    public override string Id => "cpu";

    /// <inheritdoc/>
    public override string Name => ProcessorInfo.Name;

    /// <inheritdoc/>
    public override AcceleratorKind Kind => AcceleratorKind.Cpu;

    /// <inheritdoc/>
    public override DeviceTraits Traits => _traits ??= new DeviceTraits(
        IsGpu: false, Options.Threads, KernelSimulator.LargestGroup, KernelSimulator.SharedBytes, GroupLanes: 1, ProcessorInfo.Vendor);

    /// <inheritdoc/>
    public override DeviceMemory Memory => ProcessorInfo.Memory(AllocatedBytes);

    /// <inheritdoc/>
    public override DeviceBuffer<T> Allocate<T>(int length) => new CpuBuffer<T>(this, length, Options.Strict);

    /// <inheritdoc/>
    public override Launch Prepare(Delegate kernel, LaunchShape shape, params KernelArgument[] arguments) =>
        _kernels.Prepare(kernel, shape, arguments);

    /// <inheritdoc/>
    public override Launch Sequence(string name, IReadOnlyList<Launch> launches) => CpuSequence.Join(this, name, launches);

    /// <inheritdoc/>
    public override Launch Independent(string name, IReadOnlyList<Launch> launches) =>
        launches.All(launch => launch is CpuLaunch)
            ? new CpuGroup(this, name, [.. launches.Cast<CpuLaunch>()])
            : base.Independent(name, launches);

    /// <inheritdoc/>
    public override void Synchronize()
    {
        // Launches have ended when Run returns.
    }

    /// <inheritdoc/>
    public override double Measure(Launch launch, int repeats) => MeasureOnHost(launch, repeats);

    /// <inheritdoc/>
    public override void Dispose()
    {
        ReleaseKept();
        Team.Dispose();
        _kernels.Dispose();
    }
}
