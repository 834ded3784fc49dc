using System.Runtime.InteropServices;

namespace Gpu.Kernels.Tests.Cuda.Emulation;

/// <summary>Memory of the device and of the host, and copies between them.</summary>
internal sealed unsafe partial class EmulatedCuda
{
    [UnmanagedCallersOnly]
    private static int MemGetInfo(nuint* free, nuint* total) => Run("cuMemGetInfo_v2", d =>
    {
        *total = (nuint)d.MemoryBytes;
        *free = (nuint)d.FreeBytes;
        return Success;
    });

    [UnmanagedCallersOnly]
    private static int MemAlloc(nint* address, nuint bytes) => Run("cuMemAlloc_v2", d =>
    {
        if (bytes == 0)
        {
            return InvalidValue;
        }

        if ((long)bytes > d.FreeBytes)
        {
            return OutOfMemory;
        }

        var allocation = new Allocation((long)bytes);
        *address = allocation.Address;
        d._objects.Add(allocation.Address, allocation);
        return Success;
    });

    [UnmanagedCallersOnly]
    private static int MemFree(nint address) => Run("cuMemFree_v2", d =>
    {
        d.Drain();
        return d.Destroy<Allocation>(address, "cuMemFree", allocation =>
        {
            if (!allocation.GuardsAreWhole)
            {
                d.Violation($"{allocation.Bytes} bytes were written outside", Success);
            }

            d.Kernels.Forget(allocation);
            allocation.Free();
        });
    });

    [UnmanagedCallersOnly]
    private static int MemHostAlloc(void** pointer, nuint bytes, uint flags) => Run("cuMemHostAlloc", d =>
    {
        var memory = new HostMemory((long)bytes);
        *pointer = (void*)memory.Address;
        d._objects.Add(memory.Address, memory);
        return bytes > 0 && flags == 0 ? Success : InvalidValue;
    });

    [UnmanagedCallersOnly]
    private static int MemFreeHost(void* pointer) => Run("cuMemFreeHost", d =>
    {
        d.Drain();
        return d.Destroy<HostMemory>((nint)pointer, "cuMemFreeHost", memory => memory.Free());
    });

    [UnmanagedCallersOnly]
    private static int MemcpyHtoD(nint destination, void* source, nuint bytes, nint stream) => Counted(Mark, MemcpyHtoDCore(destination, source, bytes, stream));

    private static int MemcpyHtoDCore(nint destination, void* source, nuint bytes, nint stream) => Run("cuMemcpyHtoDAsync_v2", d =>
    {
        if (!d.IsInside(destination, bytes))
        {
            return InvalidValue;
        }

        // Page-locked memory is read when the copy's turn comes; what a device may do with any other memory is the same.
        return d.Enqueue(stream, () =>
        {
            new ReadOnlySpan<byte>(source, (int)bytes).CopyTo(new Span<byte>((void*)destination, (int)bytes));
            return Success;
        });
    });

    [UnmanagedCallersOnly]
    private static int MemcpyDtoH(void* destination, nint source, nuint bytes, nint stream) => Run("cuMemcpyDtoHAsync_v2", d =>
        !d.IsInside(source, bytes) ? InvalidValue : d.Enqueue(stream, () =>
        {
            new ReadOnlySpan<byte>((void*)source, (int)bytes).CopyTo(new Span<byte>(destination, (int)bytes));
            return Success;
        }));

    private long FreeBytes => MemoryBytes - _objects.Values.OfType<Allocation>().Sum(a => a.Bytes);

    private bool IsInside(nint address, nuint bytes) => _objects.Values.OfType<Allocation>()
        .Any(a => address >= a.Address && address + (long)bytes <= a.Address + a.Bytes);

    /// <summary>Memory of the device: full of NaN at first, with guards on both sides.</summary>
    internal sealed class Allocation
    {
        private const int Guard = 64;
        private const byte GuardByte = 0xA5;

        private readonly byte* _memory;

        internal Allocation(long bytes)
        {
            Bytes = bytes;
            _memory = (byte*)NativeMemory.AlignedAlloc((nuint)(bytes + (2 * Guard)), 256);
            NativeMemory.Fill(_memory, Guard, GuardByte);
            NativeMemory.Fill(_memory + Guard, (nuint)bytes, 0xFF);
            NativeMemory.Fill(_memory + Guard + bytes, Guard, GuardByte);
        }

        internal long Bytes { get; }

        internal nint Address => (nint)(_memory + Guard);

        internal bool GuardsAreWhole => !new ReadOnlySpan<byte>(_memory, Guard).ContainsAnyExcept(GuardByte)
            && !new ReadOnlySpan<byte>(_memory + Guard + Bytes, Guard).ContainsAnyExcept(GuardByte);

        internal Span<T> Elements<T>() where T : unmanaged => new((void*)Address, (int)(Bytes / sizeof(T)));

        internal void Free() => NativeMemory.AlignedFree(_memory);
    }

    private sealed class HostMemory(long bytes)
    {
        internal nint Address { get; } = (nint)NativeMemory.Alloc((nuint)bytes);

        internal void Free() => NativeMemory.Free((void*)Address);
    }
}
