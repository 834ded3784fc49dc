namespace Gpu.Kernels.Accelerators.Cpu;

/// <summary>The kernels themselves on the processor: a strict device for tests, and for operations without a SIMD twin.</summary>
internal sealed class PlainKernels(CpuAccelerator cpu) : IDisposable
{
    /// <summary>The most lanes a group may have.</summary>
    internal const int LargestGroup = PlainLaunch.LargestGroup;

    /// <summary>Bytes of shared memory a group may allocate.</summary>
    internal const int SharedBytes = LaneGroup.SharedBytes;

    /// <summary>The threads that carry the lanes of explicitly grouped kernels.</summary>
    internal LaneThreads Lanes { get; } = new();

    /// <summary>Binds a kernel's arguments.</summary>
    internal Launch Prepare(Delegate kernel, LaunchShape shape, KernelArgument[] arguments) =>
        PlainLaunch.Create(cpu, kernel, shape, arguments);

    /// <inheritdoc/>
    public void Dispose() => Lanes.Dispose();
}
