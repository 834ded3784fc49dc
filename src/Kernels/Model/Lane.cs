using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Gpu.Kernels.Model;

/// <summary>What stands behind the static classes of the model while a kernel runs: the calling thread's lane.</summary>
internal unsafe class Lane
{
    /// <summary>Bytes of local memory that a call of a kernel may allocate.</summary>
    internal const int LocalBytes = 64 * 1024;

    private const byte FreshByte = 0xFF;

    [ThreadStatic]
    private static Lane? _current;

    private byte* _local;
    private int _localUsed;

    /// <summary>The calling thread's lane.</summary>
    /// <exception cref="InvalidOperationException">No kernel runs on this thread.</exception>
    internal static Lane Current => _current ?? throw new InvalidOperationException(
        "LocalMemory exists only while a kernel runs: prepare the kernel on an accelerator and run the launch.");

    /// <summary>The calling thread's lane in its group.</summary>
    /// <exception cref="InvalidOperationException">The kernel on this thread states no groups.</exception>
    internal static GroupLane InGroup => _current as GroupLane ?? throw new InvalidOperationException(
        "Grid, Group, Barrier and SharedMemory exist only in a kernel without an index parameter, launched in groups.");

    /// <summary>Makes this the calling thread's lane, or none.</summary>
    internal static void Enter(Lane? lane) => _current = lane;

    /// <summary>Fresh local memory of this lane.</summary>
    internal ArrayView<T> AllocateLocal<T>(int extent) where T : unmanaged
    {
        var bytes = (long)extent * sizeof(T);
        if (extent < 0 || bytes > LocalBytes - _localUsed)
        {
            ThrowLocal(bytes);
        }

        if (_local == null)
        {
            _local = (byte*)NativeMemory.AlignedAlloc(LocalBytes, 64);
        }

        var start = _local + _localUsed;
        NativeMemory.Fill(start, (nuint)bytes, FreshByte);
        _localUsed += (int)((bytes + 15) & ~15L);
        return new ArrayView<T>((T*)start, extent);
    }

    /// <summary>Forgets the local memory of the call before.</summary>
    internal void ResetLocal() => _localUsed = 0;

    /// <summary>Gives the local memory back.</summary>
    internal void Free()
    {
        NativeMemory.AlignedFree(_local);
        _local = null;
        _localUsed = 0;
    }

    [DoesNotReturn]
    private void ThrowLocal(long bytes) => throw new InvalidOperationException(
        $"{bytes} bytes of local memory asked for, {LocalBytes - _localUsed} of {LocalBytes} are left: allocate outside of loops, and less.");
}

/// <summary>A lane of an explicitly grouped kernel.</summary>
internal abstract class GroupLane : Lane
{
    /// <summary>The number of groups.</summary>
    internal Index3D GridDimension { get; init; }

    /// <summary>The number of lanes in a group.</summary>
    internal Index3D GroupDimension { get; init; }

    /// <summary>The group that runs.</summary>
    internal Index3D GroupIndex { get; set; }

    /// <summary>This lane in the group.</summary>
    internal Index3D LaneIndex { get; init; }

    /// <summary>Waits for the other lanes of the group.</summary>
    internal abstract void Barrier();

    /// <summary>The group's memory for the lane's next call of <see cref="SharedMemory.Allocate{T}(int)"/>.</summary>
    internal abstract ArrayView<T> AllocateShared<T>(int extent) where T : unmanaged;

    /// <summary>Notes a predicate for <see cref="CountVotes"/>.</summary>
    internal abstract void Vote(bool predicate);

    /// <summary>The lanes that noted true.</summary>
    internal abstract int CountVotes();
}
