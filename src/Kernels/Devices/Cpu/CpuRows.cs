namespace Gpu.Kernels.Devices.Cpu;

/// <summary>How operations that work row by row are cut, all alike, so that neighbours run without a wait between them.</summary>
public static class CpuRows
{
    private const int RowsPerPart = 8;
    private const int MostParts = 8;

    /// <summary>The number of parts for <paramref name="rows"/> rows; a function of the shape alone.</summary>
    public static int Parts(int rows) => Math.Clamp(rows / RowsPerPart, 1, MostParts);
}
