using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

public static partial class BatchNorm
{
    private sealed record ApplyTwin(BatchNormMemory Layer, DeviceView<float> X, int Count, DeviceView<float> Y) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new ApplyLaunch<TSimd, TVector>(cpu, this);
    }

    private sealed record BackwardTwin(BatchNormMemory Layer, DeviceView<float> X, DeviceView<float> Dy, int Count, DeviceView<float> DScale,
        DeviceView<float> DShift, DeviceView<float> Dx) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new BackwardLaunch<TSimd, TVector>(cpu, this);
    }

    private sealed unsafe class ApplyLaunch<TSimd, TVector> : CpuLaunch where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private readonly int _channels;
        private readonly float* _x;
        private readonly float* _statistics;
        private readonly float* _scale;
        private readonly float* _shift;
        private readonly float* _y;

        internal ApplyLaunch(CpuAccelerator cpu, ApplyTwin twin)
            : base(cpu, "batch-norm-apply", CpuRows.Parts(twin.Count), 8L * twin.Count * twin.Layer.Channels)
        {
            Rows = twin.Count;
            _channels = twin.Layer.Channels;
            _x = twin.X.Pointer();
            _statistics = twin.Layer.Statistics.Pointer();
            _scale = twin.Layer.Scale.Pointer();
            _shift = twin.Layer.Shift.Pointer();
            _y = twin.Y.Pointer();
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var (first, end) = RowRange(Rows, Parts, part);
            for (var channel = 0; channel < _channels; channel += TSimd.Width)
            {
                var width = Math.Min(TSimd.Width, _channels - channel);
                var mean = TSimd.LoadPartial(_statistics + channel, width);
                var inverse = TSimd.LoadPartial(_statistics + _channels + channel, width);
                var (scale, shift) = (TSimd.LoadPartial(_scale + channel, width), TSimd.LoadPartial(_shift + channel, width));
                for (var row = first; row < end; row++)
                {
                    var at = ((long)row * _channels) + channel;
                    var normalised = TSimd.Multiply(TSimd.Subtract(TSimd.LoadPartial(_x + at, width), mean), inverse);
                    TSimd.StorePartial(_y + at, TSimd.Fma(normalised, scale, shift), width);
                }
            }
        }
    }

    private sealed unsafe class BackwardLaunch<TSimd, TVector> : CpuLaunch where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private readonly BackwardTwin _twin;
        private readonly int _channels;
        private readonly float* _x;
        private readonly float* _dy;
        private readonly float* _dx;

        internal BackwardLaunch(CpuAccelerator cpu, BackwardTwin twin)
            : base(cpu, "batch-norm-backward", CpuRows.Parts(twin.Count), 12L * twin.Count * twin.Layer.Channels)
        {
            Rows = twin.Count;
            _twin = twin;
            _channels = twin.Layer.Channels;
            _x = twin.X.Pointer();
            _dy = twin.Dy.Pointer();
            _dx = twin.Dx.Pointer();
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var (first, end) = RowRange(Rows, Parts, part);
            for (var channel = 0; channel < _channels; channel += TSimd.Width)
            {
                var width = Math.Min(TSimd.Width, _channels - channel);
                var mean = TSimd.LoadPartial(_twin.Layer.Statistics.Pointer() + channel, width);
                var inverse = TSimd.LoadPartial(_twin.Layer.Statistics.Pointer() + _channels + channel, width);
                var factor = TSimd.Multiply(TSimd.LoadPartial(_twin.Layer.Scale.Pointer() + channel, width), inverse);
                var dScale = TSimd.LoadPartial(_twin.DScale.Pointer() + channel, width);
                var dShift = TSimd.LoadPartial(_twin.DShift.Pointer() + channel, width);
                for (var row = first; row < end; row++)
                {
                    var at = ((long)row * _channels) + channel;
                    var normalised = TSimd.Multiply(TSimd.Subtract(TSimd.LoadPartial(_x + at, width), mean), inverse);
                    var dx = Gradient<TSimd, TVector>(TSimd.LoadPartial(_dy + at, width), normalised, factor, dScale, dShift, 1f / Rows);
                    TSimd.StorePartial(_dx + at, dx, width);
                }
            }
        }
    }
}
