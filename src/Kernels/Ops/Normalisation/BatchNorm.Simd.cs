using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

public static partial class BatchNorm
{
    private const int MostParts = 8;

    private sealed record MomentsTwin(BatchNormMemory Layer, DeviceView<float> X, int Count, DeviceView<float> Partials) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new MomentsLaunch<TSimd, TVector>(cpu, this);
    }

    private sealed record GradientSumsTwin(BatchNormMemory Layer, DeviceView<float> X, DeviceView<float> Dy, int Count, DeviceView<float> Partials)
        : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new GradientSumsLaunch<TSimd, TVector>(cpu, this);
    }

    /// <summary>Parts share out the chunks; the channels are in the vectors' elements.</summary>
    private abstract unsafe class ChunkLaunch(CpuAccelerator cpu, string name, BatchNormMemory layer, DeviceView<float> x, int rows, DeviceView<float> partials)
        : CpuLaunch(cpu, name, Math.Min(Chunks(rows), MostParts), 8L * rows * layer.Channels)
    {
        private readonly float* _x = x.Pointer();
        private readonly float* _partials = partials.Pointer();
        private readonly int _chunkRows = ChunkRows(rows);

        private protected int Channels { get; } = layer.Channels;

        public override void RunPart(int part)
        {
            var (chunk, end) = RowRange(Chunks(rows), Parts, part);
            for (; chunk < end; chunk++)
            {
                var first = chunk * _chunkRows;
                RunChunk(_x + ((long)first * Channels), (long)first * Channels, Math.Min(_chunkRows, rows - first), _partials + (chunk * 2 * Channels));
            }
        }

        private protected abstract void RunChunk(float* x, long offset, int count, float* partials);
    }

    private sealed unsafe class MomentsLaunch<TSimd, TVector>(CpuAccelerator cpu, MomentsTwin twin)
        : ChunkLaunch(cpu, "batch-norm-moments", twin.Layer, twin.X, twin.Count, twin.Partials)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private protected override void RunChunk(float* x, long offset, int count, float* partials)
        {
            var rows = TSimd.Broadcast(count);
            for (var channel = 0; channel < Channels; channel += TSimd.Width)
            {
                var width = Math.Min(TSimd.Width, Channels - channel);
                var sum = TSimd.Zero;
                for (var row = 0; row < count; row++)
                {
                    sum = TSimd.Add(sum, TSimd.LoadPartial(x + ((long)row * Channels) + channel, width));
                }

                var mean = TSimd.Divide(sum, rows);
                var squares = TSimd.Zero;
                for (var row = 0; row < count; row++)
                {
                    var distance = TSimd.Subtract(TSimd.LoadPartial(x + ((long)row * Channels) + channel, width), mean);
                    squares = TSimd.Fma(distance, distance, squares);
                }

                TSimd.StorePartial(partials + channel, sum, width);
                TSimd.StorePartial(partials + Channels + channel, squares, width);
            }
        }
    }

    private sealed unsafe class GradientSumsLaunch<TSimd, TVector>(CpuAccelerator cpu, GradientSumsTwin twin)
        : ChunkLaunch(cpu, "batch-norm-gradient-sums", twin.Layer, twin.X, twin.Count, twin.Partials)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private readonly float* _dy = twin.Dy.Pointer();
        private readonly float* _statistics = twin.Layer.Statistics.Pointer();

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private protected override void RunChunk(float* x, long offset, int count, float* partials)
        {
            var gradient = _dy + offset;
            for (var channel = 0; channel < Channels; channel += TSimd.Width)
            {
                var width = Math.Min(TSimd.Width, Channels - channel);
                var mean = TSimd.LoadPartial(_statistics + channel, width);
                var inverse = TSimd.LoadPartial(_statistics + Channels + channel, width);
                var (shift, scale) = (TSimd.Zero, TSimd.Zero);
                for (var row = 0; row < count; row++)
                {
                    var at = ((long)row * Channels) + channel;
                    var dy = TSimd.LoadPartial(gradient + at, width);
                    shift = TSimd.Add(shift, dy);
                    scale = TSimd.Fma(dy, TSimd.Multiply(TSimd.Subtract(TSimd.LoadPartial(x + at, width), mean), inverse), scale);
                }

                TSimd.StorePartial(partials + channel, shift, width);
                TSimd.StorePartial(partials + Channels + channel, scale, width);
            }
        }
    }

    /// <summary>The kernel on pointers: the chunks' sums are few.</summary>
    private sealed unsafe class MergeLaunch(CpuAccelerator cpu, BatchNormMemory layer, int rows, DeviceView<float> partials)
        : CpuLaunch(cpu, "batch-norm-merge", 1, partials.Length)
    {
        private readonly float* _partials = partials.Pointer();
        private readonly float* _statistics = layer.Statistics.Pointer();
        private readonly float* _mean = layer.RunningMean.Pointer();
        private readonly float* _variance = layer.RunningVariance.Pointer();

        public override void RunPart(int part)
        {
            var channels = layer.Channels;
            var chunkRows = ChunkRows(rows);
            for (var channel = 0; channel < channels; channel++)
            {
                var (sum, squares, left) = (0f, 0f, rows);
                for (var at = channel; at < partials.Length; at += 2 * channels)
                {
                    sum += _partials[at];
                }

                var mean = sum / rows;
                for (var at = channel; at < partials.Length; at += 2 * channels)
                {
                    squares = AddSquares(squares, _partials[at], _partials[at + channels], mean, Math.Min(chunkRows, left));
                    left -= chunkRows;
                }

                (_statistics[channel], _statistics[channels + channel]) = (mean, Inverse(squares / rows));
                if (float.IsFinite(mean) && float.IsFinite(squares))
                {
                    _mean[channel] = Moved(_mean[channel], mean);
                    _variance[channel] = rows == 1 ? _variance[channel] : Moved(_variance[channel], squares / (rows - 1));
                }
            }
        }
    }

    private sealed unsafe class RunningLaunch(CpuAccelerator cpu, BatchNormMemory layer) : CpuLaunch(cpu, "batch-norm-running", 1, layer.Channels)
    {
        private readonly float* _statistics = layer.Statistics.Pointer();
        private readonly float* _mean = layer.RunningMean.Pointer();
        private readonly float* _variance = layer.RunningVariance.Pointer();

        public override void RunPart(int part)
        {
            for (var channel = 0; channel < layer.Channels; channel++)
            {
                (_statistics[channel], _statistics[layer.Channels + channel]) = (_mean[channel], Inverse(_variance[channel]));
            }
        }
    }

    private sealed unsafe class GradientMergeLaunch(CpuAccelerator cpu, BatchNormMemory layer, DeviceView<float> partials, DeviceView<float> dScale,
        DeviceView<float> dShift) : CpuLaunch(cpu, "batch-norm-gradient-merge", 1, partials.Length)
    {
        private readonly float* _partials = partials.Pointer();
        private readonly float* _dScale = dScale.Pointer();
        private readonly float* _dShift = dShift.Pointer();

        public override void RunPart(int part)
        {
            var channels = layer.Channels;
            for (var channel = 0; channel < channels; channel++)
            {
                var (shift, scale) = (0f, 0f);
                for (var at = channel; at < partials.Length; at += 2 * channels)
                {
                    shift += _partials[at];
                    scale += _partials[at + channels];
                }

                (_dShift[channel], _dScale[channel]) = (shift, scale);
            }
        }
    }
}
