using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>
/// y = a + bias, the same bias in each row. The gradient by a is that by y; the gradient by the bias is <see cref="ColumnSum"/>. Where a step is not
/// taken apart, products add the bias to their sums themselves.
/// </summary>
public static class BiasAdd
{
    private const string Operation = "bias-add";

    /// <summary>One index an element: a and y are (m, n), bias (n).</summary>
    public static void BiasAddKernel(Index1D i, ArrayView<float> a, ArrayView<float> bias, int m, int n, ArrayView<float> y)
    {
        if (i >= m * n)
        {
            return;
        }

        y[i] = a[i] + bias[i % n];
    }

    /// <summary>Prepares y = a + bias.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="a">(m, n), what the products came to.</param>
    /// <param name="bias">(n).</param>
    /// <param name="m">Rows.</param>
    /// <param name="n">Columns, 1 or more.</param>
    /// <param name="y">(m, n); may be <paramref name="a"/>.</param>
    public static Launch Prepare(ComputeAccelerator accelerator, DeviceView<float> a, DeviceView<float> bias, int m, int n, DeviceView<float> y)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        Require.Positive(n, Operation);
        Require.Matrix(a, m, n, Operation);
        Require.Length(bias, n, Operation);
        Require.Matrix(y, m, n, Operation);
        return accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new Twin(a, bias, m, n, y))
            : accelerator.Prepare(BiasAddKernel, LaunchShape.Linear(m * n), a, bias, m, n, y);
    }

    private sealed record Twin(DeviceView<float> A, DeviceView<float> Bias, int M, int N, DeviceView<float> Y) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new TwinLaunch<TSimd, TVector>(cpu, this);
    }

    private sealed unsafe class TwinLaunch<TSimd, TVector> : CpuLaunch where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private readonly int _n;
        private readonly float* _a;
        private readonly float* _bias;
        private readonly float* _y;

        internal TwinLaunch(CpuAccelerator cpu, Twin twin) : base(cpu, Operation, CpuRows.Parts(twin.M), 8L * twin.M * twin.N)
        {
            Rows = twin.M;
            _n = twin.N;
            _a = twin.A.Pointer();
            _bias = twin.Bias.Pointer();
            _y = twin.Y.Pointer();
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var (row, end) = RowRange(Rows, Parts, part);
            for (; row < end; row++)
            {
                var a = _a + ((long)row * _n);
                var y = _y + ((long)row * _n);
                var j = 0;
                for (; j + TSimd.Width <= _n; j += TSimd.Width)
                {
                    TSimd.Store(y + j, TSimd.Add(TSimd.Load(a + j), TSimd.Load(_bias + j)));
                }

                if (j < _n)
                {
                    TSimd.StorePartial(y + j, TSimd.Add(TSimd.LoadPartial(a + j, _n - j), TSimd.LoadPartial(_bias + j, _n - j)), _n - j);
                }
            }
        }
    }
}
