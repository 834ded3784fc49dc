namespace Gpu.Kernels.Devices;

/// <summary>How often a kernel runs: over indices (implicitly grouped) or in groups of a stated size.</summary>
/// <param name="X">Indices, or groups, in the first dimension.</param>
/// <param name="Y">Indices, or groups, in the second dimension.</param>
/// <param name="GroupX">Lanes of a group in the first dimension; 0 where the device chooses.</param>
/// <param name="GroupY">Lanes of a group in the second dimension; 0 where the device chooses.</param>
/// <param name="Dimensions">1 or 2: the rank of the kernel's index, where it has one.</param>
public readonly record struct LaunchShape(int X, int Y, int GroupX, int GroupY, int Dimensions)
{
    /// <summary>Whether the kernel states its groups itself (no index parameter; barriers and shared memory allowed).</summary>
    public bool IsGrouped => GroupX > 0;

    /// <summary>A kernel with an <c>Index1D</c>, for 0 to <paramref name="count"/> - 1.</summary>
    public static LaunchShape Linear(int count) => new(count, 1, 0, 0, 1);

    /// <summary>A kernel with an <c>Index2D</c>: X below <paramref name="x"/>, Y below <paramref name="y"/>.</summary>
    public static LaunchShape Plane(int x, int y) => new(x, y, 0, 0, 2);

    /// <summary>A kernel without an index, in groups of <paramref name="groupX"/> by <paramref name="groupY"/> lanes.</summary>
    public static LaunchShape Groups(int x, int y, int groupX, int groupY) => new(x, y, groupX, groupY, 2);
}
