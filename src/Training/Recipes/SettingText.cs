using System.Globalization;

namespace Gpu.Training.Recipes;

/// <summary>Reads the numbers and lists of settings, always with a point for decimals.</summary>
internal static class SettingText
{
    /// <summary>The text of an empty list, and of what is left out on purpose.</summary>
    internal const string None = "none";

    internal static bool TryInteger(string text, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    internal static bool TrySingle(string text, out float value) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    internal static string Of(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    internal static string Of(int value) => value.ToString(CultureInfo.InvariantCulture);

    internal static string Of<T>(IReadOnlyList<T> values, Func<T, string> text) =>
        values.Count == 0 ? None : string.Join(',', values.Select(text));

    /// <summary>The items of a list such as 128,64; <c>none</c> is the empty one.</summary>
    internal static string[] Items(string text) => text == None ? [] : text.Split(',', StringSplitOptions.TrimEntries);

    /// <summary>Texts on a line each.</summary>
    internal static string OfLines(IEnumerable<string> texts) => string.Join('\n', texts);

    /// <summary>The texts that stand on a line each.</summary>
    internal static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Reads a list such as 128,64. Null where an item cannot be read.</summary>
    internal static IReadOnlyList<T>? List<T>(string text, Func<string, T?> item) where T : struct
    {
        var items = new List<T>();
        foreach (var part in Items(text))
        {
            if (item(part) is not { } value)
            {
                return null;
            }

            items.Add(value);
        }

        return items;
    }
}
