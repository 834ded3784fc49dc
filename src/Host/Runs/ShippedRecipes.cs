using Gpu.Training;

namespace Gpu.Host.Runs;

/// <summary>The recipes that stand in the program's own folder.</summary>
internal static class ShippedRecipes
{
    private const string Extension = ".json";
    private static readonly string _folder = Path.Combine(AppContext.BaseDirectory, "recipes");

    /// <summary>Their names, as <c>--recipe</c> takes them.</summary>
    internal static IReadOnlyList<string> Names { get; } = Directory.Exists(_folder)
        ? [.. Directory.GetFiles(_folder, "*" + Extension).Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>The file that a name stands for, upper or lower case; else the name itself, as a path. A file of that name goes before.</summary>
    /// <exception cref="TrainingException">It is neither, and no path: the message lists those that ship.</exception>
    internal static string Find(string name) =>
        File.Exists(name) ? name
        : Names.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } shipped ? Path.Combine(_folder, shipped + Extension)
        : Path.GetFileName(name) != name || Path.HasExtension(name) ? name
        : throw TrainingException.BadUsage($"--recipe {name}: expected a file, or a recipe that ships ({string.Join(", ", Names)}), found neither: check the name.");
}
