using System.Diagnostics;
using Gpu.Kernels.Devices;

namespace Gpu.Training.Loop;

/// <summary>
/// Runs a training step launch by launch, as the device would run it, and measures each launch. Launches that a device joins are measured as one,
/// and called by all that they do. A device that works beside the host is waited for behind each launch, which is a part of what is measured then.
/// </summary>
internal sealed class StepClock
{
    private readonly ComputeAccelerator _accelerator;
    private readonly Launch[] _launches;
    private readonly StepLaunch[] _works;
    private readonly long[] _ticks;

    private StepClock(ComputeAccelerator accelerator, Launch[] launches, StepLaunch[] works) =>
        (_accelerator, _launches, _works, _ticks) = (accelerator, launches, works, new long[launches.Length]);

    /// <summary>Steps that it has measured.</summary>
    internal int Steps { get; private set; }

    /// <summary>A clock for a step; null where the device runs all of it in one submission, or its launches cannot be told.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="step">The step as the device runs it.</param>
    /// <param name="parts">What it was made of, in order.</param>
    internal static StepClock? Create(ComputeAccelerator accelerator, Launch step, IEnumerable<StepLaunch> parts)
    {
        if (step is not LaunchSequence)
        {
            return null;
        }

        Launch[] launches = [.. StepLaunch.Leaves(step)];
        var given = new Queue<StepLaunch>(parts.SelectMany(part => StepLaunch.Leaves(part.Launch).Select(leaf => part with { Launch = leaf })));
        var works = new List<StepLaunch>();
        foreach (var launch in launches)
        {
            // A launch that joins several is called by their names, with a plus between them.
            var name = "";
            StepLaunch? work = null;
            do
            {
                if (!given.TryDequeue(out var next))
                {
                    return null;
                }

                name += name.Length == 0 ? next.Launch.Name : $" + {next.Launch.Name}";
                work = work is null ? next : Join(work, next);
            }
            while (name != launch.Name);
            works.Add(work);
        }

        return new StepClock(accelerator, launches, [.. works]);
    }

    /// <summary>Forgets what was measured.</summary>
    internal void Reset()
    {
        Array.Clear(_ticks);
        Steps = 0;
    }

    /// <summary>Runs the step.</summary>
    internal void Run()
    {
        if (!_accelerator.IsHost)
        {
            _accelerator.Synchronize();
        }

        var before = Stopwatch.GetTimestamp();
        for (var l = 0; l < _launches.Length; l++)
        {
            _launches[l].Run();
            if (!_accelerator.IsHost)
            {
                _accelerator.Synchronize();
            }

            var now = Stopwatch.GetTimestamp();
            _ticks[l] += now - before;
            before = now;
        }

        Steps++;
    }

    /// <summary>What a step took in the mean, with launches that do the same together; nothing before the first.</summary>
    internal IReadOnlyList<StepTime> Read()
    {
        var times = new List<StepTime>();
        for (var l = 0; l < _works.Length && Steps > 0; l++)
        {
            var (work, seconds) = (_works[l], Stopwatch.GetElapsedTime(0, _ticks[l]).TotalSeconds / Steps);
            var same = times.FindIndex(time => time.Work == work.Work);
            if (same < 0)
            {
                times.Add(new StepTime(work.Work, work.First, work.Last, seconds));
            }
            else
            {
                var (first, last) = Span(times[same].First, times[same].Last, work);
                times[same] = times[same] with { First = first, Last = last, Seconds = times[same].Seconds + seconds };
            }
        }

        return times;
    }

    private static StepLaunch Join(StepLaunch one, StepLaunch other)
    {
        var (first, last) = Span(one.First, one.Last, other);
        return other with { Work = one.Work | other.Work, First = first, Last = last };
    }

    /// <summary>The layers from one to another and those of a launch, which may be for none.</summary>
    private static (int First, int Last) Span(int first, int last, StepLaunch other) =>
        (first == 0 || other.First == 0 ? Math.Max(first, other.First) : Math.Min(first, other.First), Math.Max(last, other.Last));
}
