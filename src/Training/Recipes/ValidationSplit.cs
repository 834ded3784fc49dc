using System.Globalization;

namespace Gpu.Training.Recipes;

/// <summary>How many training samples are held out, and which.</summary>
public enum ValidationKind
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>A share, drawn from each class alike.</summary>
    Share = 1,

    /// <summary>A count, drawn from each class alike.</summary>
    Count = 2,

    /// <summary>A count from the end of the data.</summary>
    Last = 3,
}

/// <summary>What is held out for validation: in text <c>none</c>, <c>0.15</c>, <c>10000</c> or <c>last:10000</c>.</summary>
/// <param name="Kind">How it is chosen.</param>
/// <param name="Share">The share, in (0, 1); 0 for the other kinds.</param>
/// <param name="Count">The count; 0 for the other kinds.</param>
public readonly record struct ValidationSplit(ValidationKind Kind, double Share = 0, int Count = 0)
{
    private const string LastPrefix = "last:";
    private const string NoneText = "none";

    /// <summary>Reads the text form; false where it is none, a share is not between 0 and 1, or a count is not positive.</summary>
    public static bool TryParse(string text, out ValidationSplit split)
    {
        split = default;
        if (text == NoneText)
        {
            return true;
        }

        if (text.StartsWith(LastPrefix, StringComparison.Ordinal))
        {
            var isCount = SettingText.TryInteger(text[LastPrefix.Length..], out var last);
            split = new ValidationSplit(ValidationKind.Last, Count: last);
            return isCount && last > 0;
        }

        if (SettingText.TryInteger(text, out var count))
        {
            split = new ValidationSplit(ValidationKind.Count, Count: count);
            return count > 0;
        }

        var isShare = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var share);
        split = new ValidationSplit(ValidationKind.Share, Share: share);
        return isShare && share is > 0 and < 1;
    }

    /// <summary>The text form.</summary>
    public override string ToString() => Kind switch
    {
        ValidationKind.Share => Share.ToString("R", CultureInfo.InvariantCulture),
        ValidationKind.Count => Count.ToString(CultureInfo.InvariantCulture),
        ValidationKind.Last => LastPrefix + Count.ToString(CultureInfo.InvariantCulture),
        _ => NoneText,
    };
}
