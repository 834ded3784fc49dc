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
    internal static string Find(string name) =>
        !File.Exists(name) && Names.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } shipped
            ? Path.Combine(_folder, shipped + Extension)
            : name;
}
