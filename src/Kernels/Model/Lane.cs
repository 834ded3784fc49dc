using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gpu.Kernels.Model;

/// <summary>What stands behind the static classes of the model while a kernel runs: the calling thread's lane.</summary>
internal abstract unsafe class Lane
{
    /// <summary>Bytes of local memory that a call of a kernel may allocate.</summary>
    internal const int LocalBytes = 64 * 1024;

    [ThreadStatic]
    private static Lane? _current;

    private byte[]? _local;
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
        _local ??= GC.AllocateUninitializedArray<byte>(LocalBytes, pinned: true);
        return Carve<T>(_local, ref _localUsed, extent, "local");
    }

    /// <summary>Forgets the local memory of the call before.</summary>
    internal void ResetLocal() => _localUsed = 0;

    /// <summary>The next part of a pinned array as a view, filled with NaN.</summary>
    protected internal static ArrayView<T> Carve<T>(byte[] memory, ref int used, int extent, string kind) where T : unmanaged
    {
        var bytes = (long)extent * sizeof(T);
        if (extent < 0 || bytes > memory.Length - used)
        {
            ThrowExhausted(kind, bytes, memory.Length - used, memory.Length);
        }

        var offset = used;
        memory.AsSpan(offset, (int)bytes).Fill(0xFF);
        used = Math.Min(memory.Length, (offset + (int)bytes + 15) & ~15);
        return View<T>(memory, offset, extent);
    }

    /// <summary>A part of a pinned array as a view.</summary>
    protected internal static ArrayView<T> View<T>(byte[] memory, int offset, int extent) where T : unmanaged =>
        new((T*)((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(memory)) + offset), extent);

    [DoesNotReturn]
    private static void ThrowExhausted(string kind, long bytes, int left, int all) => throw new InvalidOperationException(
        $"{bytes} bytes of {kind} memory asked for, {left} of {all} are left: allocate less, and not in a loop.");
}

/// <summary>A lane of an explicitly grouped kernel.</summary>
internal abstract class GroupLane : Lane
{
    /// <summary>Bytes of the largest value that <see cref="Group.Broadcast"/> carries.</summary>
    internal const int LargestBroadcast = 256;

    /// <summary>The number of groups.</summary>
    internal abstract Index3D GridDimension { get; }

    /// <summary>The number of lanes in a group.</summary>
    internal abstract Index3D GroupDimension { get; }

    /// <summary>The group that runs.</summary>
    internal abstract Index3D GroupIndex { get; }

    /// <summary>This lane in the group.</summary>
    internal abstract Index3D LaneIndex { get; }

    /// <summary>What the lanes of the group hand to each other: at least <see cref="LargestBroadcast"/> bytes.</summary>
    internal abstract Span<byte> Exchange { get; }

    /// <summary>Waits for the other lanes of the group.</summary>
    internal abstract void Barrier();

    /// <summary>The group's memory for the lane's next call of <see cref="SharedMemory.Allocate{T}(int)"/>.</summary>
    internal abstract ArrayView<T> AllocateShared<T>(int extent) where T : unmanaged;
}
