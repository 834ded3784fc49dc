using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

public static partial class BatchNorm
{
    /// <summary>
    /// One index a channel of a chunk: x is (rows, channels), partials (chunks, 2, channels) with each chunk's sum, and the sum of the squares of the
    /// distances from its mean.
    /// </summary>
    public static void BatchNormMomentsKernel(Index1D i, ArrayView<float> x, int rows, int channels, int chunkRows, ArrayView<float> partials)
    {
        if (i >= partials.IntLength / 2)
        {
            return;
        }

        var chunk = i / channels;
        var end = KernelMath.Min((chunk + 1) * chunkRows, rows);
        var channel = i % channels;
        var sum = 0f;
        for (var row = chunk * chunkRows; row < end; row++)
        {
            sum += x[(row * channels) + channel];
        }

        var mean = sum / (end - (chunk * chunkRows));
        var squares = 0f;
        for (var row = chunk * chunkRows; row < end; row++)
        {
            var distance = x[(row * channels) + channel] - mean;
            squares = KernelMath.Fma(distance, distance, squares);
        }

        partials[(chunk * 2 * channels) + channel] = sum;
        partials[(((chunk * 2) + 1) * channels) + channel] = squares;
    }

    /// <summary>
    /// One index a channel: statistics is (2, channels), the mean and 1 / sqrt(variance + epsilon); running mean and variance, (channels) each, move
    /// towards the batch's, where these are finite.
    /// </summary>
    public static void BatchNormMergeKernel(Index1D channel, ArrayView<float> partials, int rows, int channels, int chunkRows, ArrayView<float> statistics,
        ArrayView<float> runningMean, ArrayView<float> runningVariance)
    {
        if (channel >= channels)
        {
            return;
        }

        var sum = 0f;
        for (var at = channel.X; at < partials.IntLength; at += 2 * channels)
        {
            sum += partials[at];
        }

        var mean = sum / rows;
        var squares = 0f;
        var left = rows;
        for (var at = channel.X; at < partials.IntLength; at += 2 * channels)
        {
            var count = (float)KernelMath.Min(chunkRows, left);
            squares = AddSquares(squares, partials[at], partials[at + channels], mean, count);
            left -= chunkRows;
        }

        statistics[channel] = mean;
        statistics[channels + channel] = Inverse(squares / rows);
        if (KernelMath.IsFinite(mean) && KernelMath.IsFinite(squares))
        {
            runningMean[channel] = Moved(runningMean[channel], mean);
            runningVariance[channel] = rows == 1 ? runningVariance[channel] : Moved(runningVariance[channel], squares / (rows - 1));
        }
    }

    /// <summary>One index a channel: statistics, (2, channels), from running mean and variance, (channels) each.</summary>
    public static void BatchNormRunningKernel(Index1D channel, ArrayView<float> runningMean, ArrayView<float> runningVariance, int channels,
        ArrayView<float> statistics)
    {
        if (channel >= channels)
        {
            return;
        }

        statistics[channel] = runningMean[channel];
        statistics[channels + channel] = Inverse(runningVariance[channel]);
    }

    /// <summary>One index an element: x and y are (rows, channels), statistics (2, channels), scale and shift (channels).</summary>
    public static void BatchNormApplyKernel(Index1D i, ArrayView<float> x, int count, int channels, ArrayView<float> statistics, ArrayView<float> scale,
        ArrayView<float> shift, ArrayView<float> y)
    {
        if (i >= count)
        {
            return;
        }

        var channel = i % channels;
        y[i] = KernelMath.Fma((x[i] - statistics[channel]) * statistics[channels + channel], scale[channel], shift[channel]);
    }

    /// <summary>
    /// One index a channel of a chunk: x and dy are (rows, channels), partials (chunks, 2, channels) with each chunk's sum of dy, and of dy times the
    /// normalised x.
    /// </summary>
    public static void BatchNormGradientSumsKernel(Index1D i, ArrayView<float> x, ArrayView<float> dy, ArrayView<float> statistics, int rows, int channels,
        int chunkRows, ArrayView<float> partials)
    {
        if (i >= partials.IntLength / 2)
        {
            return;
        }

        var chunk = i / channels;
        var end = KernelMath.Min((chunk + 1) * chunkRows, rows);
        var channel = i % channels;
        var mean = statistics[channel];
        var inverse = statistics[channels + channel];
        var shift = 0f;
        var scale = 0f;
        for (var row = chunk * chunkRows; row < end; row++)
        {
            var at = (row * channels) + channel;
            shift += dy[at];
            scale = KernelMath.Fma(dy[at], (x[at] - mean) * inverse, scale);
        }

        partials[(chunk * 2 * channels) + channel] = shift;
        partials[(((chunk * 2) + 1) * channels) + channel] = scale;
    }

    /// <summary>One index a channel: the sums over all chunks, dShift and dScale are (channels).</summary>
    public static void BatchNormGradientMergeKernel(Index1D channel, ArrayView<float> partials, int channels, ArrayView<float> dScale, ArrayView<float> dShift)
    {
        if (channel >= channels)
        {
            return;
        }

        var shift = 0f;
        var scale = 0f;
        for (var at = channel.X; at < partials.IntLength; at += 2 * channels)
        {
            shift += partials[at];
            scale += partials[at + channels];
        }

        dShift[channel] = shift;
        dScale[channel] = scale;
    }

    /// <summary>One index an element: x, dy and dx are (rows, channels), statistics (2, channels), scale, dScale and dShift (channels).</summary>
    public static void BatchNormBackwardKernel(Index1D i, ArrayView<float> x, ArrayView<float> dy, ArrayView<float> statistics, ArrayView<float> scale,
        ArrayView<float> dScale, ArrayView<float> dShift, int rows, int channels, ArrayView<float> dx)
    {
        if (i >= rows * channels)
        {
            return;
        }

        var channel = i % channels;
        var inverse = statistics[channels + channel];
        dx[i] = Gradient<SimdScalar, float>(dy[i], (x[i] - statistics[channel]) * inverse, scale[channel] * inverse, dScale[channel], dShift[channel], 1f / rows);
    }

    /// <summary>The squares of a chunk join those of the chunks before it, as if all had been taken from the mean of all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float AddSquares(float squares, float sum, float chunkSquares, float mean, float count)
    {
        var distance = (sum / count) - mean;
        return squares + KernelMath.Fma(count * distance, distance, chunkSquares);
    }

    /// <summary>dx = scale / sqrt(variance + epsilon) * (dy - (sum of dy + normalised x * sum of dy times normalised x) / rows).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Gradient<TSimd, TVector>(TVector dy, TVector normalised, TVector factor, TVector dScale, TVector dShift, float part)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var drift = TSimd.Multiply(TSimd.Fma(normalised, dScale, dShift), TSimd.Broadcast(part));
        return TSimd.Multiply(factor, TSimd.Subtract(dy, drift));
    }

    private static float Inverse(float variance) => 1f / KernelMath.Sqrt(variance + Epsilon);

    private static float Moved(float running, float batch) => KernelMath.Fma(Momentum, batch, (1f - Momentum) * running);
}
