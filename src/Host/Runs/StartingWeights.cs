using Gpu.Training.Models;
using Gpu.Training.Recipes;

namespace Gpu.Host.Runs;

/// <summary>A run that goes on from weights by name: the settings decide the network, which must be that of the weights.</summary>
internal static class StartingWeights
{
    private const string HiddenKey = "hidden";
    private const string LayersKey = "layers";
    private const string NoteKey = "note";

    /// <summary>The weights of a file; null where it is no file of such, by its name.</summary>
    /// <exception cref="Training.TrainingException">It is damaged.</exception>
    internal static NamedWeights? Load(string? path) => path is null ? null : WeightFormats.Of(path)?.Read(path);

    /// <summary>The settings that were given; where no layers were, and the weights are those of dense layers, with their sizes.</summary>
    internal static RecipeSettings Settings(NamedWeights weights, RecipeSettings given)
    {
        var more = new RecipeSettings();
        more.Set(NoteKey, $"{(given.TextOf(NoteKey) is { } note ? note + " " : "")}Started from the weights of {weights.Path}.", "--from");
        if (!given.Contains(HiddenKey) && !given.Contains(LayersKey) && weights.DenseHidden() is { } hidden)
        {
            more.Set(HiddenKey, hidden.Count == 0 ? "none" : string.Join(',', hidden), "--from");
        }

        return given.Merge(more);
    }
}
