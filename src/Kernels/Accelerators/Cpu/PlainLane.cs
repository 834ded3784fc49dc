namespace Gpu.Kernels.Accelerators.Cpu;

/// <summary>One lane of a <see cref="LaneGroup"/>.</summary>
internal sealed class PlainLane(LaneGroup group, Index3D laneIndex) : GroupLane
{
    private int _sharedCalls;

    internal override Index3D GridDimension => group.GridDimension;

    internal override Index3D GroupDimension => group.GroupDimension;

    internal override Index3D GroupIndex => group.GroupIndex;

    internal override Index3D LaneIndex => laneIndex;

    internal override Span<byte> Exchange => group.Exchange;

    /// <summary>The thread that carries the lane, once it has begun.</summary>
    internal LaneThread? Thread { get; set; }

    internal bool HasEnded { get; set; }

    internal override void Barrier() => group.Barrier(this);

    internal override ArrayView<T> AllocateShared<T>(int extent) => group.AllocateShared<T>(_sharedCalls++, extent);

    /// <summary>Makes the lane ready for the next group.</summary>
    internal void Reset()
    {
        Thread = null;
        HasEnded = false;
        _sharedCalls = 0;
        ResetLocal();
    }
}
