using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>
/// A lane's sums of sixteen columns of an <see cref="OutputLayer"/>, passed by value: named fields become registers, an array that a loop
/// indexes would lie in memory.
/// </summary>
public struct OutputSums
{
    internal float S0, S1, S2, S3, S4, S5, S6, S7, S8, S9, S10, S11, S12, S13, S14, S15;

    /// <summary>The sums with the products of one input and its weights added. Columns behind the last one repeat it, and are not used.</summary>
    /// <param name="s">The sums.</param>
    /// <param name="x">The input.</param>
    /// <param name="w">The input's weights, from the block's first column on.</param>
    /// <param name="last">The last column there is, counted from the block's first.</param>
    internal static OutputSums Add(OutputSums s, float x, ArrayView<float> w, int last)
    {
        s.S0 = KernelMath.Fma(x, w[0], s.S0);
        s.S1 = KernelMath.Fma(x, w[KernelMath.Min(1, last)], s.S1);
        s.S2 = KernelMath.Fma(x, w[KernelMath.Min(2, last)], s.S2);
        s.S3 = KernelMath.Fma(x, w[KernelMath.Min(3, last)], s.S3);
        s.S4 = KernelMath.Fma(x, w[KernelMath.Min(4, last)], s.S4);
        s.S5 = KernelMath.Fma(x, w[KernelMath.Min(5, last)], s.S5);
        s.S6 = KernelMath.Fma(x, w[KernelMath.Min(6, last)], s.S6);
        s.S7 = KernelMath.Fma(x, w[KernelMath.Min(7, last)], s.S7);
        s.S8 = KernelMath.Fma(x, w[KernelMath.Min(8, last)], s.S8);
        s.S9 = KernelMath.Fma(x, w[KernelMath.Min(9, last)], s.S9);
        s.S10 = KernelMath.Fma(x, w[KernelMath.Min(10, last)], s.S10);
        s.S11 = KernelMath.Fma(x, w[KernelMath.Min(11, last)], s.S11);
        s.S12 = KernelMath.Fma(x, w[KernelMath.Min(12, last)], s.S12);
        s.S13 = KernelMath.Fma(x, w[KernelMath.Min(13, last)], s.S13);
        s.S14 = KernelMath.Fma(x, w[KernelMath.Min(14, last)], s.S14);
        s.S15 = KernelMath.Fma(x, w[KernelMath.Min(15, last)], s.S15);
        return s;
    }

    /// <summary>Writes them one after the other.</summary>
    internal static void Store(OutputSums s, ArrayView<float> to)
    {
        to[0] = s.S0;
        to[1] = s.S1;
        to[2] = s.S2;
        to[3] = s.S3;
        to[4] = s.S4;
        to[5] = s.S5;
        to[6] = s.S6;
        to[7] = s.S7;
        to[8] = s.S8;
        to[9] = s.S9;
        to[10] = s.S10;
        to[11] = s.S11;
        to[12] = s.S12;
        to[13] = s.S13;
        to[14] = s.S14;
        to[15] = s.S15;
    }
}
