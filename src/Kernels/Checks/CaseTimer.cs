using System.Diagnostics;

namespace Gpu.Kernels.Checks;

/// <summary>Times a case that has passed its check; <c>gpu bench</c> and the benchmarks share it.</summary>
public static class CaseTimer
{
    private const double SecondsPerRun = 1e-4;
    private const double SecondsPerDeviceRun = 1e-3;
    private const int LeastRuns = 5;
    private const int WarmRuns = 60;

    /// <summary>The runtime puts its best code for a loop in place some time after the loop was first found to be hot.</summary>
    private static readonly TimeSpan _compilation = TimeSpan.FromMilliseconds(150);

    /// <summary>
    /// Seconds of one launch by the device's clock, fastest first: from runs of so many launches that the clock does not matter. The data
    /// stay in the caches from one launch to the next, where they fit.
    /// </summary>
    /// <param name="prepared">The case.</param>
    /// <param name="seconds">How long it is timed.</param>
    public static double[] Time(PreparedCase prepared, double seconds)
    {
        ArgumentNullException.ThrowIfNull(prepared);
        Measure(prepared, 1);
        var once = Measure(prepared, 1);
        for (var warm = 0; warm < WarmRuns && warm * once < seconds; warm++)
        {
            Measure(prepared, 1);
        }

        var onProcessor = prepared.Accelerator.IsHost;
        if (onProcessor)
        {
            Thread.Sleep(_compilation);
        }

        once = Measure(prepared, 1);
        var run = onProcessor ? SecondsPerRun : SecondsPerDeviceRun;
        var launches = prepared.Case.MovesOn ? 1 : (int)Math.Clamp(run / Math.Max(once, 1e-9), 1, 10_000);
        var times = new List<double>();
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < seconds || times.Count < LeastRuns;)
        {
            times.Add(Measure(prepared, launches));
        }

        return [.. times.Order()];
    }

    private static double Measure(PreparedCase prepared, int launches)
    {
        if (prepared.Case.MovesOn)
        {
            prepared.Restart();
        }

        return prepared.Accelerator.Measure(prepared.Launch, launches) / launches;
    }
}
