namespace Gpu.Kernels.Model;

/// <summary>Memory of one lane. Fresh memory holds NaN.</summary>
public static class LocalMemory
{
    /// <summary><paramref name="extent"/> elements.</summary>
    /// <param name="extent">A constant.</param>
    public static ArrayView<T> Allocate<T>(int extent) where T : unmanaged => Lane.Current.AllocateLocal<T>(extent);
}
