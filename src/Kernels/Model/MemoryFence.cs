namespace Gpu.Kernels.Model;

/// <summary>Orders a lane's memory accesses as others see them; a barrier includes the group's fence.</summary>
public static class MemoryFence
{
    /// <summary>As seen by the group.</summary>
    public static void GroupLevel() => Interlocked.MemoryBarrier();

    /// <summary>As seen by the device.</summary>
    public static void DeviceLevel() => Interlocked.MemoryBarrier();

    /// <summary>As seen by device and host.</summary>
    public static void SystemLevel() => Interlocked.MemoryBarrier();
}
