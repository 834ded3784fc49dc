using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>The rows and features of a <see cref="SparseForward{TSimd, TVector}"/>, and where the sums go.</summary>
internal unsafe struct SparseForwardWork
{
    /// <summary>The first row of the batch.</summary>
    internal int FirstRow;

    /// <summary>The row behind the last one.</summary>
    internal int EndRow;

    /// <summary>The first word of features.</summary>
    internal int Word;

    /// <summary>1 or 2 words.</summary>
    internal int Words;

    /// <summary>(features, columns): the weights of all features.</summary>
    internal float* Weights;

    /// <summary>Columns of the weights.</summary>
    internal int Columns;

    /// <summary>(rows of the batch, stride): the sums.</summary>
    internal float* Sums;

    /// <summary>Floats from one row's sums to the next: whole vectors.</summary>
    internal int SumStride;
}

/// <summary>
/// sums[r, column] += sum over the features f of a block of x[r, f] * w[f, column]: one fused multiply-add a feature, in ascending order, that
/// goes on from what is stored. Features are taken in pairs of neighbours, and a pair whose bytes are both 0 costs nothing: adding its zeros
/// would not change the bits. Neighbouring pixels are dark together, so pairs save a good part of the loop's own work at few wasted products,
/// and two words of pairs make one run of the loop, whose end is guessed wrongly about once.
/// </summary>
/// <typeparam name="TSimd">The width.</typeparam>
/// <typeparam name="TVector">Its vector.</typeparam>
internal static unsafe class SparseForward<TSimd, TVector> where TSimd : struct, ISimd<TVector> where TVector : struct
{
    /// <summary>The most words of a block.</summary>
    internal const int MostWords = 2;

    private const ulong Even = 0x5555555555555555;

    private static int Width => TSimd.Width;

    /// <summary>Adds up all columns. One vector beyond the weights must be readable; sums are written in whole vectors.</summary>
    internal static void Run(in SparseBatch batch, in SparseForwardWork work)
    {
        for (var column = 0; column < work.Columns;)
        {
            var vectors = (work.Columns - column + Width - 1) / Width;
            switch (vectors)
            {
                case >= 8:
                    Run<Count8>(batch, work, column);
                    column += 8 * Width;
                    break;
                case >= 4:
                    Run<Count4>(batch, work, column);
                    column += 4 * Width;
                    break;
                case >= 2:
                    Run<Count2>(batch, work, column);
                    column += 2 * Width;
                    break;
                default:
                    Run<Count1>(batch, work, column);
                    column += Width;
                    break;
            }
        }
    }

    /// <summary>
    /// The columns of 1, 2, 4 or 8 vectors. Longer than methods are here otherwise: the sums must be locals of one method to become registers.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TVectors>(in SparseBatch batch, in SparseForwardWork work, int column) where TVectors : struct, IConstant
    {
        var columns = work.Columns;
        var factors = batch.Factors;

        // A last feature without a neighbour has a byte of 0 beside it, and no weights: its own are read once more.
        var alone = batch.Features % 2 == 0 ? -1 : batch.Features - 1 - (SparseBatch.WordBits * work.Word);
        var weights = work.Weights + ((nint)SparseBatch.WordBits * work.Word * columns) + column;
        for (var row = work.FirstRow; row < work.EndRow; row++)
        {
            var set = batch.Set + ((nint)row * batch.Words) + work.Word;
            var pairs = Pairs(set[0]) | (work.Words > 1 ? Pairs(set[1]) << 32 : 0);
            if (pairs == 0)
            {
                continue;
            }

            var bytes = batch.Bytes + ((nint)row * batch.Stride) + (SparseBatch.WordBits * work.Word);
            var sums = work.Sums + ((nint)row * work.SumStride) + column;
            var s0 = TSimd.Load(sums);
            TVector s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
            if (TVectors.Value > 1) s1 = TSimd.Load(sums + Width);
            if (TVectors.Value > 2) { s2 = TSimd.Load(sums + (2 * Width)); s3 = TSimd.Load(sums + (3 * Width)); }
            if (TVectors.Value > 4) { s4 = TSimd.Load(sums + (4 * Width)); s5 = TSimd.Load(sums + (5 * Width)); }
            if (TVectors.Value > 4) { s6 = TSimd.Load(sums + (6 * Width)); s7 = TSimd.Load(sums + (7 * Width)); }
            do
            {
                // The bit is taken away first: the loop's end is then known long before the products are.
                var feature = 2 * BitOperations.TrailingZeroCount(pairs);
                pairs &= pairs - 1;
                var first = SimdMemory.Broadcast<TSimd, TVector>(factors + bytes[feature]);
                var second = SimdMemory.Broadcast<TSimd, TVector>(factors + bytes[feature + 1]);
                var w = weights + ((nint)feature * columns);
                s0 = TSimd.Fma(first, TSimd.Load(w), s0);
                if (TVectors.Value > 1) s1 = TSimd.Fma(first, TSimd.Load(w + Width), s1);
                if (TVectors.Value > 2) { s2 = TSimd.Fma(first, TSimd.Load(w + (2 * Width)), s2); s3 = TSimd.Fma(first, TSimd.Load(w + (3 * Width)), s3); }
                if (TVectors.Value > 4) { s4 = TSimd.Fma(first, TSimd.Load(w + (4 * Width)), s4); s5 = TSimd.Fma(first, TSimd.Load(w + (5 * Width)), s5); }
                if (TVectors.Value > 4) { s6 = TSimd.Fma(first, TSimd.Load(w + (6 * Width)), s6); s7 = TSimd.Fma(first, TSimd.Load(w + (7 * Width)), s7); }
                w += feature == alone ? 0 : columns;
                s0 = TSimd.Fma(second, TSimd.Load(w), s0);
                if (TVectors.Value > 1) s1 = TSimd.Fma(second, TSimd.Load(w + Width), s1);
                if (TVectors.Value > 2) { s2 = TSimd.Fma(second, TSimd.Load(w + (2 * Width)), s2); s3 = TSimd.Fma(second, TSimd.Load(w + (3 * Width)), s3); }
                if (TVectors.Value > 4) { s4 = TSimd.Fma(second, TSimd.Load(w + (4 * Width)), s4); s5 = TSimd.Fma(second, TSimd.Load(w + (5 * Width)), s5); }
                if (TVectors.Value > 4) { s6 = TSimd.Fma(second, TSimd.Load(w + (6 * Width)), s6); s7 = TSimd.Fma(second, TSimd.Load(w + (7 * Width)), s7); }
            }
            while (pairs != 0);

            TSimd.Store(sums, s0);
            if (TVectors.Value > 1) TSimd.Store(sums + Width, s1);
            if (TVectors.Value > 2) { TSimd.Store(sums + (2 * Width), s2); TSimd.Store(sums + (3 * Width), s3); }
            if (TVectors.Value > 4) { TSimd.Store(sums + (4 * Width), s4); TSimd.Store(sums + (5 * Width), s5); }
            if (TVectors.Value > 4) { TSimd.Store(sums + (6 * Width), s6); TSimd.Store(sums + (7 * Width), s7); }
        }
    }

    /// <summary>Bit i is set where bit 2i or bit 2i + 1 of the word is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Pairs(ulong word)
    {
        var any = (word | (word >> 1)) & Even;
        if (Bmi2.X64.IsSupported)
        {
            return Bmi2.X64.ParallelBitExtract(any, Even);
        }

        any = (any | (any >> 1)) & 0x3333333333333333;
        any = (any | (any >> 2)) & 0x0F0F0F0F0F0F0F0F;
        any = (any | (any >> 4)) & 0x00FF00FF00FF00FF;
        any = (any | (any >> 8)) & 0x0000FFFF0000FFFF;
        return (any | (any >> 16)) & 0x00000000FFFFFFFF;
    }
}
