using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Training.Checkpoints;
using Gpu.Training.Recipes;

namespace Gpu.Host.Tests;

/// <summary>Training runs within the test's own process, for what does not need one of its own; they leave no page, which takes longer than they do.</summary>
internal static class TrainingRuns
{
    /// <summary>Trains anew into a folder.</summary>
    internal static string Begin(string run, string settings, string every = "1", int keep = 2, bool force = false) =>
        Train(new TrainRequest(Read(settings), From: null, run, Resume: null, force, Interval(every), keep));

    /// <summary>Goes on with the run in a folder.</summary>
    internal static string Resume(string run, string settings = "", string every = "1", int keep = 2, bool force = false) =>
        Train(new TrainRequest(Read(settings), From: null, Out: null, run, force, Interval(every), keep));

    /// <summary>Trains, and returns what was said.</summary>
    internal static string Train(TrainRequest request, ITrainingReport? report = null, CancellationToken stop = default)
    {
        using var said = new StringWriter();
        TrainingSession.Run(request with { NoReport = true }, report ?? new NoReport(), new Messages(said, Verbosity.Normal, columns: null), stop);
        return said.ToString();
    }

    internal static CheckpointInterval Interval(string text) =>
        CheckpointInterval.TryParse(text, out var interval) ? interval.Value : throw new ArgumentOutOfRangeException(nameof(text));

    /// <summary>Settings as on a command line: <c>--lr 0.1 --epochs 3</c>.</summary>
    internal static RecipeSettings Read(string options)
    {
        var settings = new RecipeSettings();
        foreach (var option in options.Split("--", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var (name, text) = (option.Split(' ')[0], option[(option.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
            settings.Set(name, text, $"--{name}");
        }

        return settings;
    }

    internal sealed class NoReport : QuietReport;

    /// <summary>A report that says nothing.</summary>
    internal abstract class QuietReport : ITrainingReport
    {
        public virtual void Start(RunStart start)
        {
            // Tests look at what is left in the folder.
        }

        public virtual void Progress(int epoch, int samples)
        {
            // Tests look at what is left in the folder.
        }

        public virtual void Epoch(EpochReport epoch)
        {
            // Tests look at what is left in the folder.
        }

        public virtual void End(RunEnd end)
        {
            // Tests look at what is left in the folder.
        }
    }
}
