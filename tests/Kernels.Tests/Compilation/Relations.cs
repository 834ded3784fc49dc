using ILGPU;

namespace Gpu.Kernels.Tests.Compilation;

/// <summary>Kernels with one comparison each.</summary>
public static class Relations
{
    public static void NegatedKernel(Index1D i, ArrayView<float> x, ArrayView<int> y) => y[i] = !(x[i] <= 2f) ? 1 : 0;

    public static void BranchKernel(Index1D i, ArrayView<float> x, ArrayView<int> y)
    {
        if (x[i] <= 2f)
        {
            y[i] = 1;
        }
    }

    public static void ConstantKernel(Index1D i, ArrayView<float> x, ArrayView<int> y) => y[i] = 2f > x[i] ? 1 : 0;

    public static void ChoiceKernel(Index1D i, ArrayView<float> x, ArrayView<int> y) => y[i] = x[i] <= 2f ? 1 : 0;
}
