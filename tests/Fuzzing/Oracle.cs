using System.Globalization;
using Gpu.Training;

namespace Gpu.Fuzzing;

/// <summary>Decides whether a refusal is one that a user can act on.</summary>
public static class Oracle
{
    private const int LongestSentence = 2000;

    /// <summary>Pieces of what the runtime says about exceptions; none belongs into a sentence for users.</summary>
    private static readonly string[] _exceptionText =
    [
        "Exception", "   at ", "LineNumber", "BytePosition", "System.", "Gpu.", "Object reference", "Index was", "Parameter '",
        "Value cannot be null", "Arg_", "IO_", "SR.", "CsvHelper", "SepReader", "StbImage", "Deflate", "Nullable", "Stream", "stack", "overflow",
    ];

    /// <summary>Null for a right refusal, else what is wrong with it.</summary>
    /// <param name="error">What the reader threw.</param>
    /// <param name="expected">The kind of failure of the format.</param>
    /// <param name="path">What was read; the sentence must name it or a file in it.</param>
    public static string? Judge(Exception error, Failure expected, string path) => error switch
    {
        InconsistentException inconsistent => inconsistent.Message,
        TrainingException refusal when refusal.Failure != expected => $"refused as {refusal.Failure}, not as {expected}: {refusal.Message}",
        TrainingException refusal => JudgeSentence(refusal.Message, path),
        _ => $"an unexpected {error.GetType().Name}: {error}",
    };

    /// <summary>Null for a sentence as the user should see it, else what is wrong with it.</summary>
    public static string? JudgeSentence(string sentence, string path)
    {
        if (!sentence.Contains(path, StringComparison.Ordinal))
        {
            return $"the sentence does not name {path}: {Cut(sentence)}";
        }

        var text = sentence.Replace(path, "FILE", StringComparison.Ordinal);
        if (Array.Find(_exceptionText, piece => text.Contains(piece, StringComparison.Ordinal)) is { } found)
        {
            return $"the sentence holds '{found}': {Cut(text)}";
        }

        if (text.Length > LongestSentence)
        {
            return $"the sentence has {text.Length} characters: {Cut(text)}";
        }

        if (text.Any(IsUnseen))
        {
            return $"the sentence holds control characters: {Cut(text)}";
        }

        return text.EndsWith('.') || text.EndsWith('?') ? null : $"the sentence has no end: {Cut(text)}";
    }

    /// <summary>What could break the line, steer a terminal or turn the direction of writing, and halves of characters.</summary>
    private static bool IsUnseen(char character) => CharUnicodeInfo.GetUnicodeCategory(character) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static string Cut(string text) => text.Length > 400 ? text[..400] + "..." : text;
}
