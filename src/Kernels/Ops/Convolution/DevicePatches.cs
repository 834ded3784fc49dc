using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// Room on a device for the patches of some images, (images * places, patch length), and the launches that fill it. Where a window is one pixel
/// that goes over all of the image, the image itself is what they would hold.
/// </summary>
internal sealed class DevicePatches
{
    private readonly ComputeAccelerator _accelerator;
    private readonly ConvolutionShape _shape;
    private readonly DeviceView<float>? _room;
    private readonly DeviceView<int> _sizes;

    internal DevicePatches(ComputeAccelerator accelerator, ConvolutionShape shape, IReadOnlyList<(int First, int Count)> chunks)
    {
        (_accelerator, _shape, Chunks) = (accelerator, shape, chunks);
        if (!AreImages(shape))
        {
            _room = accelerator.Keep(accelerator.Allocate<float>(checked((int)Floats(shape, chunks)))).View;
            _sizes = WindowSizes.Keep(accelerator, shape);
        }
    }

    /// <summary>The images that are worked on at a time: the first, and how many.</summary>
    internal IReadOnlyList<(int First, int Count)> Chunks { get; }

    /// <summary>Bytes of the room.</summary>
    internal static long Bytes(ConvolutionShape shape, IReadOnlyList<(int First, int Count)> chunks) =>
        AreImages(shape) ? 0 : sizeof(float) * Floats(shape, chunks);

    /// <summary>
    /// How images are cut for the gradient of the weights. The simulator cuts them as the processor's own kernels do, so that both have the same
    /// bits; real devices take as many as fit.
    /// </summary>
    internal static IReadOnlyList<(int First, int Count)> CutForGradient(ComputeAccelerator accelerator, ConvolutionShape shape, int images)
    {
        var parts = CpuRows.Parts(images);
        return !accelerator.IsHost ? Cut(shape, images) : [.. Enumerable.Range(0, parts).Select(part =>
        {
            var (first, end) = CpuLaunch.RowRange(images, parts, part);
            return (first, end - first);
        })];
    }

    /// <summary>How images are cut so that the patches of each chunk fit.</summary>
    /// <exception cref="ArgumentException">The patches of one image are too many for a device.</exception>
    internal static IReadOnlyList<(int First, int Count)> Cut(
        ConvolutionShape shape, int images, int patches = Convolution.DefaultPatches)
    {
        var ofImage = (long)shape.Pixels * shape.PatchLength;
        if (ofImage > int.MaxValue)
        {
            throw new ArgumentException(
                $"convolution: the patches of an image must have at most {int.MaxValue:N0} elements, those of {shape} have {ofImage:N0}.", nameof(shape));
        }

        var atOnce = (int)Math.Clamp(patches / ofImage, 1, images);
        return [.. Enumerable.Range(0, (images + atOnce - 1) / atOnce).Select(chunk => (chunk * atOnce, Math.Min(atOnce, images - (chunk * atOnce))))];
    }

    /// <summary>What fills the room with the patches of a chunk of x.</summary>
    internal IEnumerable<Launch> Copy(DeviceView<float> x, int first, int count)
    {
        if (_room is not null)
        {
            var patches = Of(x, first, count);
            yield return _accelerator.Prepare(Convolution.PatchCopyKernel, LaunchShape.Linear(patches.Length), Images(x, first, count), _sizes, patches.Length, patches);
        }
    }

    /// <summary>The patches of a chunk of x, once they are copied.</summary>
    internal DeviceView<float> Of(DeviceView<float> x, int first, int count) =>
        _room is { } room ? room.Slice(0, count * _shape.Pixels * _shape.PatchLength) : Images(x, first, count);

    private static long Floats(ConvolutionShape shape, IReadOnlyList<(int First, int Count)> chunks) =>
        (long)chunks.Max(chunk => chunk.Count) * shape.Pixels * shape.PatchLength;

    /// <summary>Whether patches are the images themselves.</summary>
    internal static bool AreImages(ConvolutionShape shape) =>
        (shape.Kernel.Height, shape.Kernel.Width) == (1, 1) && shape.Pixels == shape.Image.Height * shape.Image.Width
        && (shape.Padding.Height, shape.Padding.Width) == (0, 0);

    private DeviceView<float> Images(DeviceView<float> x, int first, int count) => x.Slice(first * _shape.ImageLength, count * _shape.ImageLength);
}
