using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Export;
using DataType = Onnx.TensorProto.Types.DataType;

namespace Gpu.Training.Layers;

/// <summary>
/// Learned vectors for values, <c>embed 8 57 120</c>: the last two inputs hold the numbers of values, from 1 to 57 and from 1 to 120, and each becomes 8
/// numbers that are learned for its value; the inputs before them go through. Other numbers become zeros, as for values that were never seen. It is a
/// dense layer behind one-hot inputs; see <see cref="Embedding"/>. At first a vector is about as long as a one-hot input, whatever its width.
/// </summary>
/// <param name="Input">What goes in.</param>
/// <param name="Width">Numbers of a vector.</param>
/// <param name="Values">How many values each of the last inputs has.</param>
public sealed record EmbeddingLayer(SampleSize Input, int Width, IReadOnlyList<int> Values) : Layer
{
    /// <summary>How recipes name it.</summary>
    internal static LayerKind Kind { get; } = new("embed", "embed 8 57", words =>
    {
        var (width, values) = (words.Count("the width of the vectors"), words.Counts("how many values the last inputs have"));
        return values.Sum(count => (long)count) * width <= Array.MaxLength
            ? input => new EmbeddingLayer(values.Count <= input.Count ? input : throw words.Refusal($"there are {values.Count} inputs with values, but {input} goes in"), width, values)
            : throw words.Refusal($"all vectors together have more than {Array.MaxLength:N0} numbers");
    });

    /// <inheritdoc/>
    public override SampleSize Input { get; } = SampleSize.Of(Input.Count);

    /// <inheritdoc/>
    public override SampleSize Output => SampleSize.Of(Inputs - Values.Count + (Values.Count * Width));

    /// <inheritdoc/>
    public override string Words => $"{Kind.Word} {Width} {string.Join(' ', Values)}";

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterTensor> Tensors => [new("weight", TensorRole.Weight, Values.Sum(), Width) { FanIn = Width, FanOut = Width }];

    /// <summary>The row of the table at which the vectors of each input begin, and behind them where the last end.</summary>
    private IEnumerable<int> Firsts => Enumerable.Range(0, Values.Count + 1).Select(input => Values.Take(input).Sum());

    /// <inheritdoc/>
    public override LayerMemory Memory(ComputeAccelerator? accelerator, int rows) => new() { Outputs = (long)rows * Outputs, Kept = Values.Count + 1 };

    /// <inheritdoc/>
    public bool Equals(EmbeddingLayer? other) => other is not null && Input == other.Input && Words == other.Words;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Input, Words);

    /// <inheritdoc/>
    internal override LayerWork Begin(LayerPlace place) => new Work(this, place);

    /// <inheritdoc/>
    internal override double[] Reference(double[] x, IReadOnlyList<double[]> tensors, ReferencePlace place) =>
        Reference64.Embedding(x, tensors[0], Values, place.Rows, Width);

    /// <inheritdoc/>
    internal override OnnxValue Export(OnnxPlace place)
    {
        var (graph, row, plain) = (place.Graph, place.X(Input), Inputs - Values.Count);
        string Columns(long first, long end) => graph.Node("Slice", [row, graph.Integers(first), graph.Integers(end), graph.Integers(1)]);
        var numbers = Columns(plain, Inputs);
        var isValue = graph.Node("And", [graph.Node("GreaterOrEqual", [numbers, graph.Number(1)]), graph.Node("Less", [numbers, graph.Floats([.. Values.Select(count => count + 1f)])])]);

        // Whole numbers before anything is added, so that none is rounded; of what is no value a row is taken, too, and then made 0.
        var known = graph.Cast(graph.Node("Where", [isValue, numbers, graph.Number(1)]), DataType.Int64);
        var vectors = graph.Node("Gather", [place.Tensor(0), graph.Node("Add", [known, graph.Integers([.. Firsts.Take(Values.Count).Select(first => first - 1L)])])]);
        var shown = graph.Node("Mul", [vectors, graph.Reshape(graph.Cast(isValue, DataType.Float), -1, Values.Count, 1)]);
        var all = graph.Reshape(shown, -1, Values.Count * Width);
        return new OnnxValue(plain == 0 ? all : graph.Node("Concat", [Columns(0, plain), all], OnnxGraph.Attribute("axis", 1)), Output);
    }

    private sealed class Work : LayerWork
    {
        private readonly int _width;
        private readonly DeviceView<int> _firsts;

        internal Work(EmbeddingLayer layer, LayerPlace place) : base(place)
        {
            _width = layer.Width;
            Above = CreateAbove(layer);
            var firsts = Own(place.Accelerator.Allocate<int>(layer.Values.Count + 1));
            firsts.CopyFrom([.. layer.Firsts]);
            _firsts = firsts;
        }

        internal override LayerFlow Above { get; }

        internal override IEnumerable<Launch> Forward() =>
            [Embedding.PrepareForward(Place.Accelerator, Place.Below.Output, Place.Tensors[0], _firsts, Place.Rows, _width, Above.Output)];

        internal override IEnumerable<Launch> InputGradient() =>
        [
            Embedding.PrepareBackward(Place.Accelerator, Above.Gradient!.Value, _firsts, Place.Rows, _width, Place.Below.Gradient!.Value),
            .. ThroughActivationBelow(),
        ];

        internal override IEnumerable<Launch> ParameterGradient(IReadOnlyList<DeviceView<float>> gradients) =>
            [Embedding.PrepareTableGradient(Place.Accelerator, Place.Below.Output, Above.Gradient!.Value, _firsts, Place.Rows, _width, gradients[0])];
    }
}
