using System.Diagnostics;
using System.Globalization;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Gpu.Trust.Tests;

/// <summary>
/// Tries a promise many times and says how often it was broken. With <c>GPU_TRUST=long</c>, as <c>tests/trust</c> sets it, more
/// cases are tried and a table is printed: promise, cases tried, failures.
/// </summary>
internal static class Promise
{
    private const string Variable = "GPU_TRUST";
    private const string InLongForm = "tried in the long form alone";
    private const int MostFailures = 10;
    private const int NameWidth = 104;
    private static bool _hasHeader;

    /// <summary>Whether this is the long form.</summary>
    internal static bool IsLong { get; } = Environment.GetEnvironmentVariable(Variable) == "long";

    /// <summary>The number of cases.</summary>
    internal static int Cases(int quick, int all) => IsLong ? all : quick;

    /// <summary>Tries a promise in cases 0, 1, ...; it fails where one of them throws.</summary>
    internal static void Keep(string promise, int cases, Action<int> tryCase)
    {
        if (cases == 0)
        {
            ReportNotTried(promise, InLongForm);
            Assert.Skip(InLongForm);
        }

        var failures = new List<string>();
        var started = Stopwatch.GetTimestamp();
        var tried = 0;
        for (; tried < cases && failures.Count < MostFailures; tried++)
        {
            try
            {
                tryCase(tried);
            }
            catch (Exception failure)
            {
                failures.Add($"case {tried}: {failure}");
            }
        }

        Report(promise, tried, failures, started);
    }

    /// <summary>Reports what was tried elsewhere.</summary>
    /// <param name="promise">What was promised.</param>
    /// <param name="cases">Cases tried.</param>
    /// <param name="failures">What went wrong in which of them.</param>
    /// <param name="started">When it began: a time stamp of <see cref="Stopwatch"/>.</param>
    internal static void Report(string promise, int cases, IReadOnlyList<string> failures, long started)
    {
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Print(promise, string.Create(CultureInfo.InvariantCulture, $"{cases,7:N0} | {failures.Count,8:N0} | {seconds,6:F1} s"));
        Assert.True(failures.Count == 0, $"{promise}: {failures.Count} failures in {cases} cases\n{string.Join('\n', failures)}");
        Devices.ReportKept(promise);
    }

    /// <summary>Says more of a promise that was reported.</summary>
    internal static void Note(string text) => Print(text, "");

    /// <summary>Says that a promise could not be tried here.</summary>
    internal static void ReportNotTried(string promise, string reason) => Print(promise, $"not tried: {reason}");

    private static void Print(string promise, string result)
    {
        if (!IsLong)
        {
            return;
        }

        if (!_hasHeader)
        {
            _hasHeader = true;
            Console.WriteLine($"{"promise",-NameWidth} |   cases | failures |     time");
        }

        Console.WriteLine($"{promise,-NameWidth} | {result}");
    }
}
