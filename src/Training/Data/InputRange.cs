namespace Gpu.Training.Data;

/// <summary>Watches for inputs so large that a network cannot learn from them.</summary>
public static class InputRange
{
    /// <summary>Inputs beyond this are worth a warning.</summary>
    public const float Reach = 10;

    /// <summary>
    /// A sentence that names the cure where scaled values reach outside -10..10: they drive sigmoid and tanh to their ends,
    /// where gradients vanish. Null where they do not.
    /// </summary>
    public static string? Warning(DataSet data, PixelScaling scaling)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(scaling);
        if (data.Count == 0)
        {
            return null;
        }

        var least = (data.Values.Min() * scaling.Scale) + scaling.Offset;
        var most = (data.Values.Max() * scaling.Scale) + scaling.Offset;
        return least >= -Reach && most <= Reach
            ? null
            : $"The inputs reach from {least:0.##} to {most:0.##}, far outside -10..10, where units saturate and training can stand still; "
                + "scale them to 0..1 with --scale unit.";
    }
}
