using System.Globalization;
using System.Text;

namespace Gpu.Training.Files;

/// <summary>
/// Makes text that may come from a stranger's file fit to be shown: it stays on its line and can neither steer a terminal nor
/// turn the direction of writing.
/// </summary>
public static class VisibleText
{
    private const int Longest = 1500;

    /// <summary>The text with escapes such as <c>\u001B</c> for what is not seen, and without its middle where it is very long.</summary>
    public static string Of(string text) => text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 ? Cut(text) : Cut(Escape(Cut(text)));

    private static string Cut(string text) =>
        text.Length <= Longest ? text : $"{text.AsSpan(0, Longest - 500)} [...] {text.AsSpan(text.Length - 500)}";

    private static string Escape(string text)
    {
        var visible = new StringBuilder(text.Length + 32);
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text, i) && CharUnicodeInfo.GetUnicodeCategory(text, i) != UnicodeCategory.Format)
            {
                visible.Append(text[i]).Append(text[++i]);
            }
            else if (IsSeen(text[i]))
            {
                visible.Append(text[i]);
            }
            else
            {
                visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:X4}");
            }
        }

        return visible.ToString();
    }

    private static bool IsSeen(char character) => CharUnicodeInfo.GetUnicodeCategory(character) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
