using System.Globalization;

namespace Gpu.Training.Schedules;

/// <summary>The schedules there are.</summary>
public static class RateSchedules
{
    private static readonly ScheduleKind[] _all =
    [
        ConstantSchedule.Kind,
        LinearSchedule.Kind,
        CosineSchedule.Kind,
        ExponentialSchedule.Kind,
        StepSchedule.Kind,
        OneCycleSchedule.Kind,
        PlateauSchedule.Kind,
    ];

    /// <summary>A schedule of each kind, in text.</summary>
    public static IReadOnlyList<string> Examples { get; } = [.. _all.Select(kind => kind.Example)];

    /// <summary>The examples with what they do, for help.</summary>
    public static string Help { get; } = string.Join("; ", _all.Select(kind => $"{kind.Example} ({kind.Says})"));

    /// <summary>Reads the text form; null where it is none.</summary>
    public static RateSchedule? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (name, rest) = colon < 0 ? (text, "") : (text[..colon], text[(colon + 1)..]);
        var kind = Array.Find(_all, kind => kind.Name == name);
        var settings = new List<double>();
        foreach (var part in colon < 0 ? [] : rest.Split(','))
        {
            if (!double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var setting))
            {
                return null;
            }

            settings.Add(setting);
        }

        return kind?.Read(settings);
    }
}
