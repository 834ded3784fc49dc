using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Export;

namespace Gpu.Training.Layers;

/// <summary>
/// Average pooling, <c>avg-pool 2</c>: the mean of the numbers under each place of the window, channel by channel; padding counts
/// as zeros, as in PyTorch. The window moves by its own size unless a stride is given.
/// </summary>
/// <param name="Window">The window and the picture that it moves over.</param>
public sealed record AveragePoolLayer(Window Window) : Layer
{
    /// <summary>How recipes name it.</summary>
    internal static LayerKind Kind { get; } = new("avg-pool", "avg-pool 2", words => Windows.ReadPooling(words, window => new AveragePoolLayer(window)));

    /// <inheritdoc/>
    public override SampleSize Input => Windows.Input(Window);

    /// <inheritdoc/>
    public override SampleSize Output => new(Window.Output.Height, Window.Output.Width, Window.Channels);

    /// <inheritdoc/>
    public override string Words => Windows.PoolingWords(Kind, Window);

    /// <inheritdoc/>
    public override LayerMemory Memory(ComputeAccelerator? accelerator, int rows) => PoolingWork.Memory(PoolingKind.Average, this, rows);

    /// <inheritdoc/>
    internal override LayerWork Begin(LayerPlace place) => new PoolingWork(this, PoolingKind.Average, Window, place);

    /// <inheritdoc/>
    internal override double[] Reference(double[] x, IReadOnlyList<double[]> tensors, ReferencePlace place) =>
        Reference64.AveragePooling(Window, x, place.Rows).Values;

    /// <inheritdoc/>
    internal override OnnxValue Export(OnnxPlace place) =>
        place.ChannelsLast(place.Moving("AveragePool", Window, Input, [], OnnxGraph.Attribute("count_include_pad", 1)), Output);
}
