using System.Diagnostics;

namespace Gpu.Host.Reports;

/// <summary>
/// One line on a terminal, no wider than that is at the moment, that shows how far a long task is and how long it will yet take. It is drawn by whoever does the
/// work, ten times a second at most: a display with a thread of its own would take a core from the work.
/// </summary>
internal sealed class ProgressLine(Messages messages, string unit)
{
    private const int BarWidth = 24;
    private const int ShortBarWidth = 8;
    private static readonly long _interval = Stopwatch.Frequency / 10;
    private long _start;
    private long? _first;
    private long _next;

    /// <summary>Shows that <paramref name="done"/> of <paramref name="total"/> units are done.</summary>
    internal void Show(string task, long done, long total)
    {
        if (!messages.IsAnimated)
        {
            return;
        }

        var now = Stopwatch.GetTimestamp();
        if (_first is null)
        {
            // What was done before, by a run that goes on, says nothing of the pace.
            (_first, _start) = (done, now);
        }

        if (now >= _next)
        {
            _next = now + _interval;
            messages.Animate(Line(task, done, total, done - _first.Value, Stopwatch.GetElapsedTime(_start, now).TotalSeconds, unit, messages.LineWidth));
        }
    }

    /// <summary>The line: all there is to say where it fits, else what matters most.</summary>
    /// <param name="task">What is done.</param>
    /// <param name="done">Units that are done.</param>
    /// <param name="total">All units.</param>
    /// <param name="recent">Those of the done ones that took <paramref name="seconds"/>.</param>
    /// <param name="seconds">How long they took.</param>
    /// <param name="unit">What the units are called.</param>
    /// <param name="width">The most characters that it may have.</param>
    internal static string Line(string task, long done, long total, long recent, double seconds, string unit, int width)
    {
        var share = total > 0 ? Math.Clamp((double)done / total, 0, 1) : 0;
        var rate = seconds > 0 ? recent / seconds : 0;
        var left = rate > 0 ? $"  {Format.Duration((total - done) / rate)} left" : "";
        var part = $"{share * 100,3:F0} %";
        string[] lines =
        [
            $"{task} {Bar(share, BarWidth)} {part}  {rate:N0} {unit}/s{left}",
            $"{task} {Bar(share, BarWidth)} {part}{left}",
            $"{task} {Bar(share, ShortBarWidth)} {part}{left}",
            $"{task} {part}{left}",
            $"{task} {part}",
        ];
        return lines.FirstOrDefault(line => line.Length <= width) ?? lines[^1][..Math.Min(width, lines[^1].Length)];
    }

    private static string Bar(double share, int width) => $"[{new string('#', (int)(share * width)).PadRight(width, '.')}]";
}
