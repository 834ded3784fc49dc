using System.Globalization;

namespace Gpu.Training.Recipes;

/// <summary>A learning rate, or a range from which one is drawn for each step: in text <c>0.1</c> or <c>0.5..1.1</c>.</summary>
/// <param name="Low">The least rate.</param>
/// <param name="High">The greatest; the same as Low for a rate that is not drawn.</param>
public readonly record struct RateRange(float Low, float High)
{
    private const string Separator = "..";

    /// <summary>A rate that is not drawn.</summary>
    public RateRange(float rate) : this(rate, rate) { }

    /// <summary>Whether the rate is drawn for each step.</summary>
    public bool IsDrawn => Low != High;

    /// <summary>Whether both ends are positive numbers in order.</summary>
    public bool IsValid => Low > 0 && High >= Low && float.IsFinite(High);

    /// <summary>Reads the text form; false where it is none. The values are not judged: see <see cref="IsValid"/>.</summary>
    public static bool TryParse(string text, out RateRange range)
    {
        range = default;
        var cut = text.IndexOf(Separator, StringComparison.Ordinal);
        var low = cut < 0 ? text : text[..cut];
        var high = cut < 0 ? text : text[(cut + Separator.Length)..];
        if (!SettingText.TrySingle(low, out var from) || !SettingText.TrySingle(high, out var to))
        {
            return false;
        }

        range = new RateRange(from, to);
        return true;
    }

    /// <summary>The text form.</summary>
    public override string ToString() => IsDrawn
        ? Low.ToString("R", CultureInfo.InvariantCulture) + Separator + High.ToString("R", CultureInfo.InvariantCulture)
        : Low.ToString("R", CultureInfo.InvariantCulture);
}
