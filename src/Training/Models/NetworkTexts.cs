using System.Globalization;
using Gpu.Kernels.Ops;
using Gpu.Training.Layers;
using Gpu.Training.Networks;

namespace Gpu.Training.Models;

/// <summary>
/// A network as texts of a file: of dense layers alone <c>layers</c> are sizes such as 784-128-10, and <c>activations</c> one a layer; of others
/// <c>layers</c> are their words, and <c>input</c> is the size of what goes in, such as 28x28x1. Both have <c>loss</c>.
/// </summary>
internal static class NetworkTexts
{
    private const string LayersKey = "layers";
    private const string ActivationsKey = "activations";
    private const string InputKey = "input";
    private const string LossKey = "loss";

    internal static IEnumerable<KeyValuePair<string, string>> Of(NetworkShape shape) => shape.IsDense
        ?
        [
            new(LayersKey, shape.ToString()),
            new(ActivationsKey, string.Join(',', shape.Layers.Select(layer => NetworkNames.Of(layer.Activation)))),
            new(LossKey, shape.Loss.ToString()),
        ]
        :
        [
            new(InputKey, shape.Input.ToString()),
            new(LayersKey, LayerKinds.WriteList(shape.Layers.Select(layer => layer.Words))),
            new(LossKey, shape.Loss.ToString()),
        ];

    /// <summary>Reads the network of a file.</summary>
    /// <exception cref="TrainingException">A text is missing or wrong, or they do not fit together.</exception>
    internal static NetworkShape Read(MetadataTexts source)
    {
        var layers = source.Texts.ContainsKey(InputKey) ? ReadWords(source) : ReadSizes(source);
        var loss = source.Require(LossKey, Losses.Parse, "a loss");
        try
        {
            return new NetworkShape(layers, loss);
        }
        catch (TrainingException cause)
        {
            throw TrainingException.BadModelFile($"{source.Path}: {cause.Message}", cause);
        }
    }

    private static IReadOnlyList<Layer> ReadSizes(MetadataTexts source)
    {
        var sizes = source.Require(LayersKey, Sizes, $"sizes such as 784-128-10, of at most {NetworkShape.MostLayers:N0} layers");
        var activations = source.Require(ActivationsKey, text => Activations(text, sizes.Length - 1), $"{sizes.Length - 1} activations");
        return [.. activations.Select((activation, i) => new DenseLayer(sizes[i], sizes[i + 1], activation))];
    }

    private static IReadOnlyList<Layer> ReadWords(MetadataTexts source)
    {
        var input = source.Require(InputKey, text => SampleSize.TryParse(text, out var size) ? [size] : (SampleSize[]?)null, "a size such as 28x28x1")[0];
        try
        {
            return source.Require(
                LayersKey, text => text.AsSpan().Count(',') < NetworkShape.MostLayers ? NetworkShape.Behind(input, LayerKinds.ReadList(text)) : null,
                $"at most {NetworkShape.MostLayers:N0} layers");
        }
        catch (TrainingException cause) when (cause.Failure != Failure.ModelFile)
        {
            throw TrainingException.BadModelFile($"{source.Path}: {cause.Message}", cause);
        }
    }

    private static int[]? Sizes(string text)
    {
        if (text.AsSpan().Count('-') is < 1 or > NetworkShape.MostLayers)
        {
            return null;
        }

        var parts = text.Split('-');
        var sizes = new int[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out sizes[i]))
            {
                return null;
            }
        }

        return sizes;
    }

    private static Activation[]? Activations(string text, int count)
    {
        if (text.AsSpan().Count(',') != count - 1)
        {
            return null;
        }

        var names = text.Split(',');
        var activations = new Activation[names.Length];
        for (var i = 0; i < names.Length; i++)
        {
            if (!NetworkNames.TryActivation(names[i], out activations[i]))
            {
                return null;
            }
        }

        return activations;
    }
}
