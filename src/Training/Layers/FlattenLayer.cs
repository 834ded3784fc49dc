using Gpu.Kernels.Devices;
using Gpu.Training.Export;

namespace Gpu.Training.Layers;

/// <summary>
/// The row of a picture's numbers, <c>flatten</c>. Its numbers lie so already, pixel by pixel, so nothing is done; a dense layer takes a picture
/// as it is, too.
/// </summary>
/// <param name="Input">What goes in.</param>
public sealed record FlattenLayer(SampleSize Input) : Layer
{
    /// <summary>How recipes name it.</summary>
    internal static LayerKind Kind { get; } = new("flatten", "flatten", _ => input => new FlattenLayer(input));

    /// <inheritdoc/>
    public override SampleSize Input { get; } = Input;

    /// <inheritdoc/>
    public override SampleSize Output => SampleSize.Of(Input.Count);

    /// <inheritdoc/>
    public override string Words => Kind.Word;

    /// <inheritdoc/>
    public override LayerMemory Memory(ComputeAccelerator? accelerator, int rows) => default;

    /// <inheritdoc/>
    internal override LayerWork Begin(LayerPlace place) => new HandingOn(place);

    /// <inheritdoc/>
    internal override double[] Reference(double[] x, IReadOnlyList<double[]> tensors, ReferencePlace place) => x;

    /// <inheritdoc/>
    internal override OnnxValue Export(OnnxPlace place) => new(place.X(Output), Output);
}
