using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

public static unsafe partial class LayerNorm
{
    private const int Lanes = 16;

    /// <summary>What is added up for the numbers of a row.</summary>
    private interface ITerm
    {
        /// <summary>A sum with the terms of some numbers of the row.</summary>
        TVector AddTo<TSimd, TVector>(TVector sum, int column) where TSimd : struct, ISimd<TVector> where TVector : struct;
    }

    private sealed record ForwardTwin(DeviceView<float> X, DeviceView<float> Scale, DeviceView<float> Shift, int Count, DeviceView<float> Statistics,
        DeviceView<float> Y) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new ForwardLaunch<TSimd, TVector>(cpu, this);
    }

    private sealed record BackwardTwin(DeviceView<float> X, DeviceView<float> Dy, DeviceView<float> Statistics, DeviceView<float> Scale, int Count,
        DeviceView<float> Dx) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new BackwardLaunch<TSimd, TVector>(cpu, this);
    }

    private sealed record ParametersTwin(DeviceView<float> X, DeviceView<float> Dy, DeviceView<float> Statistics, int Count, DeviceView<float> DScale,
        DeviceView<float> DShift) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new ParametersLaunch<TSimd, TVector>(cpu, this);
    }

    /// <summary>
    /// A row's sum: 16 sums of every sixteenth number, whatever the vector's width, then of these two by two. One chain in the order of the columns would
    /// wait for each of its additions.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Sum<TSimd, TVector, TTerm>(TTerm term, int columns, float* lanes)
        where TSimd : struct, ISimd<TVector> where TVector : struct where TTerm : struct, ITerm
    {
        var whole = columns / Lanes * Lanes;
        for (var lane = 0; lane < Lanes; lane += TSimd.Width)
        {
            var sum = TSimd.Zero;
            for (var j = lane; j < whole; j += Lanes)
            {
                sum = term.AddTo<TSimd, TVector>(sum, j);
            }

            TSimd.Store(lanes + lane, sum);
        }

        for (var j = whole; j < columns; j++)
        {
            lanes[j - whole] = term.AddTo<SimdScalar, float>(lanes[j - whole], j);
        }

        for (var half = Lanes / 2; half > 0; half /= 2)
        {
            for (var lane = 0; lane < half; lane++)
            {
                lanes[lane] += lanes[lane + half];
            }
        }

        return lanes[0];
    }

    private readonly struct Number(float* x) : ITerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector AddTo<TSimd, TVector>(TVector sum, int column) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            TSimd.Add(sum, TSimd.Load(x + column));
    }

    private readonly struct Square(float* x, float mean) : ITerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector AddTo<TSimd, TVector>(TVector sum, int column) where TSimd : struct, ISimd<TVector> where TVector : struct
        {
            var distance = TSimd.Subtract(TSimd.Load(x + column), TSimd.Broadcast(mean));
            return TSimd.Fma(distance, distance, sum);
        }
    }

    private readonly struct ScaledGradient(float* dy, float* scale) : ITerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector AddTo<TSimd, TVector>(TVector sum, int column) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            TSimd.Add(sum, TSimd.Multiply(TSimd.Load(dy + column), TSimd.Load(scale + column)));
    }

    private readonly struct GradientTimesX(float* dy, float* scale, float* x, float mean, float inverse) : ITerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector AddTo<TSimd, TVector>(TVector sum, int column) where TSimd : struct, ISimd<TVector> where TVector : struct
        {
            var normalised = TSimd.Multiply(TSimd.Subtract(TSimd.Load(x + column), TSimd.Broadcast(mean)), TSimd.Broadcast(inverse));
            return TSimd.Fma(TSimd.Multiply(TSimd.Load(dy + column), TSimd.Load(scale + column)), normalised, sum);
        }
    }

    private sealed class ForwardLaunch<TSimd, TVector> : CpuLaunch where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private readonly int _columns;
        private readonly float* _x;
        private readonly float* _scale;
        private readonly float* _shift;
        private readonly float* _statistics;
        private readonly float* _y;

        internal ForwardLaunch(CpuAccelerator cpu, ForwardTwin twin)
            : base(cpu, ForwardName, CpuRows.Parts(twin.Count), 8L * twin.Count * twin.Scale.Length)
        {
            (Rows, _columns) = (twin.Count, twin.Scale.Length);
            _x = twin.X.Pointer();
            _scale = twin.Scale.Pointer();
            _shift = twin.Shift.Pointer();
            _statistics = twin.Statistics.Pointer();
            _y = twin.Y.Pointer();
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var lanes = stackalloc float[Lanes];
            var (row, end) = RowRange(Rows, Parts, part);
            for (; row < end; row++)
            {
                var x = _x + ((long)row * _columns);
                var y = _y + ((long)row * _columns);
                var mean = Sum<TSimd, TVector, Number>(new(x), _columns, lanes) / _columns;
                var variance = Sum<TSimd, TVector, Square>(new(x, mean), _columns, lanes) / _columns;
                var inverse = 1f / KernelMath.Sqrt(variance + Epsilon);
                (_statistics[2 * row], _statistics[(2 * row) + 1]) = (mean, inverse);
                var (from, factor) = (TSimd.Broadcast(mean), TSimd.Broadcast(inverse));
                for (var j = 0; j < _columns; j += TSimd.Width)
                {
                    var count = Math.Min(TSimd.Width, _columns - j);
                    var normalised = TSimd.Multiply(TSimd.Subtract(TSimd.LoadPartial(x + j, count), from), factor);
                    TSimd.StorePartial(y + j, TSimd.Fma(normalised, TSimd.LoadPartial(_scale + j, count), TSimd.LoadPartial(_shift + j, count)), count);
                }
            }
        }
    }

    private sealed class BackwardLaunch<TSimd, TVector> : CpuLaunch where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private readonly int _columns;
        private readonly float* _x;
        private readonly float* _dy;
        private readonly float* _statistics;
        private readonly float* _scale;
        private readonly float* _dx;

        internal BackwardLaunch(CpuAccelerator cpu, BackwardTwin twin)
            : base(cpu, BackwardName, CpuRows.Parts(twin.Count), 12L * twin.Count * twin.Scale.Length)
        {
            (Rows, _columns) = (twin.Count, twin.Scale.Length);
            _x = twin.X.Pointer();
            _dy = twin.Dy.Pointer();
            _statistics = twin.Statistics.Pointer();
            _scale = twin.Scale.Pointer();
            _dx = twin.Dx.Pointer();
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var lanes = stackalloc float[Lanes];
            var (row, end) = RowRange(Rows, Parts, part);
            for (; row < end; row++)
            {
                var at = (long)row * _columns;
                var (mean, inverse) = (_statistics[2 * row], _statistics[(2 * row) + 1]);
                var sum = Sum<TSimd, TVector, ScaledGradient>(new(_dy + at, _scale), _columns, lanes) / _columns;
                var dot = Sum<TSimd, TVector, GradientTimesX>(new(_dy + at, _scale, _x + at, mean, inverse), _columns, lanes) / _columns;
                WriteGradient(at, TSimd.Broadcast(mean), TSimd.Broadcast(inverse), TSimd.Broadcast(sum), TSimd.Broadcast(dot));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void WriteGradient(long at, TVector mean, TVector inverse, TVector sum, TVector dot)
        {
            for (var j = 0; j < _columns; j += TSimd.Width)
            {
                var count = Math.Min(TSimd.Width, _columns - j);
                var g = TSimd.Multiply(TSimd.LoadPartial(_dy + at + j, count), TSimd.LoadPartial(_scale + j, count));
                var normalised = TSimd.Multiply(TSimd.Subtract(TSimd.LoadPartial(_x + at + j, count), mean), inverse);
                TSimd.StorePartial(_dx + at + j, TSimd.Multiply(inverse, TSimd.Subtract(g, TSimd.Fma(normalised, dot, sum))), count);
            }
        }
    }

    /// <summary>Parts share out the columns, which are in the vectors' elements; rows are added up one after the other.</summary>
    private sealed class ParametersLaunch<TSimd, TVector>(CpuAccelerator cpu, ParametersTwin twin)
        : CpuLaunch(cpu, ParametersName, CpuRows.Parts(twin.DScale.Length / Lanes), 8L * twin.Count * twin.DScale.Length)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private readonly int _columns = twin.DScale.Length;
        private readonly float* _x = twin.X.Pointer();
        private readonly float* _dy = twin.Dy.Pointer();
        private readonly float* _statistics = twin.Statistics.Pointer();
        private readonly float* _dScale = twin.DScale.Pointer();
        private readonly float* _dShift = twin.DShift.Pointer();

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var (first, end) = RowRange(_columns, Parts, part);
            for (var j = first; j < end; j += TSimd.Width)
            {
                var count = Math.Min(TSimd.Width, end - j);
                var (shift, scale) = (TSimd.Zero, TSimd.Zero);
                for (var row = 0; row < twin.Count; row++)
                {
                    var at = ((long)row * _columns) + j;
                    var dy = TSimd.LoadPartial(_dy + at, count);
                    var distance = TSimd.Subtract(TSimd.LoadPartial(_x + at, count), TSimd.Broadcast(_statistics[2 * row]));
                    shift = TSimd.Add(shift, dy);
                    scale = TSimd.Fma(dy, TSimd.Multiply(distance, TSimd.Broadcast(_statistics[(2 * row) + 1])), scale);
                }

                TSimd.StorePartial(_dShift + j, shift, count);
                TSimd.StorePartial(_dScale + j, scale, count);
            }
        }
    }
}
