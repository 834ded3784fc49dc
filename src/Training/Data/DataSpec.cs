using Gpu.Training.Recipes;

namespace Gpu.Training.Data;

/// <summary>What <c>--data</c> says, as one text: a name, a path, or several paths on a line each.</summary>
internal static class DataSpec
{
    /// <summary>Several words of a command line as one text.</summary>
    internal static string Join(IEnumerable<string> words) => SettingText.OfLines(words);

    /// <summary>The words.</summary>
    internal static string[] Words(string spec) => SettingText.Lines(spec);

    /// <summary>For people.</summary>
    internal static string Show(string spec) => string.Join(" ", Words(spec));

    /// <summary>The paths that a text names, with patterns such as <c>part-*.csv</c> replaced by the files they match, in the order of their names.</summary>
    /// <exception cref="TrainingException">A pattern matches nothing.</exception>
    internal static string[] Paths(string spec) => [.. Words(spec).SelectMany(Match)];

    private static IEnumerable<string> Match(string word)
    {
        var name = Path.GetFileName(word);
        if (!name.AsSpan().ContainsAny('*', '?') || File.Exists(word) || Directory.Exists(word))
        {
            return [word];
        }

        var folder = Path.GetDirectoryName(word) ?? "";
        var place = folder.Length == 0 ? "." : folder;
        string[] found = Directory.Exists(place)
            ? [.. Directory.EnumerateFiles(place, name).Select(path => Path.Combine(folder, Path.GetFileName(path))).Order(StringComparer.Ordinal)]
            : [];

        // What this program made of such files is none of them.
        found = [.. found.Where(path => !SampleCache.IsNamedSo(path))];
        return found.Length > 0 ? found : throw TrainingException.BadData($"{word}: expected files that match, found none; check the path.");
    }
}
