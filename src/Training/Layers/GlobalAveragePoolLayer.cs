using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Export;

namespace Gpu.Training.Layers;

/// <summary>Global average pooling, <c>global-avg-pool</c>: the mean of each channel over the whole picture. Lin, Chen and Yan, "Network in network" (2013).</summary>
/// <param name="Input">What goes in.</param>
public sealed record GlobalAveragePoolLayer(SampleSize Input) : Layer
{
    /// <summary>How recipes name it.</summary>
    internal static LayerKind Kind { get; } = new("global-avg-pool", "global-avg-pool", _ => input => new GlobalAveragePoolLayer(input));

    /// <inheritdoc/>
    public override SampleSize Input { get; } = Input;

    /// <inheritdoc/>
    public override SampleSize Output => SampleSize.Of(Input.Channels);

    /// <inheritdoc/>
    public override string Words => Kind.Word;

    /// <summary>The window, which is as large as the picture.</summary>
    public Window Window => new(Input.Channels, Windows.Pixels(Input), Windows.Pixels(Input), Windows.Pixels(Input), default);

    /// <inheritdoc/>
    public override LayerMemory Memory(ComputeAccelerator? accelerator, int rows) => PoolingWork.Memory(PoolingKind.Average, this, rows);

    /// <inheritdoc/>
    internal override LayerWork Begin(LayerPlace place) => new PoolingWork(this, PoolingKind.Average, Window, place);

    /// <inheritdoc/>
    internal override double[] Reference(double[] x, IReadOnlyList<double[]> tensors, ReferencePlace place) =>
        Reference64.AveragePooling(Window, x, place.Rows).Values;

    /// <inheritdoc/>
    internal override OnnxValue Export(OnnxPlace place) =>
        place.ChannelsLast(place.Graph.Node("GlobalAveragePool", [place.ChannelsFirst(Input)]), Output);
}
