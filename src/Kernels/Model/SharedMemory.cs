namespace Gpu.Kernels.Model;

/// <summary>Memory that the lanes of one group share. Explicitly grouped kernels only. Fresh memory holds NaN.</summary>
public static class SharedMemory
{
    /// <summary><paramref name="extent"/> elements, the same for all lanes of the group.</summary>
    /// <param name="extent">A constant.</param>
    public static ArrayView<T> Allocate<T>(int extent) where T : unmanaged => Lane.InGroup.AllocateShared<T>(extent);

    /// <summary>One element, the same for all lanes of the group.</summary>
    public static ref T Allocate<T>() where T : unmanaged => ref Allocate<T>(1)[0];
}
