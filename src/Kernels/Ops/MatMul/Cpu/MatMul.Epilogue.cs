using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>What is done to a block of a product in place, once its sums are complete.</summary>
internal interface IBlockEpilogue
{
    /// <summary>Works on the rows and columns from first up to, not including, end.</summary>
    void Apply(int firstRow, int endRow, int firstColumn, int endColumn);
}

/// <summary>What an epilogue works on; rows of <see cref="C"/> follow each other.</summary>
internal readonly unsafe struct EpilogueOperands
{
    /// <summary>The block's matrix, of which all have the columns.</summary>
    public required float* C { get; init; }

    public required int Columns { get; init; }

    /// <summary>C = f(C + bias), where it is given; columns floats.</summary>
    public float* Bias { get; init; }

    /// <summary>C + bias, where it is to be kept; as large as C.</summary>
    public float* Sums { get; init; }

    /// <summary>The sums a, or the outputs f(a), that f' is taken from; as large as C.</summary>
    public float* Kept { get; init; }
}

/// <summary>The epilogues of products.</summary>
internal static unsafe class BlockEpilogue
{
    /// <summary>C = f(C + bias); null where there is nothing to do.</summary>
    public static IBlockEpilogue? Forward<TSimd, TVector>(Activation activation, EpilogueOperands operands)
        where TSimd : struct, ISimd<TVector> where TVector : struct => activation == Activation.Identity && operands.Bias == null ? null
            : ActivationList.Choose<ForwardVisitor<TSimd, TVector>, EpilogueOperands, IBlockEpilogue>(activation, operands);

    /// <summary>C = C f'(a); null where there is nothing to do.</summary>
    public static IBlockEpilogue? Gradient<TSimd, TVector>(Activation activation, EpilogueOperands operands)
        where TSimd : struct, ISimd<TVector> where TVector : struct => activation == Activation.Identity ? null
            : ActivationList.Choose<GradientVisitor<TSimd, TVector>, EpilogueOperands, IBlockEpilogue>(activation, operands);

    private readonly struct ForwardVisitor<TSimd, TVector> : IActivationVisitor<EpilogueOperands, IBlockEpilogue>
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        public static IBlockEpilogue Visit<TActivation>(EpilogueOperands of) where TActivation : struct, IActivationFunction =>
            new ForwardEpilogue<TSimd, TVector, TActivation>(of.Bias, of.Sums, of.C, of.Columns);
    }

    private readonly struct GradientVisitor<TSimd, TVector> : IActivationVisitor<EpilogueOperands, IBlockEpilogue>
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        public static IBlockEpilogue Visit<TActivation>(EpilogueOperands of) where TActivation : struct, IActivationFunction =>
            new GradientEpilogue<TSimd, TVector, TActivation>(of.Kept, of.C, of.Columns);
    }
}

/// <summary>dx = dx f'(a), where f' follows from what was kept: the sums a, or the outputs f(a).</summary>
internal sealed unsafe class GradientEpilogue<TSimd, TVector, TActivation>(float* kept, float* dx, int columns) : IBlockEpilogue
    where TSimd : struct, ISimd<TVector> where TVector : struct where TActivation : struct, IActivation
{
    /// <inheritdoc/>
    public void Apply(int firstRow, int endRow, int firstColumn, int endColumn)
    {
        if (firstColumn == 0 && endColumn == columns)
        {
            // Whole rows follow each other: vectors need not end with a row, where a part that is stored lies in the way of the next row's load.
            Apply((long)firstRow * columns, (long)endRow * columns);
            return;
        }

        for (var row = firstRow; row < endRow; row++)
        {
            Apply(((long)row * columns) + firstColumn, ((long)row * columns) + endColumn);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Apply(long at, long end)
    {
        for (; at + TSimd.Width <= end; at += TSimd.Width)
        {
            TSimd.Store(dx + at, ActivationGradient.Through<TActivation, TSimd, TVector>(TSimd.Load(dx + at), TSimd.Load(kept + at)));
        }

        if (at < end)
        {
            var count = (int)(end - at);
            var (sum, of) = (TSimd.LoadPartial(dx + at, count), TSimd.LoadPartial(kept + at, count));
            TSimd.StorePartial(dx + at, ActivationGradient.Through<TActivation, TSimd, TVector>(sum, of), count);
        }
    }
}
