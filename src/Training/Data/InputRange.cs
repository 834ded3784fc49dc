namespace Gpu.Training.Data;

/// <summary>Watches for inputs so large or so small that a network cannot learn from them.</summary>
public static class InputRange
{
    /// <summary>Inputs beyond this are worth a warning.</summary>
    public const float Reach = 10;

    /// <summary>Inputs none of which is beyond this are worth a warning, too.</summary>
    public const float Least = 0.1f;

    /// <summary>
    /// A sentence that names the cure where scaled values reach outside -10..10: they drive sigmoid and tanh to their ends,
    /// where gradients vanish; or where none reaches beyond -0.1..0.1: the first layer then learns next to nothing. Null else.
    /// </summary>
    public static string? Warning(DataSet data, PixelScaling scaling)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(scaling);
        if (data.Count == 0 || data.AreFloats)
        {
            return null;
        }

        var least = (data.Statistics.Min * scaling.Scale) + scaling.Offset;
        var most = (data.Statistics.Max * scaling.Scale) + scaling.Offset;
        var largest = Math.Max(Math.Abs(least), Math.Abs(most));
        return largest > 0 && largest <= Least
            ? $"The inputs reach from {least:0.####} to {most:0.####} only, so small that the first layer hardly learns from them; scale them to 0..1 with --scale auto."
            : least >= -Reach && most <= Reach ? null : $"The inputs reach from {least:0.##} to {most:0.##}, far outside -10..10, where units saturate and training can stand still; "
                + "scale them to 0..1 with --scale unit.";
    }
}
