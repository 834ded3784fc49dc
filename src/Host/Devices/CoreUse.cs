using System.Diagnostics;

namespace Gpu.Host.Devices;

/// <summary>How many of the cores that the process may use it leaves over.</summary>
internal sealed class CoreUse
{
    private long _at = Stopwatch.GetTimestamp();
    private TimeSpan _used = Environment.CpuUsage.TotalTime;

    /// <summary>Cores that the process did not use, on average, since it was asked last, or since this object was made.</summary>
    internal double IdleSinceLast()
    {
        var (before, usedBefore) = (_at, _used);
        (_at, _used) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        return ThreadLimit.Cores - ((_used - usedBefore) / Stopwatch.GetElapsedTime(before, _at));
    }
}
