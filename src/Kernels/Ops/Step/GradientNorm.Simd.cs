using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

public static partial class GradientNorm
{
    private sealed record SquaresTwin(DeviceView<float> Values, DeviceView<float> Sums) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new SquaresLaunch<TSimd, TVector>(cpu, this);
    }

    /// <summary>Chunk by chunk, with a group's lanes in the vectors' elements: four vectors at a time hide the latency of the additions.</summary>
    private sealed unsafe class SquaresLaunch<TSimd, TVector>(CpuAccelerator cpu, SquaresTwin twin)
        : CpuLaunch(cpu, Squares, CpuElements.Parts(twin.Values.Length), 4L * twin.Values.Length)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private readonly float* _values = twin.Values.Pointer();
        private readonly float* _sums = twin.Sums.Pointer();
        private readonly int _count = twin.Values.Length;
        private readonly int _chunks = twin.Sums.Length;

        public override void RunPart(int part)
        {
            var lanes = stackalloc float[Lanes];
            var (chunk, end) = RowRange(_chunks, Parts, part);
            for (; chunk < end; chunk++)
            {
                var first = chunk * Chunk;
                AddSquares(_values + first, Math.Min(Chunk, _count - first), lanes);
                _sums[chunk] = SumOfPairs(lanes);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void AddSquares(float* values, int count, float* lanes)
        {
            var whole = count / Lanes * Lanes;
            for (var lane = 0; lane < Lanes; lane += 4 * TSimd.Width)
            {
                var (sum0, sum1, sum2, sum3) = (TSimd.Zero, TSimd.Zero, TSimd.Zero, TSimd.Zero);
                for (var i = lane; i < whole; i += Lanes)
                {
                    sum0 = Add(values + i, sum0);
                    sum1 = Add(values + i + TSimd.Width, sum1);
                    sum2 = Add(values + i + (2 * TSimd.Width), sum2);
                    sum3 = Add(values + i + (3 * TSimd.Width), sum3);
                }

                TSimd.Store(lanes + lane, sum0);
                TSimd.Store(lanes + lane + TSimd.Width, sum1);
                TSimd.Store(lanes + lane + (2 * TSimd.Width), sum2);
                TSimd.Store(lanes + lane + (3 * TSimd.Width), sum3);
            }

            for (var i = whole; i < count; i++)
            {
                lanes[i - whole] = KernelMath.Fma(values[i], values[i], lanes[i - whole]);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TVector Add(float* values, TVector sum)
        {
            var value = TSimd.Load(values);
            return TSimd.Fma(value, value, sum);
        }
    }

    /// <summary>The kernel on pointers: the sums are a four-thousandth of the gradient.</summary>
    private sealed unsafe class NormLaunch(CpuAccelerator cpu, DeviceView<float> sums, DeviceView<float> losses, float clip, bool skips,
        DeviceView<float> control) : CpuLaunch(cpu, Norm, 1, 8L * sums.Length)
    {
        private readonly float* _sums = sums.Pointer();
        private readonly float* _losses = losses.Pointer();
        private readonly float* _control = control.Pointer();

        public override void RunPart(int part)
        {
            var lanes = stackalloc float[Lanes];
            new Span<float>(lanes, Lanes).Clear();
            for (var i = 0; i < sums.Length; i++)
            {
                lanes[i % Lanes] += _sums[i];
            }

            var isFinite = true;
            for (var row = 0; row < losses.Length; row++)
            {
                isFinite &= float.IsFinite(_losses[row]);
            }

            var norm = KernelMath.Sqrt(SumOfPairs(lanes));
            _control[StepControl.Norm] = norm;
            _control[StepControl.Scale] = clip > 0f ? Factor(norm, clip) : 1f;
            _control[StepControl.Applies] = !skips || (isFinite && float.IsFinite(norm)) ? 1f : 0f;
        }
    }

    private static unsafe float SumOfPairs(float* lanes)
    {
        for (var width = Lanes / 2; width > 0; width /= 2)
        {
            for (var lane = 0; lane < width; lane++)
            {
                lanes[lane] += lanes[lane + width];
            }
        }

        return lanes[0];
    }
}
