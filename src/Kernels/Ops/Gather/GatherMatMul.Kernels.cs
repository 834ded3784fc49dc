using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

public sealed partial class GatherMatMul
{
    /// <summary>batchLabels[r] = labels[order[cursor.Sample + r]], one index a row.</summary>
    public static void GatherLabelsKernel(Index1D i, ArrayView<byte> labels, ArrayView<int> order, ArrayView<int> cursor, int rows,
        ArrayView<int> batchLabels)
    {
        if (i >= rows)
        {
            return;
        }

        batchLabels[i] = labels[order[cursor[StepCursor.Sample] + i]];
    }

    /// <summary>
    /// y = activation(x w + bias), one index an element of y (rows, outputs): the sum of the features before <paramref name="second"/> and the
    /// sum of those from there on, each in ascending order. Bytes of 0 are skipped where <paramref name="skipsZeros"/> is not 0.
    /// </summary>
    public static void GatherMatMulForwardKernel<TActivation>(Index1D i, ArrayView<byte> values, ArrayView<int> order, ArrayView<int> cursor,
        ArrayView<float> w, ArrayView<float> bias, float scale, float offset, int rows, int features, int outputs, int second, int skipsZeros,
        ArrayView<float> y)
        where TActivation : struct, IActivation
    {
        if (i >= rows * outputs)
        {
            return;
        }

        int row = i / outputs;
        int column = i - (row * outputs);
        int first = order[cursor[StepCursor.Sample] + row] * features;
        float sum = 0f;
        float firstSum = 0f;
        for (int f = 0; f < features; f++)
        {
            if (f == second)
            {
                firstSum = sum;
                sum = 0f;
            }

            int value = values[first + f];
            if (value != 0 || skipsZeros == 0)
            {
                sum = KernelMath.Fma(KernelMath.Fma(value, scale, offset), w[(f * outputs) + column], sum);
            }
        }

        if (second < features)
        {
            sum = firstSum + sum;
        }

        y[i] = TActivation.Apply<SimdScalar, float>(sum + bias[column]);
    }

    /// <summary>dw = x^T dy, one index an element of dw (features, outputs), each sum in ascending order of rows.</summary>
    public static void GatherMatMulWeightGradientKernel(Index1D i, ArrayView<byte> values, ArrayView<int> order, ArrayView<int> cursor,
        ArrayView<float> dy, float scale, float offset, int rows, int features, int outputs, int skipsZeros, ArrayView<float> dw)
    {
        if (i >= features * outputs)
        {
            return;
        }

        dw[i] = WeightSum(i, values, order, cursor, dy, scale, offset, rows, features, outputs, skipsZeros);
    }

    /// <summary>w = w - rate x^T dy, one index an element of w (features, outputs).</summary>
    public static void GatherMatMulWeightUpdateKernel(Index1D i, ArrayView<byte> values, ArrayView<int> order, ArrayView<int> cursor,
        ArrayView<float> dy, ArrayView<float> rates, float scale, float offset, int rows, int features, int outputs, int skipsZeros, ArrayView<float> w)
    {
        if (i >= features * outputs)
        {
            return;
        }

        float sum = WeightSum(i, values, order, cursor, dy, scale, offset, rows, features, outputs, skipsZeros);
        w[i] = KernelMath.Fma(-rates[cursor[StepCursor.Step]], sum, w[i]);
    }

    /// <summary>Element <paramref name="i"/> of x^T dy.</summary>
    public static float WeightSum(int i, ArrayView<byte> values, ArrayView<int> order, ArrayView<int> cursor, ArrayView<float> dy,
        float scale, float offset, int rows, int features, int outputs, int skipsZeros)
    {
        int feature = i / outputs;
        int column = i - (feature * outputs);
        int first = cursor[StepCursor.Sample];
        float sum = 0f;
        for (int row = 0; row < rows; row++)
        {
            int value = values[(order[first + row] * features) + feature];
            if (value != 0 || skipsZeros == 0)
            {
                sum = KernelMath.Fma(KernelMath.Fma(value, scale, offset), dy[(row * outputs) + column], sum);
            }
        }

        return sum;
    }
}
