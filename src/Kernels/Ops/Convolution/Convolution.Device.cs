using Gpu.Kernels.Devices;

namespace Gpu.Kernels.Ops;

// On devices without tiles patches are written out, some images at a time, and the products are those of dense layers; so are the gradients by the
// inputs everywhere.
public static unsafe partial class Convolution
{
    private static Launch DeviceForward(ComputeAccelerator accelerator, string? variant, ConvolutionShape shape, DeviceView<float> x,
        DeviceView<float> w, DeviceView<float>? bias, Activation activation, int images, DeviceView<float> y, DeviceView<float>? sums, int patches)
    {
        var (first, target) = sums is { } kept ? (Activation.Identity, kept) : (activation, y);
        if (TiledForward(accelerator, variant, shape, x, w, bias, first, images, target) is { } product)
        {
            return sums is null ? product : accelerator.Sequence(ForwardName, [product, Activations.PrepareForward(accelerator, activation, target, y)]);
        }

        return PatchForward(accelerator, new(accelerator, shape, DevicePatches.Cut(shape, images, patches)), shape, x, w, bias, activation, y, sums);
    }

    private static Launch PatchForward(ComputeAccelerator accelerator, DevicePatches patches, ConvolutionShape shape, DeviceView<float> x,
        DeviceView<float> w, DeviceView<float>? bias, Activation activation, DeviceView<float> y, DeviceView<float>? sums)
    {
        var launches = new List<Launch>();
        foreach (var (first, count) in patches.Chunks)
        {
            launches.AddRange(patches.Copy(x, first, count));
            launches.Add(MatMul.PrepareForward(accelerator, patches.Of(x, first, count), w, bias, activation, count * shape.Pixels, shape.PatchLength,
                shape.Filters, Outputs(shape, y, first, count), sums: sums is { } s ? Outputs(shape, s, first, count) : null));
        }

        return launches.Count == 1 ? launches[0] : accelerator.Sequence(ForwardName, launches);
    }

    /// <summary>Each chunk of the images makes a dw and a db of its own, which are added where there are several.</summary>
    private static Launch PatchGradient(ComputeAccelerator accelerator, ConvolutionShape shape, DeviceView<float> x, DeviceView<float> dy,
        int images, DeviceView<float> dw, DeviceView<float>? db)
    {
        var patches = new DevicePatches(accelerator, shape, DevicePatches.CutForGradient(accelerator, shape, images));
        var chunks = patches.Chunks;
        var parts = chunks.Count == 1 ? dw : accelerator.Keep(accelerator.Allocate<float>(chunks.Count * shape.WeightLength)).View;
        var biasParts = chunks.Count == 1 || db is null ? db : accelerator.Keep(accelerator.Allocate<float>(chunks.Count * shape.Filters)).View;
        var launches = new List<Launch>();
        foreach (var (index, (first, count)) in chunks.Index())
        {
            launches.AddRange(patches.Copy(x, first, count));
            var (rows, from) = (count * shape.Pixels, patches.Of(x, first, count));
            var (gradient, target) = (Outputs(shape, dy, first, count), parts.Slice(index * shape.WeightLength, shape.WeightLength));
            launches.Add(biasParts is { } b
                ? MatMul.PrepareLayerGradient(
                    accelerator, from, gradient, rows, shape.PatchLength, shape.Filters, target, b.Slice(index * shape.Filters, shape.Filters))
                : MatMul.PrepareWeightGradient(accelerator, from, gradient, rows, shape.PatchLength, shape.Filters, target));
        }

        if (chunks.Count > 1)
        {
            launches.Add(ColumnSum.Prepare(accelerator, parts, chunks.Count, shape.WeightLength, dw));
            if (db is { } sums)
            {
                launches.Add(ColumnSum.Prepare(accelerator, biasParts!.Value, chunks.Count, shape.Filters, sums));
            }
        }

        return launches.Count == 1 ? launches[0] : accelerator.Sequence(GradientName, launches);
    }

    /// <summary>dy w^T, chunk by chunk, and then its rows added where their windows lie.</summary>
    private static Launch DeviceInputGradient(ComputeAccelerator accelerator, ConvolutionShape shape, DeviceView<float> dy, DeviceView<float> w,
        DeviceView<float>? kept, Activation activation, IReadOnlyList<(int First, int Count)> chunks, DeviceView<float> dx)
    {
        var patches = accelerator.Keep(accelerator.Allocate<float>(chunks[0].Count * shape.Pixels * shape.PatchLength));
        var sizes = WindowSizes.Keep(accelerator, shape);
        var launches = new List<Launch>();
        foreach (var (first, count) in chunks)
        {
            var rows = count * shape.Pixels;
            var target = new DeviceView<float>(patches, 0, rows * shape.PatchLength);
            var to = dx.Slice(first * shape.ImageLength, count * shape.ImageLength);
            launches.Add(MatMul.PrepareInputGradient(
                accelerator, Outputs(shape, dy, first, count), w, null, Activation.Identity, rows, shape.PatchLength, shape.Filters, target));
            launches.Add(accelerator.Prepare(PatchSumKernel, LaunchShape.Linear(to.Length), target, sizes, to.Length, to));
        }

        if (kept is { } k)
        {
            launches.Add(Activations.PrepareBackward(accelerator, activation, k, dx, dx));
        }

        return accelerator.Sequence(InputGradientName, launches);
    }

    private static DeviceView<float> Outputs(ConvolutionShape shape, DeviceView<float> all, int first, int count) =>
        all.Slice(first * shape.OutputLength, count * shape.OutputLength);
}
