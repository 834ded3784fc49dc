using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;

namespace Gpu.Training.Layers;

/// <summary>
/// Max pooling, <c>max-pool 2</c> or <c>max-pool 3 stride 2 padding 1</c>: the largest number under each place of the window, channel by channel. The window moves by its own size unless a stride is given; its gradient goes to the first of the largest, as in PyTorch.
/// </summary>
/// <param name="Window">The window and the picture that it moves over.</param>
public sealed record MaxPoolLayer(Window Window) : Layer
{
    /// <summary>How recipes name it.</summary>
    internal static LayerKind Kind { get; } = new("max-pool", "max-pool 2", Read);

    /// <inheritdoc/>
    public override SampleSize Input => Windows.Input(Window);

    /// <inheritdoc/>
    public override SampleSize Output => new(Window.Output.Height, Window.Output.Width, Window.Channels);

    /// <inheritdoc/>
    public override string Words =>
        $"{Kind.Word} {Windows.Text(Window.Kernel)}{Windows.Text("stride", Window.Stride, Window.Kernel)}{Windows.Text("padding", Window.Padding, default)}";

    /// <inheritdoc/>
    public override LayerMemory Memory(ComputeAccelerator? accelerator, int rows) => PoolingWork.Memory(PoolingKind.Max, this, rows);

    /// <inheritdoc/>
    internal override LayerWork Begin(LayerPlace place) => new PoolingWork(this, PoolingKind.Max, Window, place);

    /// <inheritdoc/>
    internal override double[] Reference(double[] x, IReadOnlyList<double[]> tensors, ReferencePlace place) =>
        Reference64.MaxPooling(Window, x, place.Rows).Y.Values;

    private static Func<SampleSize, Layer> Read(LayerWords words)
    {
        var sizes = words.Sizes("the size of the window", least: 1, most: 2);
        var kernel = new Extent(sizes[0], sizes[^1]);
        var stride = words.Pair("stride", leastSize: 1) is { } asked ? Windows.Extent(asked) : kernel;
        var padding = words.Pair("padding", leastSize: 0) is { } more ? Windows.Extent(more) : default;
        return input => Windows.Fit(words.Text, input, () => new MaxPoolLayer(new Window(input.Channels, Windows.Pixels(input), kernel, stride, padding)));
    }
}
