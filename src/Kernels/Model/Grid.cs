namespace Gpu.Kernels.Model;

/// <summary>Where the calling lane's group stands among the groups of an explicitly grouped kernel.</summary>
public static class Grid
{
    /// <summary>The group's index in the first dimension.</summary>
    public static int IdxX => Index.X;

    /// <summary>The group's index in the second dimension.</summary>
    public static int IdxY => Index.Y;

    /// <summary>The group's index in the third dimension.</summary>
    public static int IdxZ => Index.Z;

    /// <summary>The number of groups in the first dimension.</summary>
    public static int DimX => Dimension.X;

    /// <summary>The number of groups in the second dimension.</summary>
    public static int DimY => Dimension.Y;

    /// <summary>The number of groups in the third dimension.</summary>
    public static int DimZ => Dimension.Z;

    /// <summary>The group's index.</summary>
    public static Index3D Index => Lane.InGroup.GroupIndex;

    /// <summary>The number of groups.</summary>
    public static Index3D Dimension => Lane.InGroup.GridDimension;

    /// <summary>The group's index, counted through all dimensions, the first fastest.</summary>
    public static int LinearIndex => (((IdxZ * DimY) + IdxY) * DimX) + IdxX;

    /// <summary>The lane's index among all lanes of all groups.</summary>
    public static int GlobalLinearIndex => (LinearIndex * Group.Dimension.Size) + Group.LinearIndex;

    /// <summary>The lane's index in the grid of all lanes.</summary>
    public static Index3D GlobalIndex => ComputeGlobalIndex(Index, Group.Index);

    /// <summary>The lane's index in the grid of all lanes.</summary>
    public static LongIndex3D LongGlobalIndex => new(
        ((long)IdxX * Group.DimX) + Group.IdxX, ((long)IdxY * Group.DimY) + Group.IdxY, ((long)IdxZ * Group.DimZ) + Group.IdxZ);

    /// <summary>The global index of lane <paramref name="groupIndex"/> of group <paramref name="gridIndex"/>.</summary>
    public static Index1D ComputeGlobalIndex(Index1D gridIndex, Index1D groupIndex) =>
        new((gridIndex.X * Group.DimX) + groupIndex.X);

    /// <summary>The global index of lane <paramref name="groupIndex"/> of group <paramref name="gridIndex"/>.</summary>
    public static Index2D ComputeGlobalIndex(Index2D gridIndex, Index2D groupIndex) =>
        (gridIndex * Group.Dimension.XY) + groupIndex;

    /// <summary>The global index of lane <paramref name="groupIndex"/> of group <paramref name="gridIndex"/>.</summary>
    public static Index3D ComputeGlobalIndex(Index3D gridIndex, Index3D groupIndex) =>
        (gridIndex * Group.Dimension) + groupIndex;
}
