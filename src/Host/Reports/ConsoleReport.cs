using System.Diagnostics;
using Gpu.Training.Metrics;

namespace Gpu.Host.Reports;

/// <summary>A training run for people: the table of epochs on standard output, progress on standard error.</summary>
/// <param name="output">Standard output.</param>
/// <param name="messages">Standard error.</param>
/// <param name="width">The longest line of the table.</param>
internal sealed class ConsoleReport(TextWriter output, Messages messages, int width) : ITrainingReport
{
    private readonly ProgressLine _progress = new(messages, "samples");
    private EpochTable _table = new(new RunStart("", 0, 0, 0, false, false), width);
    private RunStart? _start;

    public void Start(RunStart start)
    {
        _start = start;
        _table = new EpochTable(start, width);
        if (messages.Verbosity > Verbosity.Quiet)
        {
            output.WriteLine(_table.Header);
            output.Flush();
        }
    }

    public void Progress(int epoch, int samples) => _progress.Show(
        $"epoch {epoch}/{_start!.Epochs}",
        ((long)(epoch - 1) * _start.TrainingSamples) + samples,
        (long)_start.Epochs * _start.TrainingSamples);

    public void Epoch(EpochReport epoch)
    {
        messages.Clear();
        if (messages.Verbosity > Verbosity.Quiet)
        {
            output.WriteLine(_table.Row(epoch));
            output.Flush();
        }
    }

    public void End(RunEnd end)
    {
        messages.Clear();
        var (part, score) = end.Last switch
        {
            { Test: { } test } => ("test", test),
            { Validation: { } validation } => ("validation", validation),
            { } last => ("training", last.Train),
            null => ("", (Evaluation?)null),
        };
        foreach (var line in end.Judged.SelectMany(judged => judged.Lines()))
        {
            output.WriteLine(line);
        }

        if (score is { } answers && end.Judged.Count == 0)
        {
            output.WriteLine($"{part} {Format.Score(answers)}, loss {Format.Loss(answers.Loss)}");
        }

        output.WriteLine($"{(!end.Stopped ? Epochs(end.Epochs) : end.Epochs == 0 ? "stopped in the first epoch" : $"stopped after {Epochs(end.Epochs)}")}, {Format.Duration(end.TrainSeconds)} of training");
        output.WriteLine($"model: {end.Model}");
        output.Flush();
        if (end.Best is { } best)
        {
            messages.Say($"best epoch: {best}");
        }

        foreach (var (index, command) in end.Next.Index())
        {
            messages.Say($"{(index == 0 ? "next:" : "     ")} {command}");
        }
    }

    private static string Epochs(int count) => count == 1 ? "1 epoch" : $"{count} epochs";
}

/// <summary>
/// One line an epoch on standard error, for whoever watches a run whose standard output goes to a program.
/// </summary>
internal sealed class EpochLines(Messages messages) : ITrainingReport
{
    private readonly ProgressLine _progress = new(messages, "samples");
    private readonly long _started = Stopwatch.GetTimestamp();
    private RunStart? _start;
    private int _epochs;

    public void Start(RunStart start) => _start = start;

    public void Progress(int epoch, int samples) => _progress.Show(
        $"epoch {epoch}/{_start!.Epochs}",
        ((long)(epoch - 1) * _start.TrainingSamples) + samples,
        (long)_start.Epochs * _start.TrainingSamples);

    public void Epoch(EpochReport epoch)
    {
        // A run that goes on has not done the epochs before these in the time that is measured.
        _epochs++;
        var elapsed = Stopwatch.GetElapsedTime(_started).TotalSeconds;
        var left = elapsed / _epochs * (_start!.Epochs - epoch.Epoch);
        var score = epoch.Test ?? epoch.Validation ?? epoch.Train;
        messages.Say(
            $"epoch {epoch.Epoch} of {_start.Epochs}: loss {Format.Loss(epoch.Train.Loss)}, {(_start.IsQuantity ? Format.Score(score) : $"{Format.Matches(score)} right")}, "
            + $"{epoch.SamplesPerSecond:N0} samples/s, {Format.Duration(left)} left");
    }

    public void End(RunEnd end) => messages.Clear();
}

/// <summary>Tells several.</summary>
internal sealed class ReportToAll(params ITrainingReport[] reports) : ITrainingReport
{
    public void Start(RunStart start) => Array.ForEach(reports, report => report.Start(start));

    public void Progress(int epoch, int samples)
    {
        foreach (var report in reports)
        {
            report.Progress(epoch, samples);
        }
    }

    public void Epoch(EpochReport epoch) => Array.ForEach(reports, report => report.Epoch(epoch));

    public void End(RunEnd end) => Array.ForEach(reports, report => report.End(end));
}
