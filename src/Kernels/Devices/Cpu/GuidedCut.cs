namespace Gpu.Kernels.Devices.Cpu;

/// <summary>
/// Where work is cut into parts that become smaller: long ones first, which run best, short ones last, so that threads of unequal speed end
/// nearly together (Polychronopoulos and Kuck, Guided self-scheduling, 1987). Every thread can have one part of each size.
/// </summary>
internal static class GuidedCut
{
    /// <summary>What all parts up to those of a size have of the whole, in eighths.</summary>
    private static readonly int[] _eighths = [0, 5, 7, 8];

    /// <summary>The parts for a number of threads; one where there is nobody to share with.</summary>
    public static int Parts(int threads) => threads == 1 ? 1 : threads * (_eighths.Length - 1);

    /// <summary>Of <paramref name="count"/> things, those of a part; there may be none.</summary>
    public static (int First, int End) Range(int count, int threads, int part) => threads == 1
        ? (0, count)
        : (Bound(count, threads, part), Bound(count, threads, part + 1));

    /// <summary>How many things the parts before <paramref name="part"/> have.</summary>
    private static int Bound(int count, int threads, int part)
    {
        var (size, before) = (part / threads, part % threads);
        var eighths = (_eighths[size] * threads) + (before == 0 ? 0 : before * (_eighths[size + 1] - _eighths[size]));
        return (int)((((long)count * eighths * 2) + (8 * threads)) / (16 * threads));
    }
}
