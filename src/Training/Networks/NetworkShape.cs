using Gpu.Kernels.Ops;

namespace Gpu.Training.Networks;

/// <summary>
/// A network of dense layers and its loss, and where its parameters stand in their slab: all weights, layer by layer, each
/// Inputs x Outputs row after row, then all biases, layer by layer. Gradients and optimizer state are laid out alike.
/// </summary>
/// <remarks>
/// Cross-entropy and squared error are taken on the softmax of the last layer's outputs, binary cross-entropy on their
/// sigmoid; neither is a layer of its own. The last layer's activation stands before them: identity, as a rule.
/// </remarks>
public sealed class NetworkShape : IEquatable<NetworkShape>
{
    /// <summary>The most layers of a network: files and settings that ask for more are damaged, not deep.</summary>
    public const int MostLayers = 1000;

    private readonly LayerShape[] _layers;
    private readonly int[] _weightOffsets;
    private readonly int[] _biasOffsets;

    /// <summary>A network of the given layers.</summary>
    /// <exception cref="TrainingException">
    /// There is no layer, a size is below 1, layers do not fit together, or there are more parameters than a buffer can hold.
    /// </exception>
    public NetworkShape(IEnumerable<LayerShape> layers, Loss loss)
    {
        _layers = [.. layers];
        Loss = loss;
        CheckLayers(_layers);
        var weights = _layers.Aggregate(0L, (sum, layer) => AddUp(sum, layer.WeightCount));
        var total = _layers.Aggregate(weights, (sum, layer) => AddUp(sum, layer.Outputs));
        if (total > Array.MaxLength)
        {
            throw new TrainingException(
                Failure.Memory, $"A network may have at most {Array.MaxLength:N0} weights and biases, {Describe(_layers)} has more: choose smaller layers.");
        }

        (WeightCount, ParameterCount) = ((int)weights, (int)total);
        (_weightOffsets, _biasOffsets) = (new int[_layers.Length], new int[_layers.Length]);
        var (weight, bias) = (0, WeightCount);
        for (var i = 0; i < _layers.Length; i++)
        {
            (_weightOffsets[i], _biasOffsets[i]) = (weight, bias);
            weight += WeightLength(i);
            bias += _layers[i].Outputs;
        }
    }

    /// <summary>The layers, first to last.</summary>
    public IReadOnlyList<LayerShape> Layers => _layers;

    /// <summary>What the network is trained to make small.</summary>
    public Loss Loss { get; }

    /// <summary>Numbers of a sample.</summary>
    public int Inputs => _layers[0].Inputs;

    /// <summary>Outputs of the last layer: the classes.</summary>
    public int Outputs => _layers[^1].Outputs;

    /// <summary>Weights of all layers. They come first in the slab.</summary>
    public int WeightCount { get; }

    /// <summary>Biases of all layers. They stand behind the weights.</summary>
    public int BiasCount => ParameterCount - WeightCount;

    /// <summary>Weights and biases of all layers: the length of the slab.</summary>
    public int ParameterCount { get; }

    /// <summary>A network of dense layers between a number of inputs and a number of classes.</summary>
    /// <param name="inputs">Numbers of a sample.</param>
    /// <param name="hidden">Outputs of each hidden layer; none for a linear model.</param>
    /// <param name="outputs">Classes.</param>
    /// <param name="activations">One activation for all hidden layers, or one for each.</param>
    /// <param name="outputActivation">What stands before softmax.</param>
    /// <param name="loss">The loss.</param>
    /// <exception cref="TrainingException">Sizes or counts are wrong; see the constructor.</exception>
    public static NetworkShape Dense(int inputs, IReadOnlyList<int> hidden, int outputs, IReadOnlyList<Activation> activations,
        Activation outputActivation, Loss loss)
    {
        if (activations.Count != 1 && activations.Count != hidden.Count)
        {
            throw TrainingException.BadUsage(
                $"Expected one activation or one for each of the {hidden.Count} hidden layers, found {activations.Count}.");
        }

        var layers = new LayerShape[hidden.Count + 1];
        for (var i = 0; i < layers.Length; i++)
        {
            var fanIn = i == 0 ? inputs : hidden[i - 1];
            layers[i] = i == hidden.Count
                ? new LayerShape(fanIn, outputs, outputActivation)
                : new LayerShape(fanIn, hidden[i], activations[activations.Count == 1 ? 0 : i]);
        }

        return new NetworkShape(layers, loss);
    }

    /// <summary>Where a layer's weights begin.</summary>
    public int WeightOffset(int layer) => _weightOffsets[layer];

    /// <summary>How many weights a layer has.</summary>
    public int WeightLength(int layer) => (int)_layers[layer].WeightCount;

    /// <summary>Where a layer's biases begin.</summary>
    public int BiasOffset(int layer) => _biasOffsets[layer];

    /// <summary>How many biases a layer has.</summary>
    public int BiasLength(int layer) => _layers[layer].Outputs;

    /// <summary>
    /// Where another network first differs, in words: <c>layer 2 has 64 outputs instead of 128</c>, layers counted from 1; null where
    /// it does not.
    /// </summary>
    public string? FirstDifference(NetworkShape other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return _layers.Zip(other._layers, Differences).SelectMany((differences, i) => differences.Select(text => $"layer {i + 1} has {text}"))
            .Concat(_layers.Length == other._layers.Length ? [] : [$"there are {other._layers.Length} layers instead of {_layers.Length}"])
            .Concat(Loss == other.Loss ? [] : [$"the loss is {NetworkNames.Of(other.Loss)} instead of {NetworkNames.Of(Loss)}"])
            .FirstOrDefault();
    }

    /// <summary>Sizes from inputs to outputs, such as 784-128-10.</summary>
    public override string ToString() => Describe(_layers);

    /// <inheritdoc/>
    public bool Equals(NetworkShape? other) => other is not null && Loss == other.Loss && _layers.AsSpan().SequenceEqual(other._layers);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NetworkShape);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Loss, _layers.Length, _layers[0], _layers[^1]);

    private static IEnumerable<string> Differences(LayerShape mine, LayerShape other)
    {
        if (mine.Inputs != other.Inputs)
        {
            yield return $"{other.Inputs} inputs instead of {mine.Inputs}";
        }

        if (mine.Outputs != other.Outputs)
        {
            yield return $"{other.Outputs} outputs instead of {mine.Outputs}";
        }

        if (mine.Activation != other.Activation)
        {
            yield return $"the activation {NetworkNames.Of(other.Activation)} instead of {NetworkNames.Of(mine.Activation)}";
        }
    }

    private static void CheckLayers(LayerShape[] layers)
    {
        if (layers.Length is 0 or > MostLayers)
        {
            throw TrainingException.BadUsage($"A network needs 1 to {MostLayers:N0} layers, it has {layers.Length:N0}.");
        }

        for (var i = 0; i < layers.Length; i++)
        {
            if (layers[i].Inputs < 1 || layers[i].Outputs < 1)
            {
                throw TrainingException.BadUsage(
                    $"Layer {i} must have at least 1 input and 1 output, it has {layers[i].Inputs} and {layers[i].Outputs}.");
            }

            if (i > 0 && layers[i].Inputs != layers[i - 1].Outputs)
            {
                throw TrainingException.BadUsage(
                    $"Layer {i} must have as many inputs as layer {i - 1} has outputs, {layers[i - 1].Outputs}, it has {layers[i].Inputs}.");
            }
        }
    }

    /// <summary>A sum that stops growing before it could overflow.</summary>
    private static long AddUp(long sum, long more) => sum > Array.MaxLength ? sum : sum + more;

    private static string Describe(LayerShape[] layers) =>
        string.Join('-', layers.Select(layer => layer.Outputs).Prepend(layers[0].Inputs));
}
