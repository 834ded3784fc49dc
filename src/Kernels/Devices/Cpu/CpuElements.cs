namespace Gpu.Kernels.Devices.Cpu;

/// <summary>How operations that work element by element, whatever the shape, are cut.</summary>
public static class CpuElements
{
    private const int ElementsPerPart = 16 * 1024;
    private const int MostParts = 8;

    /// <summary>The number of parts for <paramref name="count"/> elements; a function of the shape alone.</summary>
    public static int Parts(int count) => Math.Clamp(count / ElementsPerPart, 1, MostParts);
}
