using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

public static unsafe partial class MatMul
{
    /// <summary>y = f(x w + bias), one index an element of y: x is (m, k), w (k, n), bias (n), y (m, n).</summary>
    /// <param name="i">row * n + column.</param>
    /// <param name="x">(m, k).</param>
    /// <param name="w">(k, n).</param>
    /// <param name="bias">(n), read where <paramref name="hasBias"/> is 1.</param>
    /// <param name="hasBias">0 or 1.</param>
    /// <param name="m">Rows of x.</param>
    /// <param name="k">Columns of x.</param>
    /// <param name="n">Columns of w.</param>
    /// <param name="y">(m, n).</param>
    public static void ForwardKernel<TActivation>(Index1D i, ArrayView<float> x, ArrayView<float> w, ArrayView<float> bias, int hasBias,
        int m, int k, int n, ArrayView<float> y)
        where TActivation : struct, IActivation
    {
        if (i >= m * n)
        {
            return;
        }

        int row = i / n;
        int column = i % n;
        var sum = 0f;
        for (var j = 0; j < k; j++)
        {
            sum = KernelMath.Fma(x[(row * k) + j], w[(j * n) + column], sum);
        }

        y[i] = TActivation.Apply<SimdScalar, float>(hasBias != 0 ? sum + bias[column] : sum);
    }

    /// <summary>dx = (dy w^T) f'(a), one index an element of dx: dy is (m, n), w (k, n), xKept and dx (m, k).</summary>
    /// <param name="i">row * k + column.</param>
    /// <param name="dy">(m, n).</param>
    /// <param name="w">(k, n).</param>
    /// <param name="xKept">(m, k), what f' is taken from, read where the activation is not the identity.</param>
    /// <param name="m">Rows of dy.</param>
    /// <param name="k">Rows of w.</param>
    /// <param name="n">Columns of w.</param>
    /// <param name="dx">(m, k).</param>
    public static void InputGradientKernel<TActivation>(Index1D i, ArrayView<float> dy, ArrayView<float> w, ArrayView<float> xKept,
        int m, int k, int n, ArrayView<float> dx)
        where TActivation : struct, IActivation
    {
        if (i >= m * k)
        {
            return;
        }

        int row = i / k;
        int column = i % k;
        var sum = 0f;
        for (var j = 0; j < n; j++)
        {
            sum = KernelMath.Fma(dy[(row * n) + j], w[(column * n) + j], sum);
        }

        dx[i] = TActivation.From == SlopeSource.None ? sum : ActivationGradient.Through<TActivation, SimdScalar, float>(sum, xKept[i]);
    }

    /// <summary>dw = x^T dy, one index an element of dw: x is (m, k), dy (m, n), dw (k, n).</summary>
    public static void WeightGradientKernel(Index1D i, ArrayView<float> x, ArrayView<float> dy, int m, int k, int n, ArrayView<float> dw)
    {
        if (i >= k * n)
        {
            return;
        }

        dw[i] = WeightGradient(i / n, i % n, x, dy, m, k, n);
    }

    /// <summary>w = w - rates[cursor[0]] x^T dy, one index an element of w: x is (m, k), dy (m, n), w (k, n).</summary>
    public static void WeightUpdateKernel(Index1D i, ArrayView<float> x, ArrayView<float> dy, ArrayView<float> rates, ArrayView<int> cursor,
        int m, int k, int n, ArrayView<float> w)
    {
        if (i >= k * n)
        {
            return;
        }

        w[i] = KernelMath.Fma(-rates[cursor[StepCursor.Step]], WeightGradient(i / n, i % n, x, dy, m, k, n), w[i]);
    }

    private static float WeightGradient(int row, int column, ArrayView<float> x, ArrayView<float> dy, int m, int k, int n)
    {
        var sum = 0f;
        for (var j = 0; j < m; j++)
        {
            sum = KernelMath.Fma(x[(j * k) + row], dy[(j * n) + column], sum);
        }

        return sum;
    }
}
