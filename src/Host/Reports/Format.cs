using System.Globalization;
using Gpu.Kernels.Devices;
using Gpu.Training.Metrics;

namespace Gpu.Host.Reports;

/// <summary>Numbers as people read them, the same in every locale.</summary>
internal static class Format
{
    /// <summary>97.81%; a whole hundred has one decimal, so the width is six at most.</summary>
    internal static string Percent(double share) =>
        share >= 0.99995 ? $"{100 * share:F1}%" : $"{100 * share:F2}%";

    /// <summary>cpu (AMD EPYC), opencl:0 (NAME).</summary>
    internal static string Device(ComputeAccelerator accelerator) => $"{accelerator.Id} ({accelerator.Name})";

    /// <summary>9,781 of 10,000.</summary>
    internal static string Matches(Evaluation score) => $"{score.Correct:N0} of {score.Count:N0}";

    /// <summary>accuracy 97.81% (9,781 of 10,000), or RMSE 0.6613.</summary>
    internal static string Score(Evaluation score) =>
        score.Deviation is null ? $"accuracy {Percent(score.Accuracy)} ({Matches(score)})" : $"RMSE {Quantity(score.Rmse)}";

    /// <summary>A quantity, or an error of one: five digits that matter, in any unit.</summary>
    internal static string Quantity(double value) => value.ToString("G5", CultureInfo.InvariantCulture);

    /// <summary>Four digits that matter: 0.3521, 12.35.</summary>
    internal static string Loss(double loss) =>
        !double.IsFinite(loss) ? loss.ToString(CultureInfo.InvariantCulture)
        : Math.Abs(loss) switch
        {
            0 => "0",
            >= 1000 => loss.ToString("0.0e0", CultureInfo.InvariantCulture),
            >= 100 => $"{loss:F1}",
            >= 10 => $"{loss:F2}",
            >= 1 => $"{loss:F3}",
            >= 0.001 => $"{loss:F4}",
            _ => loss.ToString("0.0e0", CultureInfo.InvariantCulture),
        };

    /// <summary>0.4 s, 12 s, 3 min 05 s, 2 h 10 min.</summary>
    internal static string Duration(double seconds) => seconds switch
    {
        < 9.95 => $"{seconds:F1} s",
        < 59.5 => $"{seconds:F0} s",
        < 3599.5 => $"{(int)Math.Round(seconds) / 60} min {(int)Math.Round(seconds) % 60:00} s",
        _ => $"{(long)seconds / 3600} h {(long)seconds % 3600 / 60:00} min",
    };

    /// <summary>0.042, 1.35, 12.4, 1,234: seconds of something that is part of a longer time.</summary>
    internal static string Seconds(double seconds) => seconds.ToString(seconds switch { < 1 => "F3", < 10 => "F2", < 100 => "F1", _ => "N0" }, CultureInfo.InvariantCulture);

    /// <summary>312 bytes, 4.5 kB, 398 kB, 12 MB, 1.5 GB; powers of 1,000.</summary>
    internal static string Bytes(long bytes)
    {
        if (bytes < 1000)
        {
            return $"{bytes} bytes";
        }

        var (value, unit) = ((double)bytes, -1);
        while (value >= 999.5)
        {
            value /= 1000;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{(value < 9.95 ? $"{value:F1}" : $"{value:F0}")} {"kMGTPE"[unit]}B");
    }
}
