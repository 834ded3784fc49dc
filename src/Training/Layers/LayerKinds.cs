using Gpu.Training.Networks;
using Gpu.Training.Recipes;

namespace Gpu.Training.Layers;

/// <summary>The kinds of layers there are, and what recipes and files say of them. An activation's name alone is a layer, too.</summary>
public static class LayerKinds
{
    private static readonly LayerKind[] _all =
    [
        DenseLayer.Kind,
        ConvolutionLayer.Kind,
        MaxPoolLayer.Kind,
        AveragePoolLayer.Kind,
        GlobalAveragePoolLayer.Kind,
        BatchNormLayer.Kind,
        LayerNormLayer.Kind,
        DropoutLayer.Kind,
        EmbeddingLayer.Kind,
        FlattenLayer.Kind,
        ActivationLayer.Kind,
        LeakyReluLayer.Kind,
        SoftmaxLayer.Kind,
    ];

    /// <summary>A layer of each kind, in a recipe's words.</summary>
    public static IReadOnlyList<string> Examples { get; } = [.. _all.Select(kind => kind.Example)];

    /// <summary>Reads layers with commas between, such as <c>dense 128 relu, dropout 0.2</c>.</summary>
    /// <exception cref="TrainingException">One cannot be read: the message says which, and what was expected.</exception>
    public static IReadOnlyList<LayerPlan> ReadList(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. text.Split(',').Select(Read)];
    }

    /// <summary>Layers with commas between.</summary>
    public static string WriteList(IEnumerable<string> words) => string.Join(", ", words);

    /// <summary>Reads one layer.</summary>
    /// <exception cref="TrainingException">It cannot be read.</exception>
    public static LayerPlan Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var first = words.Split(' ')[0];
        var kind = Array.Find(_all, kind => kind.Word == first);
        if (NetworkNames.TryActivation(words, out _) || (kind is null && NetworkNames.TryActivation(first, out _)))
        {
            (kind, words) = (ActivationLayer.Kind, $"{ActivationLayer.Kind.Word} {words}");
        }

        if (kind is null)
        {
            var names = _all.Select(known => known.Word).Concat(NetworkNames.Activations);
            throw TrainingException.BadUsage(first.Length == 0
                ? $"Expected a layer such as \"{_all[0].Example}\", found nothing between commas."
                : $"Expected a layer such as {string.Join(", ", Examples.Select(example => $"\"{example}\""))}, found \"{words}\"{(Nearest.Suggestion(first, names) is { Length: > 0 } hint ? hint : ".")}");
        }

        var reader = new LayerWords(kind, words);
        var at = kind.Read(reader);
        reader.End();
        return new LayerPlan(words, at);
    }
}
