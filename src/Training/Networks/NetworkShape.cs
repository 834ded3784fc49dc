using Gpu.Kernels.Ops;
using Gpu.Training.Layers;

namespace Gpu.Training.Networks;

/// <summary>
/// A network of layers and its loss, and where its parameters stand in their slab: the weights of all layers, one after the other, then
/// what else is learned (biases, scales and shifts), then what is measured (running statistics), each layer by layer. Gradients and optimizer
/// state are laid out alike.
/// </summary>
/// <remarks>
/// What stands between the last layer's outputs and the loss, its <see cref="LossHead"/>, is no layer of its own. The last layer's activation
/// stands before it: identity, as a rule.
/// </remarks>
public sealed class NetworkShape : IEquatable<NetworkShape>
{
    /// <summary>The most layers of a network: files and settings that ask for more are damaged, not deep.</summary>
    public const int MostLayers = 1000;

    private readonly Layer[] _layers;
    private readonly PlacedTensor[] _tensors;
    private readonly PlacedTensor[][] _byLayer;

    /// <summary>A network of the given layers.</summary>
    /// <exception cref="TrainingException">
    /// There is no layer, a size is below 1, layers do not fit together, or there are more parameters than a buffer can hold.
    /// </exception>
    public NetworkShape(IEnumerable<Layer> layers, Loss loss)
    {
        _layers = [.. layers];
        Loss = loss;
        CheckLayers(_layers);
        if (_layers.Aggregate(0L, (sum, layer) => AddUp(sum, layer.ParameterCount)) > Array.MaxLength)
        {
            throw new TrainingException(
                Failure.Memory, $"A network may have at most {Array.MaxLength:N0} weights and biases, {Describe(_layers)} has more: choose smaller layers.");
        }

        _tensors = [.. Place(_layers)];
        _byLayer = [.. _layers.Select((_, l) => _tensors.Where(tensor => tensor.Layer == l).ToArray())];
        WeightCount = Count(role => role == TensorRole.Weight);
        LearnedCount = Count(role => role != TensorRole.Statistic);
        ParameterCount = Count(_ => true);
    }

    /// <summary>The layers, first to last.</summary>
    public IReadOnlyList<Layer> Layers => _layers;

    /// <summary>What the network is trained to make small.</summary>
    public Loss Loss { get; }

    /// <summary>What goes in for each sample.</summary>
    public SampleSize Input => _layers[0].Input;

    /// <summary>Numbers of a sample.</summary>
    public int Inputs => _layers[0].Inputs;

    /// <summary>Outputs of the last layer: the classes.</summary>
    public int Outputs => _layers[^1].Outputs;

    /// <summary>The tensors in the order of the slab.</summary>
    public IReadOnlyList<PlacedTensor> Tensors => _tensors;

    /// <summary>Weights of all layers. They come first in the slab, and are what L2 and weight decay shrink.</summary>
    public int WeightCount { get; }

    /// <summary>What else is learned: biases of all layers, and scales and shifts. They stand behind the weights.</summary>
    public int BiasCount => LearnedCount - WeightCount;

    /// <summary>All that is learned: the part of the slab that an optimizer changes.</summary>
    public int LearnedCount { get; }

    /// <summary>The length of the slab: all that is learned, and the statistics behind it.</summary>
    public int ParameterCount { get; }

    /// <summary>Multiply-adds forward for each sample.</summary>
    public long MultiplyAdds => _layers.Sum(layer => layer.MultiplyAdds);

    /// <summary>Whether there is nothing but dense layers, so that sizes and activations say all.</summary>
    public bool IsDense => Array.TrueForAll(_layers, layer => layer is DenseLayer);

    /// <summary>Whether plain descent can change all parameters in the launches that make their gradients.</summary>
    internal bool UpdatesInPlace => Array.TrueForAll(_layers, layer => layer.UpdatesInPlace || layer.ParameterCount == 0);

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

        var layers = new DenseLayer[hidden.Count + 1];
        for (var i = 0; i < layers.Length; i++)
        {
            var fanIn = i == 0 ? inputs : hidden[i - 1];
            layers[i] = i == hidden.Count
                ? new DenseLayer(fanIn, outputs, outputActivation)
                : new DenseLayer(fanIn, hidden[i], activations[activations.Count == 1 ? 0 : i]);
        }

        return new NetworkShape(layers, loss);
    }

    /// <summary>A network of layers that were asked for, one behind the other, and a dense one that gives the classes.</summary>
    /// <param name="input">What goes in for each sample.</param>
    /// <param name="hidden">The layers but the last.</param>
    /// <param name="outputs">Classes.</param>
    /// <param name="outputActivation">What stands before softmax.</param>
    /// <param name="loss">The loss.</param>
    /// <exception cref="TrainingException">A layer does not fit behind the one before it, or sizes are wrong; see the constructor.</exception>
    public static NetworkShape Of(SampleSize input, IReadOnlyList<LayerPlan> hidden, int outputs, Activation outputActivation, Loss loss)
    {
        var layers = Behind(input, hidden);
        return new NetworkShape([.. layers, new DenseLayer(layers.Count == 0 ? input : layers[^1].Output, outputs, outputActivation)], loss);
    }

    /// <summary>Layers one behind the other, from a size on.</summary>
    /// <exception cref="TrainingException">A layer does not fit behind the one before it.</exception>
    public static IReadOnlyList<Layer> Behind(SampleSize input, IEnumerable<LayerPlan> plans)
    {
        var layers = new List<Layer>();
        foreach (var plan in plans)
        {
            var layer = plan.At(layers.Count == 0 ? input : layers[^1].Output);
            layers.Add(layer);
            if (layer.Output.Count < 1)
            {
                throw TrainingException.BadUsage(
                    $"Layer {layers.Count}, {plan}, behind {layer.Input}, would give {layer.Output} for each sample: expected at least 1 number and at most {int.MaxValue:N0}.");
            }
        }

        return layers;
    }

    /// <summary>The tensors of a layer, in its own order.</summary>
    public IReadOnlyList<PlacedTensor> TensorsOf(int layer) => _byLayer[layer];

    /// <summary>
    /// Where another network first differs, in words: <c>layer 2 has 64 outputs instead of 128</c>, layers counted from 1; null where
    /// it does not.
    /// </summary>
    public string? FirstDifference(NetworkShape other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return _layers.Zip(other._layers, Differences).SelectMany((differences, i) => differences.Select(text => $"layer {i + 1} has {text}"))
            .Concat(_layers.Length == other._layers.Length ? [] : [$"there are {other._layers.Length} layers instead of {_layers.Length}"])
            .Concat(Loss == other.Loss ? [] : [$"the loss is {other.Loss} instead of {Loss}"])
            .FirstOrDefault();
    }

    /// <summary>Sizes from inputs to outputs, such as 784-128-10, for dense layers; the layers' words for others.</summary>
    public override string ToString() => Describe(_layers);

    /// <inheritdoc/>
    public bool Equals(NetworkShape? other) => other is not null && Loss == other.Loss && _layers.AsSpan().SequenceEqual(other._layers);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NetworkShape);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Loss, _layers.Length, _layers[0], _layers[^1]);

    private static IEnumerable<string> Differences(Layer mine, Layer other)
    {
        if (mine.Inputs != other.Inputs)
        {
            yield return $"{other.Inputs} inputs instead of {mine.Inputs}";
        }

        if (mine.GetType() != other.GetType())
        {
            yield return $"\"{other.Words}\" instead of \"{mine.Words}\"";
        }

        if (mine.Outputs != other.Outputs)
        {
            yield return $"{other.Outputs} outputs instead of {mine.Outputs}";
        }

        if (mine.Activation != other.Activation)
        {
            yield return $"the activation {NetworkNames.Of(other.Activation)} instead of {NetworkNames.Of(mine.Activation)}";
        }

        if (mine.Words != other.Words)
        {
            yield return $"\"{other.Words}\" instead of \"{mine.Words}\"";
        }
    }

    private int Count(Func<TensorRole, bool> isCounted) => _tensors.Where(tensor => isCounted(tensor.Tensor.Role)).Sum(tensor => tensor.Length);

    /// <summary>Weights of all layers, then what else is learned, then statistics.</summary>
    private static IEnumerable<PlacedTensor> Place(Layer[] layers)
    {
        static int Part(TensorRole role) => role switch { TensorRole.Weight => 0, TensorRole.Statistic => 2, _ => 1 };
        var tensors = layers.SelectMany((layer, l) => layer.Tensors.Select(tensor => (Layer: l, Tensor: tensor)));
        var offset = 0;
        foreach (var (layer, tensor) in tensors.OrderBy(tensor => Part(tensor.Tensor.Role)))
        {
            yield return new PlacedTensor(layer, tensor, offset);
            offset += (int)tensor.Count;
        }
    }

    private static void CheckLayers(Layer[] layers)
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

    private static string Describe(Layer[] layers) => Array.TrueForAll(layers, layer => layer is DenseLayer)
        ? string.Join('-', layers.Select(layer => layer.Outputs).Prepend(layers[0].Inputs))
        : $"{layers[0].Input}: {LayerKinds.WriteList(layers.Select(layer => layer.Words))}";
}
