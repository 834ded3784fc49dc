using Gpu.Training;
using Gpu.Training.Data;
using Gpu.Training.Recipes;

namespace Gpu.Host.Runs;

/// <summary>
/// The folder that a run began in, from which the paths of its data are understood wherever it goes on. A recipe names it from the run's
/// own folder where that lies in it, so that both can be moved together, else whole.
/// </summary>
internal static class DataPlace
{
    /// <summary>The folder of this process, as the recipe of a run names it.</summary>
    /// <param name="run">The run's folder.</param>
    internal static string BeganIn(string run)
    {
        var here = Environment.CurrentDirectory;
        var path = Path.GetRelativePath(here, Path.GetFullPath(run));
        return Path.IsPathRooted(path) || path == ".." || path.StartsWith($"..{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            ? here
            : Path.GetRelativePath(Path.GetFullPath(run), here);
    }

    /// <summary>The recipe of a run that goes on, with paths of its data that lead there from this folder.</summary>
    /// <param name="recipe">The run's recipe.</param>
    /// <param name="run">The run's folder.</param>
    /// <exception cref="TrainingException">Data is neither in the folder the run began in nor in this one.</exception>
    internal static Recipe FromHere(Recipe recipe, string run) => recipe with
    {
        Data = FromHere("data", recipe.Data, recipe, run),
        TestData = FromHere("test-data", recipe.TestData, recipe, run),
    };

    /// <summary>Paths that were given to a run that goes on from another folder than it began in: whole, since others start there.</summary>
    internal static Recipe Keep(Recipe recipe, RecipeSettings given, string run)
    {
        string? Whole(string key, string? spec) => given.Contains(key) && spec is not null && Folder(recipe, run) != Environment.CurrentDirectory
            ? Each(spec, Path.GetFullPath)
            : spec;
        return recipe with { Data = Whole("data", recipe.Data), TestData = Whole("test-data", recipe.TestData) };
    }

    /// <summary>The folder of downloads: that of this folder, unless only the one that the run began in has it.</summary>
    internal static string Downloads(Recipe recipe, string run)
    {
        var usual = new DataOptions().DataFolder;
        var other = Path.Combine(Folder(recipe, run), usual);
        return !Directory.Exists(usual) && Directory.Exists(other) ? other : usual;
    }

    private static string Folder(Recipe recipe, string run) =>
        Path.TrimEndingDirectorySeparator(Path.GetFullPath(recipe.BeganIn is { } place ? Path.Combine(Path.GetFullPath(run), place) : "."));

    private static string? FromHere(string key, string? spec, Recipe recipe, string run)
    {
        var folder = Folder(recipe, run);
        return spec is null || folder == Environment.CurrentDirectory ? spec : Each(spec, path =>
            IsThere(Path.Combine(folder, path)) ? Path.Combine(folder, path)
            : IsThere(path) ? path
            : throw TrainingException.BadData(
                $"{run}: expected the data of the run, {path}, in the folder that it began in, {folder}, or in this one, found it in neither: name it with --{key}."));
    }

    /// <summary>A SPEC with each of its paths changed; names of data sets, whole paths and standard input stay.</summary>
    private static string Each(string spec, Func<string, string> change) => DataSource.Join(DataSource.Words(spec).Select(
        word => DataSource.IsName(word) || Path.IsPathRooted(word) || word == "-" ? word : change(word)));

    private static bool IsThere(string path)
    {
        if (File.Exists(path) || Directory.Exists(path))
        {
            return true;
        }

        var (folder, name) = (Path.GetDirectoryName(path), Path.GetFileName(path));
        return name.AsSpan().ContainsAny('*', '?') && Directory.Exists(folder is { Length: > 0 } ? folder : ".")
            && Directory.EnumerateFiles(folder is { Length: > 0 } ? folder : ".", name).Any();
    }
}
