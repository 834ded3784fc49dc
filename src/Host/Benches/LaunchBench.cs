using System.Diagnostics;
using Gpu.Host.Reports;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;

namespace Gpu.Host.Benches;

/// <summary>What a launch costs that has nothing to do: the copy of one number.</summary>
internal static class LaunchBench
{
    /// <summary>What <c>--only</c> calls this part.</summary>
    internal const string Name = "launch";

    private const int InSequence = 100;
    private const int Runs = 20;

    /// <summary>So many of a run that the clock's own steps do not matter.</summary>
    private const int LaunchesOfRun = 1000;

    internal static void Run(ComputeAccelerator accelerator, BenchReport report)
    {
        using var x = accelerator.Allocate<float>(1);
        using var y = accelerator.Allocate<float>(1);
        x.CopyFrom([1f]);
        var launch = Copy.Prepare(accelerator, x, y);
        var sequence = accelerator.Sequence("launches", [.. Enumerable.Repeat(launch, InSequence)]);
        report.AddLaunch(Alone(accelerator, launch), InSequence, TogetherPerLaunch(accelerator, sequence));
    }

    /// <summary>Seconds from the call to the end of the work, by the host's clock, when nothing else is under way; the median of some runs.</summary>
    private static double Alone(ComputeAccelerator accelerator, Launch launch)
    {
        var times = new double[Runs];
        for (var run = 0; run < Runs; run++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < LaunchesOfRun; i++)
            {
                launch.Run();
                accelerator.Synchronize();
            }

            times[run] = Stopwatch.GetElapsedTime(start).TotalSeconds / LaunchesOfRun;
        }

        return times.Order().ElementAt(Runs / 2);
    }

    /// <summary>Seconds of one launch of a sequence, by the device's clock; from the fastest of some runs of the whole.</summary>
    private static double TogetherPerLaunch(ComputeAccelerator accelerator, Launch sequence)
    {
        accelerator.Measure(sequence, 1);
        return Enumerable.Range(0, Runs).Min(_ => accelerator.Measure(sequence, 1)) / InSequence;
    }
}
