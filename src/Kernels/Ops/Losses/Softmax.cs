using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>
/// Softmax of each row, p = exp(a - max) / sum(exp(a - max)), and the product of a gradient with its Jacobian,
/// da_i = p_i (dp_i - sum_j dp_j p_j). The maximum is taken away first, so that no finite logit overflows. A row with NaN or an infinite
/// maximum becomes NaN. The losses that are fused with softmax have a backward pass of their own.
/// </summary>
public static class Softmax
{
    /// <summary>One index a row: a and p are (m, n).</summary>
    public static void SoftmaxForwardKernel(Index1D row, ArrayView<float> a, int m, int n, ArrayView<float> p)
    {
        if (row >= m)
        {
            return;
        }

        var start = row * n;
        var max = SoftmaxRow.Maximum(a, start, n);
        var scale = 1f / SoftmaxRow.SumOfExponentials(a, start, n, max);
        for (var j = 0; j < n; j++)
        {
            p[start + j] = KernelMath.FlushToZero(KernelMath.Exp(a[start + j] - max) * scale);
        }
    }

    /// <summary>Prepares p = softmax(a), row by row.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="a">(m, n).</param>
    /// <param name="m">Rows.</param>
    /// <param name="n">Columns, 1 or more.</param>
    /// <param name="p">(m, n); may be <paramref name="a"/>.</param>
    public static Launch PrepareForward(ComputeAccelerator accelerator, DeviceView<float> a, int m, int n, DeviceView<float> p)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        Require.Positive(n, "softmax-forward");
        Require.Matrix(a, m, n, "softmax-forward");
        Require.Matrix(p, m, n, "softmax-forward");
        return accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new ForwardTwin(a, m, n, p))
            : accelerator.Prepare(SoftmaxForwardKernel, LaunchShape.Linear(m), a, m, n, p);
    }

    /// <summary>One index a row: p, dp and da are (m, n).</summary>
    public static void SoftmaxBackwardKernel(Index1D row, ArrayView<float> p, ArrayView<float> dp, int m, int n, ArrayView<float> da)
    {
        if (row >= m)
        {
            return;
        }

        var start = row * n;
        var dot = 0f;
        for (var j = 0; j < n; j++)
        {
            dot = KernelMath.Fma(dp[start + j], p[start + j], dot);
        }

        for (var j = 0; j < n; j++)
        {
            da[start + j] = KernelMath.FlushToZero(p[start + j] * (dp[start + j] - dot));
        }
    }

    /// <summary>Prepares the gradient by what softmax was taken of.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="p">(m, n), what softmax made.</param>
    /// <param name="dp">(m, n), the gradient by it.</param>
    /// <param name="m">Rows.</param>
    /// <param name="n">Columns, 1 or more.</param>
    /// <param name="da">(m, n); may be <paramref name="dp"/>.</param>
    public static Launch PrepareBackward(ComputeAccelerator accelerator, DeviceView<float> p, DeviceView<float> dp, int m, int n, DeviceView<float> da)
    {
        const string Operation = "softmax-backward";
        ArgumentNullException.ThrowIfNull(accelerator);
        Require.Positive(n, Operation);
        Require.Matrix(p, m, n, Operation);
        Require.Matrix(dp, m, n, Operation);
        Require.Matrix(da, m, n, Operation);
        return accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new BackwardTwin(p, dp, m, n, da))
            : accelerator.Prepare(SoftmaxBackwardKernel, LaunchShape.Linear(m), p, dp, m, n, da);
    }

    private sealed record BackwardTwin(DeviceView<float> P, DeviceView<float> Dp, int M, int N, DeviceView<float> Da) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new BackwardLaunch<TSimd, TVector>(cpu, this);
    }

    private sealed unsafe class BackwardLaunch<TSimd, TVector> : CpuLaunch where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private readonly int _n;
        private readonly float* _p;
        private readonly float* _dp;
        private readonly float* _da;

        internal BackwardLaunch(CpuAccelerator cpu, BackwardTwin twin) : base(cpu, "softmax-backward", CpuRows.Parts(twin.M), 8L * twin.M * twin.N)
        {
            Rows = twin.M;
            _n = twin.N;
            _p = twin.P.Pointer();
            _dp = twin.Dp.Pointer();
            _da = twin.Da.Pointer();
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var (row, end) = RowRange(Rows, Parts, part);
            for (; row < end; row++)
            {
                var p = _p + ((long)row * _n);
                var dp = _dp + ((long)row * _n);
                var da = _da + ((long)row * _n);
                var dot = 0f;
                for (var j = 0; j < _n; j++)
                {
                    dot = KernelMath.Fma(dp[j], p[j], dot);
                }

                var shift = TSimd.Broadcast(dot);
                for (var j = 0; j < _n; j += TSimd.Width)
                {
                    var count = Math.Min(TSimd.Width, _n - j);
                    var difference = TSimd.Subtract(TSimd.LoadPartial(dp + j, count), shift);
                    TSimd.StorePartial(da + j, TSimd.FlushToZero(TSimd.Multiply(TSimd.LoadPartial(p + j, count), difference)), count);
                }
            }
        }
    }

    private sealed record ForwardTwin(DeviceView<float> A, int M, int N, DeviceView<float> P) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new ForwardLaunch<TSimd, TVector>(cpu, this);
    }

    private sealed unsafe class ForwardLaunch<TSimd, TVector> : CpuLaunch where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private readonly int _n;
        private readonly float* _a;
        private readonly float* _p;

        internal ForwardLaunch(CpuAccelerator cpu, ForwardTwin twin) : base(cpu, "softmax-forward", CpuRows.Parts(twin.M), 40L * twin.M * twin.N)
        {
            Rows = twin.M;
            _n = twin.N;
            _a = twin.A.Pointer();
            _p = twin.P.Pointer();
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var lanes = stackalloc float[16];
            var (first, end) = RowRange(Rows, Parts, part);
            for (var row = first; row < end; row++)
            {
                var a = _a + ((long)row * _n);
                var p = _p + ((long)row * _n);
                var sum = SoftmaxRow.Exponentials<TSimd, TVector>(a, _n, SoftmaxRow.Maximum(a, _n), p, lanes);
                SoftmaxRow.Scale<TSimd, TVector>(p, _n, 1f / sum);
            }
        }
    }
}
