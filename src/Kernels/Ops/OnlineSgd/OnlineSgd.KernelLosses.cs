using ILGPU;

namespace Gpu.Kernels.Ops;

public sealed partial class OnlineSgd
{
    /// <summary>1 where the first maximum of a row is the label; 0 in a row that holds NaN.</summary>
    public static int IsCorrect(ArrayView<float> work, int y, int outputs, int label)
    {
        int isCorrect = 1;
        for (int j = 0; j < outputs; j++)
        {
            float other = work[y + j];
            bool reaches = j < label ? other >= work[y + label] : other > work[y + label];
            isCorrect = reaches || KernelMath.IsNaN(other) ? 0 : isCorrect;
        }

        return isCorrect;
    }

    /// <summary>Adds a loss to the totals by Kahan's sum.</summary>
    public static void Add(float loss, ArrayView<float> totals)
    {
        float y = loss - totals[1];
        float sum = totals[0] + y;
        totals[1] = sum - totals[0] - y;
        totals[0] = sum;
    }

    /// <summary>The loss of a row; its gradient goes to the place of the row plus <paramref name="all"/>.</summary>
    public static float RowLoss(int loss, ArrayView<float> work, int y, int all, int outputs, int label)
    {
        int gradient = all + y;
        if (loss == (int)LossFunction.BinaryCrossEntropy)
        {
            return RowBinaryCrossEntropy(work, y, gradient, outputs, label);
        }

        int p = 2 * all;
        float max = work[y];
        for (int j = 1; j < outputs; j++)
        {
            max = KernelMath.Max(work[y + j], max);
        }

        for (int j = 0; j < outputs; j++)
        {
            work[p + j] = KernelMath.Exp(work[y + j] - max);
        }

        float sum = RowTotal(work, p, outputs);
        float factor = 1f / sum;
        for (int j = 0; j < outputs; j++)
        {
            work[p + j] = KernelMath.FlushToZero(work[p + j] * factor);
        }

        if (loss == (int)LossFunction.SoftmaxSquaredError)
        {
            return RowSoftmaxSquaredError(work, y, gradient, p, outputs, label);
        }

        for (int j = 0; j < outputs; j++)
        {
            work[gradient + j] = work[p + j] - (j == label ? 1f : 0f);
        }

        return KernelMath.Log(sum) - (work[y + label] - max);
    }

    /// <summary>The mean of (o - t)^2; the squares are added up where the gradient will stand.</summary>
    public static float RowSquaredError(ArrayView<float> work, int o, int gradient, int outputs, int label)
    {
        for (int j = 0; j < outputs; j++)
        {
            float difference = work[o + j] - (j == label ? 1f : 0f);
            work[gradient + j] = difference * difference;
        }

        float loss = RowTotal(work, gradient, outputs) / outputs;
        float slope = 2f / outputs;
        for (int j = 0; j < outputs; j++)
        {
            work[gradient + j] = (work[o + j] - (j == label ? 1f : 0f)) * slope;
        }

        return loss;
    }

    /// <summary>The mean of (p - t)^2, with the gradient by the outputs that softmax made p of; the outputs themselves are spent.</summary>
    public static float RowSoftmaxSquaredError(ArrayView<float> work, int y, int gradient, int p, int outputs, int label)
    {
        float loss = RowSquaredError(work, p, gradient, outputs, label);
        float dot = RowDot(work, gradient, p, outputs);
        for (int j = 0; j < outputs; j++)
        {
            work[gradient + j] = KernelMath.FlushToZero(work[p + j] * (work[gradient + j] - dot));
        }

        return loss;
    }

    /// <summary>The mean of max(a, 0) - a t + log(1 + exp(-|a|)).</summary>
    public static float RowBinaryCrossEntropy(ArrayView<float> work, int y, int gradient, int outputs, int label)
    {
        for (int j = 0; j < outputs; j++)
        {
            float a = work[y + j];
            float tail = KernelMath.Log(1f + KernelMath.Exp(-KernelMath.Abs(a)));
            work[gradient + j] = KernelMath.Max(a, 0f) - (a * (j == label ? 1f : 0f)) + tail;
        }

        float loss = RowTotal(work, gradient, outputs) / outputs;
        float slope = 1f / outputs;
        for (int j = 0; j < outputs; j++)
        {
            work[gradient + j] = KernelMath.FlushToZero((KernelMath.Sigmoid(work[y + j]) - (j == label ? 1f : 0f)) * slope);
        }

        return loss;
    }

    /// <summary>A sum in 16 lanes, column modulo 16, that are then halved until one is left.</summary>
    public static float RowTotal(ArrayView<float> work, int row, int count)
    {
        float s0 = LaneTotal(work, row, row, count, 0, false);
        float s1 = LaneTotal(work, row, row, count, 1, false);
        float s2 = LaneTotal(work, row, row, count, 2, false);
        float s3 = LaneTotal(work, row, row, count, 3, false);
        return (s0 + s2) + (s1 + s3);
    }

    /// <summary>The sum of the products of two rows, in the same order.</summary>
    public static float RowDot(ArrayView<float> work, int a, int b, int count)
    {
        float s0 = LaneTotal(work, a, b, count, 0, true);
        float s1 = LaneTotal(work, a, b, count, 1, true);
        float s2 = LaneTotal(work, a, b, count, 2, true);
        float s3 = LaneTotal(work, a, b, count, 3, true);
        return (s0 + s2) + (s1 + s3);
    }

    /// <summary>Lanes i, i + 8, i + 4 and i + 12 of a sum over one row, or over the products of two.</summary>
    public static float LaneTotal(ArrayView<float> work, int a, int b, int count, int i, bool isDot)
    {
        float l0 = 0f, l4 = 0f, l8 = 0f, l12 = 0f;
        for (int j = i; j < count; j += 4)
        {
            float term = isDot ? work[a + j] * work[b + j] : work[a + j];
            int lane = j & 15;
            l0 = lane < 4 ? l0 + term : l0;
            l4 = lane >= 4 && lane < 8 ? l4 + term : l4;
            l8 = lane >= 8 && lane < 12 ? l8 + term : l8;
            l12 = lane >= 12 ? l12 + term : l12;
        }

        return (l0 + l8) + (l4 + l12);
    }
}
