using System.Diagnostics;
using System.Globalization;
using Gpu.Training;

namespace Gpu.Host.Runs;

/// <summary>What the time of a run goes into.</summary>
internal enum RunPart
{
    /// <summary>Reading the data, encoding it, and its SHA-256.</summary>
    Data,

    /// <summary>Opening the device, its kernels and its memory.</summary>
    Preparation,

    /// <summary>The steps.</summary>
    Training,

    /// <summary>Answering the samples that judge, epoch by epoch and at the end.</summary>
    Evaluation,

    /// <summary>Checkpoints, the table of metrics, as far as the run waited for them, and the model.</summary>
    Writing,

    /// <summary>The page and what is measured for it, as far as the run waited, until the page was written.</summary>
    Page,
}

/// <summary>A part of a training step.</summary>
/// <param name="Name">What it does.</param>
/// <param name="Seconds">Seconds of a step.</param>
internal sealed record StepPart(string Name, double Seconds);

/// <summary>
/// The wall time of a run by what it went into, over all processes that worked on it. It is kept in a table beside the run, which serves the page alone, so
/// nothing waits until that is on the disk.
/// </summary>
internal sealed class RunTimes
{
    /// <summary>How the table begins: what tells it from files of others.</summary>
    internal const string Header = "part,seconds";

    private const string OfStep = "step ";

    private readonly double[] _seconds = new double[Enum.GetValues<RunPart>().Length];
    private readonly Lock _adding = new();

    /// <summary>Seconds of each part, in their order; those that took none are left out.</summary>
    internal IEnumerable<(RunPart Part, double Seconds)> Parts
    {
        get
        {
            for (var part = 0; part < _seconds.Length; part++)
            {
                if (_seconds[part] > 0)
                {
                    yield return ((RunPart)part, _seconds[part]);
                }
            }
        }
    }

    /// <summary>Seconds of the parts of a training step, in order, as they were measured last; nothing where they were not.</summary>
    internal IReadOnlyList<StepPart> Step { get; set; } = [];

    /// <summary>Seconds of all parts.</summary>
    internal double Total => _seconds.Sum();

    /// <summary>What a table holds; nothing where there is none, and of a damaged one what can be read.</summary>
    internal static RunTimes Read(string path)
    {
        var times = new RunTimes();
        var rows = File.Exists(path) ? File.ReadLines(path).Skip(1).Select(line => line.Split(',')) : [];
        var step = new List<StepPart>();
        foreach (var cells in rows.Where(cells => cells.Length == 2))
        {
            if (!double.TryParse(cells[1], CultureInfo.InvariantCulture, out var seconds) || !(seconds > 0))
            {
                continue;
            }

            if (cells[0].StartsWith(OfStep, StringComparison.Ordinal))
            {
                step.Add(new StepPart(cells[0][OfStep.Length..], seconds));
            }
            else if (Enum.TryParse<RunPart>(cells[0], ignoreCase: true, out var part) && Enum.IsDefined(part))
            {
                times._seconds[(int)part] += seconds;
            }
        }

        times.Step = step;
        return times;
    }

    /// <summary>Does some work of a part.</summary>
    internal T Of<T>(RunPart part, Func<T> work)
    {
        var begun = Stopwatch.GetTimestamp();
        try
        {
            return work();
        }
        finally
        {
            Add(part, Stopwatch.GetElapsedTime(begun).TotalSeconds);
        }
    }

    /// <summary>The same for work that gives nothing.</summary>
    internal void Of(RunPart part, Action work) => Of(part, () =>
    {
        work();
        return true;
    });

    /// <summary>Adds what was measured elsewhere.</summary>
    internal void Add(RunPart part, double seconds)
    {
        lock (_adding)
        {
            _seconds[(int)part] += seconds;
        }
    }

    /// <summary>Adds other times, whose step is the later one.</summary>
    internal void Add(RunTimes other)
    {
        foreach (var (part, seconds) in other.Parts)
        {
            Add(part, seconds);
        }

        Step = other.Step.Count > 0 ? other.Step : Step;
    }

    /// <summary>Writes the table.</summary>
    /// <exception cref="TrainingException">It cannot be written.</exception>
    internal void Save(string path)
    {
        try
        {
            File.WriteAllLines(path,
            [
                Header, .. Parts.Select(part => string.Create(CultureInfo.InvariantCulture, $"{NameOf(part.Part)},{part.Seconds:F6}")),
                .. Step.Select(part => string.Create(CultureInfo.InvariantCulture, $"{OfStep}{part.Name},{part.Seconds:G6}")),
            ]);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw TrainingException.DiskFailed(path, cause);
        }
    }

    /// <summary>What the table calls a part.</summary>
    internal static string NameOf(RunPart part) => part.ToString().ToLowerInvariant();
}
