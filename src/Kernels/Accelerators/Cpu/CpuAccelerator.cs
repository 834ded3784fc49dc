using System.Diagnostics;

namespace Gpu.Kernels.Accelerators.Cpu;

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

    /// <summary>Lanes that the plain path gives a group of an implicitly grouped kernel; 1 to 64.</summary>
    public int GroupWidth { get; init; } = 64;

    /// <summary>Lanes of the largest group that the plain path runs; more than it tells of are for those who can wait, each is a thread.</summary>
    internal int LargestGroup { get; init; } = 64;
}

/// <summary>
/// The processor as an accelerator. With a SIMD path, operations run as their SIMD twins on a team of threads; with
/// <see cref="SimdPath.Plain"/> they run as the kernels themselves, one call an index, with checked indices.
/// </summary>
public sealed class CpuAccelerator : ComputeAccelerator
{
    private DeviceTraits? _traits;

    /// <summary>Makes an accelerator; threads are started when first needed.</summary>
    public CpuAccelerator(CpuOptions? options = null)
    {
        Options = options ?? new CpuOptions();
        if (Options.Threads is < 1 or > 1024)
        {
            throw new ArgumentOutOfRangeException(nameof(options), $"A team has 1 to 1,024 threads, not {Options.Threads}.");
        }

        if (Options.GroupWidth is < 1 or > 64)
        {
            throw new ArgumentOutOfRangeException(nameof(options), $"A group has 1 to 64 lanes, not {Options.GroupWidth}.");
        }

        Team = new WorkerTeam(Options.Threads);
        Plain = new PlainKernels(this);
    }

    /// <summary>How it works.</summary>
    public CpuOptions Options { get; }

    /// <summary>Whether operations run as the kernels themselves.</summary>
    public bool IsPlain => Options.Path == SimdPath.Plain;

    /// <summary>The threads.</summary>
    public WorkerTeam Team { get; }

    /// <summary>What runs the kernels themselves.</summary>
    internal PlainKernels Plain { get; }

    /// <inheritdoc/>
    public override string Id => "cpu";

    /// <inheritdoc/>
    public override string Name => ProcessorInfo.Name;

    /// <inheritdoc/>
    public override AcceleratorKind Kind => AcceleratorKind.Cpu;

    /// <inheritdoc/>
    public override DeviceTraits Traits => _traits ??= new DeviceTraits(
        IsGpu: false, Options.Threads, PlainKernels.LargestGroup, PlainKernels.SharedBytes, GroupLanes: 1, ProcessorInfo.Vendor);

    /// <inheritdoc/>
    public override DeviceMemory Memory
    {
        get
        {
            var total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
            return new DeviceMemory(total, ProcessorInfo.FreeMemoryBytes(), total, AllocatedBytes);
        }
    }

    /// <inheritdoc/>
    public override DeviceBuffer<T> Allocate<T>(int length) => new CpuBuffer<T>(this, length);

    /// <inheritdoc/>
    public override Launch Prepare(Delegate kernel, LaunchShape shape, params KernelArgument[] arguments) =>
        Plain.Prepare(kernel, shape, arguments);

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
    public override double Measure(Launch launch, int repeats)
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

    /// <inheritdoc/>
    public override void Dispose()
    {
        ReleaseKept();
        Team.Dispose();
        Plain.Dispose();
    }
}
