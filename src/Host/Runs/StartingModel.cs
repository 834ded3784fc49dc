using Gpu.Training;
using Gpu.Training.Layers;
using Gpu.Training.Models;
using Gpu.Training.Networks;
using Gpu.Training.Recipes;

namespace Gpu.Host.Runs;

/// <summary>A run that goes on from the weights of a model: the model decides the network, the recipe decides the rest.</summary>
internal static class StartingModel
{
    private const string HiddenKey = "hidden";
    private const string ActivationKey = "activation";
    private const string LayersKey = "layers";
    private const string OutputKey = "output-activation";
    private static readonly string[] _decided = ["task", "column", "ignore", "bins", "embedding"];

    /// <summary>The recipe with what the model decides; loss and scaling are the model's where none was asked for.</summary>
    /// <param name="recipe">The recipe that was asked for.</param>
    /// <param name="given">Which settings were asked for.</param>
    /// <param name="model">The model.</param>
    /// <param name="path">Its file, for messages.</param>
    /// <exception cref="TrainingException">Another network was asked for.</exception>
    internal static Recipe Resolve(Recipe recipe, RecipeSettings given, Model model, string path)
    {
        if (model.Table is not null && _decided.FirstOrDefault(given.Contains) is { } key)
        {
            throw TrainingException.BadUsage($"--{key} goes with a network from the start, and what {path} knows of its table was decided when it was trained: leave it out.");
        }

        var layers = model.Shape.Layers;
        var vectors = model.Table?.Encoding.EmbeddedValues.Count > 0 ? (EmbeddingLayer)layers[0] : null;
        var hidden = layers.Skip(vectors is null ? 0 : 1).SkipLast(1).ToArray();
        var resolved = WithHidden(recipe, given, model.Shape, hidden) with
        {
            OutputActivation = given.Contains(OutputKey) ? recipe.OutputActivation : layers[^1].Activation,
            Loss = given.Contains("loss") ? recipe.Loss : given.Contains("head") ? model.Shape.Loss with { Head = recipe.Loss.Head } : model.Shape.Loss,
            Scale = given.Contains("scale") ? recipe.Scale : model.Scaling,
            Embedding = vectors?.Width,
            Note = $"{(recipe.Note is null ? "" : recipe.Note + " ")}Started from the weights of {path}.",
        };
        resolved.Validate();
        var asked = resolved.Shape(model.Shape.Input, model.Shape.Outputs, model.Table?.Encoding).Layers;
        return asked.SequenceEqual(layers) ? resolved : throw TrainingException.BadUsage(
            $"--from {path}: expected the model's own network, {Describe(layers)}, found settings for {Describe(asked)}: "
            + $"leave {HiddenKey}, {ActivationKey}, {LayersKey} and {OutputKey} out.");
    }

    /// <summary>The recipe with the model's hidden layers, where none were asked for: as sizes, or in words where they are more than dense ones.</summary>
    private static Recipe WithHidden(Recipe recipe, RecipeSettings given, NetworkShape shape, Layer[] hidden)
    {
        if (!shape.IsDense)
        {
            var isGiven = given.Contains(LayersKey) || given.Contains(HiddenKey) || given.Contains(ActivationKey);
            return isGiven ? recipe : recipe with { Layers = [.. hidden.Select(layer => LayerKinds.Read(layer.Words))] };
        }

        return given.Contains(LayersKey) ? recipe : recipe with
        {
            Hidden = given.Contains(HiddenKey) ? recipe.Hidden : [.. hidden.Select(layer => layer.Outputs)],
            Activations = given.Contains(ActivationKey) || hidden.Length == 0 ? recipe.Activations : [.. hidden.Select(layer => layer.Activation)],
        };
    }

    private static string Describe(IReadOnlyList<Layer> layers) => layers.All(layer => layer is DenseLayer)
        ? $"{layers[0].Inputs}{string.Concat(layers.Select(layer => $"-{layer.Outputs} {NetworkNames.Of(layer.Activation)}"))}"
        : $"{layers[0].Input}: {LayerKinds.WriteList(layers.Select(layer => layer.Words))}";
}
