using Gpu.Kernels.Ops;
using Gpu.Training.Layers;
using Onnx;

namespace Gpu.Training.Export;

/// <summary>What a layer gives in a graph of ONNX.</summary>
/// <param name="Name">The value's name.</param>
/// <param name="Size">How a sample's numbers lie: batch x height x width x channels for a picture, batch x numbers for others.</param>
internal readonly record struct OnnxValue(string Name, SampleSize Size);

/// <summary>A tensor of a layer.</summary>
/// <param name="Name">Its name in files.</param>
/// <param name="Sizes">Its sizes, the fastest last.</param>
/// <param name="Values">Its numbers.</param>
internal readonly record struct OnnxTensor(string Name, IReadOnlyList<int> Sizes, ReadOnlyMemory<float> Values);

/// <summary>Where a layer writes its nodes: the graph, what lies below it, and its tensors.</summary>
/// <param name="Graph">The graph.</param>
/// <param name="Below">What the layer below gives.</param>
/// <param name="Tensors">Its tensors.</param>
internal sealed record OnnxPlace(OnnxGraph Graph, OnnxValue Below, IReadOnlyList<OnnxTensor> Tensors)
{
    /// <summary>What lies below, as a layer of a size takes it.</summary>
    internal string X(SampleSize size) => size == Below.Size ? Below.Name : Shaped(Below.Name, size);

    /// <summary>A picture from below with its channels first, as the operations of ONNX take it; here they are last.</summary>
    internal string ChannelsFirst(SampleSize size) => size.IsFlat
        ? Graph.Reshape(X(size), -1, size.Channels, 1, 1) : Graph.Node("Transpose", [X(size)], OnnxGraph.Attribute("perm", 0, 3, 1, 2));

    /// <summary>What such an operation gives, as the layers above take it.</summary>
    internal OnnxValue ChannelsLast(string value, SampleSize size) =>
        new(size.IsFlat ? Shaped(value, size) : Graph.Node("Transpose", [value], OnnxGraph.Attribute("perm", 0, 2, 3, 1)), size);

    /// <summary>Numbers in the shape of samples of a size.</summary>
    internal string Shaped(string value, SampleSize size) =>
        size.IsFlat ? Graph.Reshape(value, -1, size.Channels) : Graph.Reshape(value, -1, size.Height, size.Width, size.Channels);

    /// <summary>A tensor as it is.</summary>
    internal string Tensor(int index)
    {
        var tensor = Tensors[index];
        return Graph.Tensor(tensor.Name, tensor.Values.Span, tensor.Sizes.Select(size => (long)size));
    }

    /// <summary>The kernel of a convolution, rows x columns x channels x filters, in the order of ONNX: filters x channels x rows x columns.</summary>
    internal string Kernel(int index)
    {
        var tensor = Tensors[index];
        var sizes = tensor.Sizes;
        var from = tensor.Values.Span;
        var (window, channels, filters) = (sizes[0] * sizes[1], sizes[2], sizes[3]);
        var to = new float[from.Length];
        for (var i = 0; i < from.Length; i++)
        {
            var (filter, channel, pixel) = (i % filters, i / filters % channels, i / filters / channels);
            to[(((filter * channels) + channel) * window) + pixel] = from[i];
        }

        return Graph.Tensor(tensor.Name, to, filters, channels, sizes[0], sizes[1]);
    }

    /// <summary>A node whose window moves over a picture; what it gives has its channels first.</summary>
    internal string Moving(string operation, Window window, SampleSize input, IEnumerable<string> tensors, params IEnumerable<AttributeProto> more) => Graph.Node(
        operation, [ChannelsFirst(input), .. tensors],
        [
            OnnxGraph.Attribute("kernel_shape", window.Kernel.Height, window.Kernel.Width),
            OnnxGraph.Attribute("strides", window.Stride.Height, window.Stride.Width),
            OnnxGraph.Attribute("pads", window.Padding.Height, window.Padding.Width, window.Padding.Height, window.Padding.Width),
            .. more,
        ]);
}
