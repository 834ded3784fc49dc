using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>
/// The sums of a matrix's columns, taken from the first row to the last: the gradient of a bias. A lane takes a column, which suits
/// processors. Graphics processors sum the columns by groups, in the launch that makes the gradient of the weights, and come here only where
/// <see cref="ProductTable"/> has no tile: plain or tiled products are forced, or groups of 64 lanes are too large.
/// </summary>
public static class ColumnSum
{
    /// <summary>Columns that a part of the twin sums at least: fewer share cache lines of the result.</summary>
    private const int ColumnsPerPart = 64;

    /// <summary>sums[j] = the sum of column j, one index a column: dy is (m, n), sums (n).</summary>
    public static void ColumnSumKernel(Index1D j, ArrayView<float> dy, int m, int n, ArrayView<float> sums)
    {
        if (j >= n)
        {
            return;
        }

        sums[j] = Sum(j, dy, m, n);
    }

    /// <summary>bias[j] -= rates[cursor's step] * the sum of column j, one index a column: dy is (m, n), bias (n).</summary>
    public static void ColumnSumUpdateKernel(Index1D j, ArrayView<float> dy, ArrayView<float> rates, ArrayView<int> cursor, int m, int n,
        ArrayView<float> bias)
    {
        if (j >= n)
        {
            return;
        }

        bias[j] = KernelMath.Fma(-rates[cursor[StepCursor.Step]], Sum(j, dy, m, n), bias[j]);
    }

    /// <summary>Prepares the sums of all columns.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="dy">(m, n).</param>
    /// <param name="m">Rows; with 0 of them the sums are 0.</param>
    /// <param name="n">Columns.</param>
    /// <param name="sums">(n).</param>
    public static Launch Prepare(ComputeAccelerator accelerator, DeviceView<float> dy, int m, int n, DeviceView<float> sums)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        Require.Matrix(dy, m, n, "column-sum");
        Require.Length(sums, n, "column-sum");
        return accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new Twin(dy, null, null, m, n, sums))
            : accelerator.Prepare(ColumnSumKernel, LaunchShape.Linear(n), dy, m, n, sums);
    }

    /// <summary>Prepares a step of plain gradient descent on a bias: bias -= rate * columnsum(dy).</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="dy">(m, n), the gradient by the layer's sums.</param>
    /// <param name="rates">The learning rate of each step of an epoch.</param>
    /// <param name="cursor">See <see cref="StepCursor"/>.</param>
    /// <param name="m">Rows.</param>
    /// <param name="n">Columns.</param>
    /// <param name="bias">(n), updated.</param>
    public static Launch PrepareUpdate(ComputeAccelerator accelerator, DeviceView<float> dy, DeviceView<float> rates, DeviceView<int> cursor,
        int m, int n, DeviceView<float> bias)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        Require.Matrix(dy, m, n, "column-sum-update");
        Require.AtLeast(rates, 1, "column-sum-update");
        Require.Length(cursor, StepCursor.Length, "column-sum-update");
        Require.Length(bias, n, "column-sum-update");
        return accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new Twin(dy, rates, cursor, m, n, bias))
            : accelerator.Prepare(ColumnSumUpdateKernel, LaunchShape.Linear(n), dy, rates, cursor, m, n, bias);
    }

    private static float Sum(int column, ArrayView<float> dy, int m, int n)
    {
        var sum = 0f;
        for (var at = column; at < m * n; at += n)
        {
            sum += dy[at];
        }

        return sum;
    }

    private sealed record Twin(DeviceView<float> Dy, DeviceView<float>? Rates, DeviceView<int>? Cursor, int M, int N, DeviceView<float> Result)
        : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new TwinLaunch<TSimd, TVector>(cpu, this);
    }

    /// <summary>Each part sums a range of columns, four vectors of them at a time to hide the latency of the additions.</summary>
    private sealed unsafe class TwinLaunch<TSimd, TVector>(CpuAccelerator cpu, Twin twin)
        : CpuLaunch(cpu, twin.Rates is null ? "column-sum" : "column-sum-update", Math.Clamp(twin.N / ColumnsPerPart, 1, 8), 4L * twin.M * twin.N)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private readonly int _m = twin.M;
        private readonly int _n = twin.N;
        private readonly float* _dy = twin.Dy.Pointer();
        private readonly float* _result = twin.Result.Pointer();
        private readonly float* _rates = twin.Rates is { } rates ? rates.Pointer() : null;
        private readonly int* _cursor = twin.Cursor is { } cursor ? cursor.Pointer() : null;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var (j, end) = RowRange(_n, Parts, part);
            var step = TSimd.Broadcast(_rates == null ? 0f : -_rates[_cursor[StepCursor.Step]]);
            for (; j + (4 * TSimd.Width) <= end; j += 4 * TSimd.Width)
            {
                var (sum0, sum1, sum2, sum3) = (TSimd.Zero, TSimd.Zero, TSimd.Zero, TSimd.Zero);
                var source = _dy + j;
                for (var row = 0; row < _m; row++)
                {
                    sum0 = TSimd.Add(sum0, TSimd.Load(source));
                    sum1 = TSimd.Add(sum1, TSimd.Load(source + TSimd.Width));
                    sum2 = TSimd.Add(sum2, TSimd.Load(source + (2 * TSimd.Width)));
                    sum3 = TSimd.Add(sum3, TSimd.Load(source + (3 * TSimd.Width)));
                    source += _n;
                }

                Finish(j, sum0, step, TSimd.Width);
                Finish(j + TSimd.Width, sum1, step, TSimd.Width);
                Finish(j + (2 * TSimd.Width), sum2, step, TSimd.Width);
                Finish(j + (3 * TSimd.Width), sum3, step, TSimd.Width);
            }

            for (; j < end; j += TSimd.Width)
            {
                var count = Math.Min(TSimd.Width, end - j);
                var sum = TSimd.Zero;
                for (var row = 0; row < _m; row++)
                {
                    sum = TSimd.Add(sum, TSimd.LoadPartial(_dy + ((long)row * _n) + j, count));
                }

                Finish(j, sum, step, count);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Finish(int column, TVector sum, TVector step, int count)
        {
            if (count == TSimd.Width)
            {
                TSimd.Store(_result + column, _rates == null ? sum : TSimd.Fma(step, sum, TSimd.Load(_result + column)));
            }
            else
            {
                var result = _rates == null ? sum : TSimd.Fma(step, sum, TSimd.LoadPartial(_result + column, count));
                TSimd.StorePartial(_result + column, result, count);
            }
        }
    }
}
