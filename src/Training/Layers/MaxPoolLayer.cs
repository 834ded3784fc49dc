using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Export;

namespace Gpu.Training.Layers;

/// <summary>
/// Max pooling, <c>max-pool 2</c> or <c>max-pool 3 stride 2 padding 1</c>: the largest number under each place of the window,
/// channel by channel. The window moves by its own size unless a stride is given; its gradient goes to the first of the largest, as in PyTorch.
/// </summary>
/// <param name="Window">The window and the picture that it moves over.</param>
public sealed record MaxPoolLayer(Window Window) : Layer
{
    /// <summary>How recipes name it.</summary>
    internal static LayerKind Kind { get; } = new("max-pool", "max-pool 2", words => Windows.ReadPooling(words, window => new MaxPoolLayer(window)));

    /// <inheritdoc/>
    public override SampleSize Input => Windows.Input(Window);

    /// <inheritdoc/>
    public override SampleSize Output => new(Window.Output.Height, Window.Output.Width, Window.Channels);

    /// <inheritdoc/>
    public override string Words => Windows.PoolingWords(Kind, Window);

    /// <inheritdoc/>
    public override LayerMemory Memory(ComputeAccelerator? accelerator, int rows) => PoolingWork.Memory(PoolingKind.Max, this, rows);

    /// <inheritdoc/>
    internal override LayerWork Begin(LayerPlace place) => new PoolingWork(this, PoolingKind.Max, Window, place);

    /// <inheritdoc/>
    internal override double[] Reference(double[] x, IReadOnlyList<double[]> tensors, ReferencePlace place) =>
        Reference64.MaxPooling(Window, x, place.Rows).Y.Values;

    /// <inheritdoc/>
    internal override OnnxValue Export(OnnxPlace place) => place.ChannelsLast(place.Moving("MaxPool", Window, Input, []), Output);
}
