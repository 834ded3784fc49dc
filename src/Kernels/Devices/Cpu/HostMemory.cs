namespace Gpu.Kernels.Devices.Cpu;

/// <summary>The memory of the machine that the program runs on, or of the container it runs in.</summary>
public static class HostMemory
{
    /// <summary>
    /// Bytes that this process can still take: what the system has free, and no more than what the limit of the process or of its
    /// container leaves beside what it has already.
    /// </summary>
    public static long FreeBytes()
    {
        var left = Math.Max(0, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - Environment.WorkingSet);
        return Math.Min(left, ProcessorInfo.FreeMemoryBytes() ?? left);
    }

    /// <summary>
    /// Gives back to the system what the process does not use any more: what is left over of reading a large file would else stand beside the memory
    /// that devices take, which nothing of it is used for. Takes some 0.1 s where much is in use.
    /// </summary>
    public static void GiveBack() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
