using System.Numerics;

namespace Gpu.Kernels.Devices;

/// <summary>The groups of a kernel that leaves them to the device, on graphics processors.</summary>
internal static class GroupChoice
{
    private const int LargestLanes = 256;
    private const int SmallestLanes = 64;

    /// <summary>Groups that each compute unit should get before groups grow.</summary>
    private const int GroupsPerUnit = 4;

    /// <summary>The most groups of the second dimension that CUDA launches.</summary>
    internal const int LongestY = 65_535;

    /// <summary>
    /// Lanes of a group: 256, or fewer where there would be too few groups to occupy the device. They lie along x, whose neighbours
    /// lie side by side in memory, and, where x is short, along y as well. A function of device model and shape alone.
    /// </summary>
    /// <param name="x">Indices of the first dimension, 1 or more.</param>
    /// <param name="y">Indices of the second dimension, 1 or more.</param>
    /// <param name="computeUnits">Compute units of the device.</param>
    /// <param name="largest">The most lanes that the device runs this kernel with.</param>
    internal static (int X, int Y) For(int x, int y, int computeUnits, int largest)
    {
        var lanes = LargestLanes;
        while (lanes > SmallestLanes && (long)x * y < (long)lanes * GroupsPerUnit * computeUnits)
        {
            lanes /= 2;
        }

        while (lanes > Math.Max(largest, 1))
        {
            lanes /= 2;
        }

        var groupX = (int)Math.Min((uint)lanes, BitOperations.RoundUpToPowerOf2((uint)x));
        while (groupX > 1 && y > (long)LongestY * (lanes / groupX))
        {
            groupX /= 2;
        }

        return (groupX, (int)Math.Min((uint)(lanes / groupX), BitOperations.RoundUpToPowerOf2((uint)y)));
    }
}
