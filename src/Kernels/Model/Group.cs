using System.Runtime.InteropServices;

namespace Gpu.Kernels.Model;

/// <summary>Where the calling lane stands in its group, and how the lanes of a group meet. Explicitly grouped kernels only.</summary>
public static class Group
{
    /// <summary>The lane's index in the first dimension.</summary>
    public static int IdxX => Index.X;

    /// <summary>The lane's index in the second dimension.</summary>
    public static int IdxY => Index.Y;

    /// <summary>The lane's index in the third dimension.</summary>
    public static int IdxZ => Index.Z;

    /// <summary>The number of lanes in the first dimension.</summary>
    public static int DimX => Dimension.X;

    /// <summary>The number of lanes in the second dimension.</summary>
    public static int DimY => Dimension.Y;

    /// <summary>The number of lanes in the third dimension.</summary>
    public static int DimZ => Dimension.Z;

    /// <summary>The lane's index.</summary>
    public static Index3D Index => Lane.InGroup.LaneIndex;

    /// <summary>The number of lanes.</summary>
    public static Index3D Dimension => Lane.InGroup.GroupDimension;

    /// <summary>The lane's index, counted through all dimensions, the first fastest.</summary>
    public static int LinearIndex => (((IdxZ * DimY) + IdxY) * DimX) + IdxX;

    /// <summary>Whether this is the first lane.</summary>
    public static bool IsFirstThread => LinearIndex == 0;

    /// <summary>Whether this is the last lane.</summary>
    public static bool IsLastThread => LinearIndex == Dimension.Size - 1;

    /// <summary>Waits until every lane of the group is here; what was written before is visible after.</summary>
    public static void Barrier() => Lane.InGroup.Barrier();

    /// <summary>A barrier that counts the lanes whose <paramref name="predicate"/> is true.</summary>
    public static int BarrierPopCount(bool predicate)
    {
        var lane = Lane.InGroup;
        var lanes = Dimension.Size;
        lane.Exchange[LinearIndex] = predicate ? (byte)1 : (byte)0;
        lane.Barrier();
        var count = lane.Exchange[..lanes].Count((byte)1);

        // A lane that ran ahead must not vote anew before the others have counted.
        lane.Barrier();
        return count;
    }

    /// <summary>A barrier that tells whether <paramref name="predicate"/> is true in all lanes.</summary>
    public static bool BarrierAnd(bool predicate) => BarrierPopCount(predicate) == Dimension.Size;

    /// <summary>A barrier that tells whether <paramref name="predicate"/> is true in any lane.</summary>
    public static bool BarrierOr(bool predicate) => BarrierPopCount(predicate) > 0;

    /// <summary>A barrier that hands the value of lane <paramref name="groupIndex"/> to all lanes.</summary>
    public static T Broadcast<T>(T value, int groupIndex) where T : unmanaged
    {
        var lane = Lane.InGroup;
        if (LinearIndex == groupIndex)
        {
            MemoryMarshal.Write(lane.Exchange, in value);
        }

        lane.Barrier();
        var result = MemoryMarshal.Read<T>(lane.Exchange);
        lane.Barrier();
        return result;
    }
}
