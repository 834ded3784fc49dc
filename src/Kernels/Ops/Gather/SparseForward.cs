using System.Numerics;
using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>The rows and features of a <see cref="SparseForward{TSimd, TVector}"/>, and where the sums go.</summary>
internal unsafe struct SparseForwardWork
{
    /// <summary>The first of at most 64 rows of the batch.</summary>
    internal int FirstRow;

    /// <summary>The first feature.</summary>
    internal int First;

    /// <summary>The feature behind the last one.</summary>
    internal int End;

    /// <summary>Bit r of word (f - first) * <see cref="SetStride"/> is set where feature f of row <see cref="FirstRow"/> + r is not 0.</summary>
    internal ulong* Set;

    /// <summary>Words from one feature to the next.</summary>
    internal int SetStride;

    /// <summary>(features, stride): the weights of all features, from the first column on.</summary>
    internal float* Weights;

    /// <summary>Floats from one feature's weights to the next.</summary>
    internal int WeightStride;

    /// <summary>Columns to add up.</summary>
    internal int Columns;

    /// <summary>(rows of the batch, stride): the sums.</summary>
    internal float* Sums;

    /// <summary>Floats from one row's sums to the next: whole vectors.</summary>
    internal int SumStride;
}

/// <summary>
/// sums[r, column] += sum over some features f of x[r, f] * w[f, column]: one fused multiply-add a feature, in ascending order, that
/// goes on from what is stored. Features are taken in pairs of neighbours, whose weights lie in registers while the rows in which one of the two
/// is not 0 go past: a pair whose bytes are both 0 costs nothing, as adding its zeros would not change the bits, and neighbouring pixels are dark
/// together. So a weight is read once for all rows, and the sums of different rows do not wait for each other, as a row's own would.
/// </summary>
/// <typeparam name="TSimd">The width.</typeparam>
/// <typeparam name="TVector">Its vector.</typeparam>
internal static unsafe class SparseForward<TSimd, TVector> where TSimd : struct, ISimd<TVector> where TVector : struct
{
    private static int Width => TSimd.Width;

    /// <summary>
    /// Adds up all columns; the first feature's number is even. One vector beyond the weights must be readable; sums are written in whole vectors.
    /// </summary>
    internal static void Run(in SparseBatch batch, in SparseForwardWork work)
    {
        for (var column = 0; column < work.Columns;)
        {
            // Eight vectors of two features take sixteen registers: only the widest instruction set has more.
            var vectors = (work.Columns - column + Width - 1) / Width;
            switch (vectors)
            {
                case >= 8 when Width >= 16:
                    RunPairs<Count8>(batch, work, column);
                    column += 8 * Width;
                    break;
                case >= 4:
                    RunPairs<Count4>(batch, work, column);
                    column += 4 * Width;
                    break;
                case >= 2:
                    RunPairs<Count2>(batch, work, column);
                    column += 2 * Width;
                    break;
                default:
                    RunPairs<Count1>(batch, work, column);
                    column += Width;
                    break;
            }
        }
    }

    /// <summary>The pairs, and a last feature without a neighbour.</summary>
    private static void RunPairs<TVectors>(in SparseBatch batch, in SparseForwardWork work, int column) where TVectors : struct, IConstant
    {
        var end = work.First + ((work.End - work.First) & ~1);
        Run<TVectors, Count2>(batch, work, work.First, end, column);
        Run<TVectors, Count1>(batch, work, end, work.End, column);
    }

    /// <summary>
    /// The features from first up to, not including, end. Longer than methods are here otherwise: the weights must be locals of one method to
    /// become registers.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TVectors, TFeatures>(in SparseBatch batch, in SparseForwardWork work, int first, int end, int column)
        where TVectors : struct, IConstant where TFeatures : struct, IConstant
    {
        int groups = work.SetStride, stride = batch.Stride, weightStride = work.WeightStride, sumStride = work.SumStride;
        var factors = batch.Factors;
        var rows = batch.Bytes + ((nint)work.FirstRow * stride);
        var sums = work.Sums + ((nint)work.FirstRow * sumStride) + column;
        for (var feature = first; feature < end; feature += TFeatures.Value)
        {
            var set = work.Set + ((nint)(feature - work.First) * groups);
            var bits = TFeatures.Value > 1 ? set[0] | set[groups] : set[0];
            if (bits == 0)
            {
                continue;
            }

            var w = work.Weights + ((nint)feature * weightStride) + column;
            TVector a0 = Load<TVectors>(w, 0), a1 = Load<TVectors>(w, 1), a2 = Load<TVectors>(w, 2), a3 = Load<TVectors>(w, 3);
            TVector a4 = Load<TVectors>(w, 4), a5 = Load<TVectors>(w, 5), a6 = Load<TVectors>(w, 6), a7 = Load<TVectors>(w, 7);
            w += TFeatures.Value > 1 ? weightStride : 0;
            TVector b0 = Load<TVectors>(w, 0), b1 = Load<TVectors>(w, 1), b2 = Load<TVectors>(w, 2), b3 = Load<TVectors>(w, 3);
            TVector b4 = Load<TVectors>(w, 4), b5 = Load<TVectors>(w, 5), b6 = Load<TVectors>(w, 6), b7 = Load<TVectors>(w, 7);
            var bytes = rows + feature;
            do
            {
                // The bit is taken away first: the loop's end is then known long before the products are.
                var row = BitOperations.TrailingZeroCount(bits);
                bits &= bits - 1;
                var x = bytes + ((nint)row * stride);
                var y = sums + ((nint)row * sumStride);
                var x0 = SimdMemory.Broadcast<TSimd, TVector>(factors + x[0]);
                var x1 = TFeatures.Value > 1 ? SimdMemory.Broadcast<TSimd, TVector>(factors + x[1]) : x0;
                Add<TFeatures>(y, x0, a0, x1, b0);
                if (TVectors.Value > 1) Add<TFeatures>(y + Width, x0, a1, x1, b1);
                if (TVectors.Value > 2) Add<TFeatures>(y + (2 * Width), x0, a2, x1, b2);
                if (TVectors.Value > 2) Add<TFeatures>(y + (3 * Width), x0, a3, x1, b3);
                if (TVectors.Value > 4) Add<TFeatures>(y + (4 * Width), x0, a4, x1, b4);
                if (TVectors.Value > 4) Add<TFeatures>(y + (5 * Width), x0, a5, x1, b5);
                if (TVectors.Value > 4) Add<TFeatures>(y + (6 * Width), x0, a6, x1, b6);
                if (TVectors.Value > 4) Add<TFeatures>(y + (7 * Width), x0, a7, x1, b7);
            }
            while (bits != 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Load<TVectors>(float* from, int vector) where TVectors : struct, IConstant =>
        vector < TVectors.Value ? TSimd.Load(from + (vector * Width)) : TSimd.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TFeatures>(float* sums, TVector x0, TVector a, TVector x1, TVector b) where TFeatures : struct, IConstant
    {
        var sum = TSimd.Fma(x0, a, TSimd.Load(sums));
        TSimd.Store(sums, TFeatures.Value > 1 ? TSimd.Fma(x1, b, sum) : sum);
    }
}
