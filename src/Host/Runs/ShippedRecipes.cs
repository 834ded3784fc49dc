using Gpu.Training;
using Gpu.Training.Recipes;

namespace Gpu.Host.Runs;

/// <summary>The recipes within the program.</summary>
internal static class ShippedRecipes
{
    private const string Prefix = "recipes/";

    /// <summary>Their names, as <c>--recipe</c> takes them.</summary>
    internal static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(ShippedRecipes).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..]).Order(StringComparer.Ordinal),
    ];

    /// <summary>The settings of a file, or of the recipe that ships under a name, upper or lower case; a file of that name goes before.</summary>
    /// <exception cref="TrainingException">It is neither, and no path: the message lists those that ship; or what the file says is wrong.</exception>
    internal static RecipeSettings Load(string name)
    {
        if (!File.Exists(name) && Names.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } shipped)
        {
            using var stream = typeof(ShippedRecipes).Assembly.GetManifestResourceStream(Prefix + shipped)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return RecipeFile.Parse(bytes, $"recipe {shipped}");
        }

        return File.Exists(name) || Path.GetFileName(name) != name || Path.HasExtension(name) ? RecipeFile.Load(name)
            : throw TrainingException.BadUsage($"--recipe {name}: expected a file, or a recipe that ships ({string.Join(", ", Names)}), found neither: check the name.");
    }
}
