using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>
/// Pooling: a <see cref="Window"/> moves over each channel of each image and becomes one element at each place. On the way back each element
/// of the image gathers from all windows that it lies under, in the order of their places, so overlapping windows need no atomics. A global
/// average is the average under a window as large as the image.
/// </summary>
public static partial class Pooling
{
    private static readonly ActivationKernels _forward = new(PoolingForwardKernel<MaxPooling>);

    private static readonly ActivationKernels _backward = new(PoolingBackwardKernel<MaxPooling>);

    /// <summary>
    /// One index an element of y: x is (images, image length), sizes see <see cref="WindowSizes"/>, y and, where the rule keeps it, chosen
    /// (images, pixels * channels).
    /// </summary>
    public static void PoolingForwardKernel<TRule>(Index1D i, ArrayView<float> x, ArrayView<int> sizes, ArrayView<float> y, ArrayView<float> chosen)
        where TRule : struct, IPoolingRule
    {
        if (i >= y.IntLength)
        {
            return;
        }

        var s = WindowSizes.Of(sizes);
        var pixel = Divisor.Quotient(s.Channels, i);
        var channel = i - (pixel * s.Channels.Value);
        var line = Divisor.Quotient(s.OutputWidth, pixel);
        var image = Divisor.Quotient(s.OutputHeight, line);
        var top = ((line - (image * s.OutputHeight.Value)) * s.StrideHeight.Value) - s.PaddingHeight;
        var left = ((pixel - (line * s.OutputWidth.Value)) * s.StrideWidth.Value) - s.PaddingWidth;
        var firstRow = KernelMath.Max(-top, 0);
        var firstColumn = KernelMath.Max(-left, 0);
        var endRow = KernelMath.Min(s.KernelHeight.Value, s.Height.Value - top);
        var endColumn = KernelMath.Min(s.KernelWidth.Value, s.Width.Value - left);
        var state = TRule.Start<SimdScalar, float>((firstRow * s.KernelWidth.Value) + firstColumn);
        for (var row = firstRow; row < endRow; row++)
        {
            for (var column = firstColumn; column < endColumn; column++)
            {
                var at = (((((image * s.Height.Value) + top + row) * s.Width.Value) + left + column) * s.Channels.Value) + channel;
                state = TRule.Next<SimdScalar, float>(state, x[at], (row * s.KernelWidth.Value) + column);
            }
        }

        y[i] = TRule.Finish<SimdScalar, float>(state.Value, 1f / (s.KernelHeight.Value * s.KernelWidth.Value));
        if (TRule.KeepsChosen)
        {
            chosen[i] = state.Chosen;
        }
    }

    /// <summary>
    /// One index an element of dx: dy and, where the rule keeps it, chosen are (images, pixels * channels), sizes see <see cref="WindowSizes"/>,
    /// dx (images, image length).
    /// </summary>
    public static void PoolingBackwardKernel<TRule>(Index1D i, ArrayView<float> dy, ArrayView<float> chosen, ArrayView<int> sizes, ArrayView<float> dx)
        where TRule : struct, IPoolingRule
    {
        if (i >= dx.IntLength)
        {
            return;
        }

        var s = WindowSizes.Of(sizes);
        var pixel = ReachedPixel.Of(s, i);
        var sum = 0f;
        for (var row = pixel.FirstRow; row <= pixel.LastRow; row++)
        {
            for (var column = pixel.FirstColumn; column <= pixel.LastColumn; column++)
            {
                var at = (ReachedPixel.Place(s, pixel, row, column) * s.Channels.Value) + pixel.Channel;
                sum += TRule.Share<SimdScalar, float>(dy[at], TRule.KeepsChosen ? chosen[at] : 0f, ReachedPixel.Under(s, pixel, row, column));
            }
        }

        dx[i] = TRule.Finish<SimdScalar, float>(sum, 1f / (s.KernelHeight.Value * s.KernelWidth.Value));
    }

    /// <summary>Prepares y = pool(x).</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="kind">Which pooling.</param>
    /// <param name="window">Its window, with padding of at most half its size.</param>
    /// <param name="x">(m, image length).</param>
    /// <param name="m">Images.</param>
    /// <param name="y">(m, pixels * channels).</param>
    /// <param name="chosen">As <paramref name="y"/>, written where the kind <see cref="KeepsChosen"/>: where in its window each element came from.</param>
    public static Launch PrepareForward(ComputeAccelerator accelerator, PoolingKind kind, Window window, DeviceView<float> x, int m,
        DeviceView<float> y, DeviceView<float>? chosen)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        var kept = RequireShapes("pooling-forward", kind, window, x, m, y, chosen);
        return accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new Twin(kind, window, m, x, y, kept, IsForward: true))
            : accelerator.Prepare(_forward.Of(RuleOf(kind)), LaunchShape.Linear(y.Length), x, WindowSizes.Keep(accelerator, window), y, kept);
    }

    /// <summary>Prepares the gradient by x.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="kind">Which pooling.</param>
    /// <param name="window">Its window.</param>
    /// <param name="dy">(m, pixels * channels), the gradient by y.</param>
    /// <param name="chosen">What the way there wrote, where the kind <see cref="KeepsChosen"/>.</param>
    /// <param name="m">Images.</param>
    /// <param name="dx">(m, image length).</param>
    public static Launch PrepareBackward(ComputeAccelerator accelerator, PoolingKind kind, Window window, DeviceView<float> dy,
        DeviceView<float>? chosen, int m, DeviceView<float> dx)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        var kept = RequireShapes("pooling-backward", kind, window, dx, m, dy, chosen);
        return accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new Twin(kind, window, m, dx, dy, kept, IsForward: false))
            : accelerator.Prepare(_backward.Of(RuleOf(kind)), LaunchShape.Linear(dx.Length), dy, kept, WindowSizes.Keep(accelerator, window), dx);
    }

    /// <summary>Whether a step keeps, beside the outputs, where each of them came from.</summary>
    public static bool KeepsChosen(PoolingKind kind) => kind == PoolingKind.Max;

    /// <summary>The first place from which the window reaches a pixel.</summary>
    private static int FirstPlace(int pixel, int kernel, int stride) => pixel < kernel ? 0 : (pixel - kernel + stride) / stride;

    private static Type RuleOf(PoolingKind kind) => kind == PoolingKind.Max ? typeof(MaxPooling) : typeof(AveragePooling);

    private static DeviceView<float> RequireShapes(string operation, PoolingKind kind, Window window, DeviceView<float> image, int m,
        DeviceView<float> pooled, DeviceView<float>? chosen)
    {
        ArgumentNullException.ThrowIfNull(window);
        if (2 * window.Padding.Height > window.Kernel.Height || 2 * window.Padding.Width > window.Kernel.Width)
        {
            throw new ArgumentException($"{operation}: padding of at most half the window, {window.Kernel}, was expected, it is {window.Padding}.", nameof(window));
        }

        Require.Matrix(image, m, window.ImageLength, operation);
        Require.Matrix(pooled, m, window.Pixels * window.Channels, operation);
        if (!KeepsChosen(kind))
        {
            return pooled;
        }

        var kept = chosen ?? throw new ArgumentException($"{operation}: room for the places of the largest elements was expected, there is none.", nameof(chosen));
        Require.Matrix(kept, m, window.Pixels * window.Channels, operation, nameof(chosen));
        return kept;
    }
}
