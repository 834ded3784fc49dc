namespace Gpu.Training.Tests.Recipes;

/// <summary>The recipes that come with the project; the build copies them beside the tests.</summary>
internal static class ShippedRecipes
{
    internal static string Folder { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "recipes");

    internal static string Path(string name) => System.IO.Path.Combine(Folder, name);
}
