using System.Globalization;

namespace Gpu.Training.Data;

/// <summary>
/// How bytes become the inputs of a network: x = byte * Scale + Offset. Its text form is what <c>--scale</c> says and what a
/// model stores: <c>unit</c> (0 to 1), <c>none</c> (0 to 255), or <c>mean,deviation</c> of the unit pixels, as PyTorch's Normalize
/// takes them: x = (byte / 255 - mean) / deviation.
/// </summary>
public sealed record PixelScaling
{
    private readonly string _text;

    private PixelScaling(string text, double scale, double offset) => (_text, Scale, Offset) = (text, (float)scale, (float)offset);

    /// <summary>Bytes to 0..1.</summary>
    public static PixelScaling Unit { get; } = new("unit", 1 / 255.0, 0);

    /// <summary>Bytes as they are, 0..255.</summary>
    public static PixelScaling None { get; } = new("none", 1, 0);

    /// <summary>Whatever suits the training data, which <see cref="Resolve"/> finds out; nothing is scaled by it.</summary>
    public static PixelScaling Auto { get; } = new("auto", 1 / 255.0, 0);

    /// <summary>The factor.</summary>
    public float Scale { get; }

    /// <summary>What is added after the factor.</summary>
    public float Offset { get; }

    /// <summary>Reads the text form.</summary>
    /// <exception cref="TrainingException">The text is none of the three forms (wrong usage).</exception>
    public static PixelScaling Parse(string text) => TryParse(text, out var scaling)
        ? scaling
        : throw TrainingException.BadUsage(
            $"--scale: expected unit, none, or a mean and a deviation above 0 such as 0.1307,0.3081, found '{text}'.");

    /// <summary>Reads the text form; false where it is none.</summary>
    public static bool TryParse(string? text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PixelScaling? scaling)
    {
        scaling = text switch
        {
            "unit" => Unit,
            "none" => None,
            null => null,
            _ => ParseMeanAndDeviation(text),
        };
        return scaling is not null;
    }

    /// <summary>
    /// This scaling, or for <see cref="Auto"/> the one that suits training data: unit where its largest value is at least 128, else
    /// that which makes the largest value 1. A zero stays a zero. Floats are inputs as they are.
    /// </summary>
    /// <param name="training">What is learned from.</param>
    public PixelScaling Resolve(DataSet training)
    {
        ArgumentNullException.ThrowIfNull(training);
        const int LeastBright = 128;
        return training.AreFloats ? None : this != Auto ? this
            : training.Statistics.Max is > 0 and < LeastBright and var most ? ParseMeanAndDeviation($"0,{(most / 255.0).ToString("R", CultureInfo.InvariantCulture)}")!
            : Unit;
    }

    /// <summary>The text form, which <see cref="Parse"/> turns into an equal value.</summary>
    public override string ToString() => _text;

    private static PixelScaling? ParseMeanAndDeviation(string text)
    {
        var parts = text.Split(',');
        if (parts.Length != 2 || !TryNumber(parts[0], out var mean) || !TryNumber(parts[1], out var deviation))
        {
            return null;
        }

        // the factor and the offset must still be finite in single precision, and the factor not vanish
        var (scale, offset) = (1 / (255 * deviation), -mean / deviation);
        return deviation > 0 && float.IsNormal((float)scale) && float.IsFinite((float)offset)
            ? new PixelScaling(string.Create(CultureInfo.InvariantCulture, $"{mean:R},{deviation:R}"), scale, offset)
            : null;
    }

    private static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
}
