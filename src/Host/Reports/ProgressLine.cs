using System.Diagnostics;

namespace Gpu.Host.Reports;

/// <summary>
/// One line on a terminal that shows how far a long task is and how long it will yet take. It is drawn by whoever does the
/// work, ten times a second at most: a display with a thread of its own would take a core from the work.
/// </summary>
internal sealed class ProgressLine(Messages messages, string unit)
{
    private const int BarWidth = 24;
    private static readonly long _interval = Stopwatch.Frequency / 10;
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _next;

    /// <summary>Shows that <paramref name="done"/> of <paramref name="total"/> units are done.</summary>
    internal void Show(string task, long done, long total)
    {
        if (!messages.IsAnimated)
        {
            return;
        }

        var now = Stopwatch.GetTimestamp();
        if (now >= _next)
        {
            _next = now + _interval;
            messages.Animate(Line(task, done, total, Stopwatch.GetElapsedTime(_start, now).TotalSeconds, unit));
        }
    }

    /// <summary>The line: at most 79 characters.</summary>
    internal static string Line(string task, long done, long total, double seconds, string unit)
    {
        var share = total > 0 ? Math.Clamp((double)done / total, 0, 1) : 0;
        var bar = new string('#', (int)(share * BarWidth)).PadRight(BarWidth, '.');
        var rate = seconds > 0 ? done / seconds : 0;
        var left = rate > 0 ? $"{Format.Duration((total - done) / rate)} left" : "";
        var line = $"{task} [{bar}] {share * 100,3:F0} %  {rate:N0} {unit}/s  {left}";
        return line.Length > 79 ? line[..79] : line;
    }
}
