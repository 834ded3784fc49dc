using System.Globalization;

namespace Gpu.Training.Schedules;

/// <summary>A kind of schedule, by which <see cref="RateSchedules"/> finds it.</summary>
/// <param name="Name">What stands before the colon.</param>
/// <param name="Example">A schedule of the kind, in text.</param>
/// <param name="Says">What the example does, for help.</param>
/// <param name="Read">The schedule of the numbers behind the colon; null where they are none of its.</param>
internal sealed record ScheduleKind(string Name, string Example, string Says, Func<IReadOnlyList<double>, RateSchedule?> Read)
{
    /// <summary>A kind without settings.</summary>
    internal static ScheduleKind Plain(string name, string says, RateSchedule schedule) =>
        new(name, name, says, settings => settings.Count == 0 ? schedule : null);

    /// <summary>Whether a rate can be multiplied by it again and again: above 0 and at most 1.</summary>
    internal static bool IsFactor(double factor) => factor is > 0 and <= 1;

    /// <summary>Whether a number counts something.</summary>
    internal static bool IsCount(double number, int least) => number >= least && number <= int.MaxValue && Math.Floor(number) == number;

    /// <summary>The text of a schedule with settings.</summary>
    internal string Text(params double[] settings) =>
        $"{Name}:{string.Join(',', settings.Select(setting => setting.ToString("R", CultureInfo.InvariantCulture)))}";
}
