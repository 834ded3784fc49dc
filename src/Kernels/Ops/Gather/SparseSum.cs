using System.Numerics;
using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>What <see cref="SparseSum{TSimd, TVector, TTarget}"/> adds up, apart from the columns.</summary>
internal unsafe struct SparseTerms
{
    /// <summary>Indices in a word of <see cref="Set"/>.</summary>
    internal const int WordBits = 64;

    /// <summary>The number of sums: rows of the batch forward, features backward.</summary>
    internal int Sums;

    /// <summary>Which indices take part in the first sum: bit b of word w stands for index 64 w + b.</summary>
    internal ulong* Set;

    /// <summary>Words of one sum.</summary>
    internal int Words;

    /// <summary>Words from one sum to the next.</summary>
    internal int SetStep;

    /// <summary>The byte of sum s and index i is Values[s * ValueStep + i * ValueStride].</summary>
    internal byte* Values;

    /// <summary>Bytes from one sum to the next.</summary>
    internal int ValueStep;

    /// <summary>Bytes from one index to the next.</summary>
    internal int ValueStride;

    /// <summary>The factor that each of the 256 bytes stands for.</summary>
    internal float* Factors;

    /// <summary>Floats from the matrix row of one index to that of the next.</summary>
    internal int MatrixStride;

    /// <summary>Floats from one sum to the next.</summary>
    internal int TargetStep;

    /// <summary>What an updating target multiplies its sums by.</summary>
    internal float Rate;
}

/// <summary>What becomes of a sum.</summary>
internal interface ISparseTarget
{
    /// <summary>The sum goes on from what is stored there.</summary>
    static abstract bool Continues { get; }

    /// <summary>The sum, times the rate, is added to what is stored there; otherwise it replaces it.</summary>
    static abstract bool Updates { get; }
}

/// <summary>
/// The inner loop of the twins of <see cref="GatherMatMul"/>: target[s, column] = sum over i of factor(s, i) * matrix[i, column]
/// over the indices i whose bit is set, ascending, one fused multiply-add each; an index whose factor is 0 costs nothing, and
/// adding its 0 would not change the bits. Forward, s is a row of the batch, i a feature and the matrix holds the weights;
/// backward, s is a feature, i a row of the batch and the matrix holds dy.
/// </summary>
/// <typeparam name="TSimd">The width.</typeparam>
/// <typeparam name="TVector">Its vector.</typeparam>
/// <typeparam name="TTarget">What becomes of the sums.</typeparam>
internal static unsafe class SparseSum<TSimd, TVector, TTarget>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
    where TTarget : struct, ISparseTarget
{
    /// <summary>How many vectors of columns stay in registers.</summary>
    private interface IVectors
    {
        static abstract int Count { get; }
    }

    private static int Width => TSimd.Width;

    /// <summary>Adds up all columns. One vector beyond the matrix and the targets must be readable; it is not written.</summary>
    internal static void Run(in SparseTerms terms, float* matrix, float* targets, int columns)
    {
        for (var column = 0; column < columns;)
        {
            var vectors = (columns - column + Width - 1) / Width;
            var count = vectors >= 8 ? 8 : vectors >= 4 ? 4 : vectors >= 2 ? 2 : 1;
            var lanes = Math.Min(columns - column - ((count - 1) * Width), Width);
            switch (count)
            {
                case 8: Run<Eight>(terms, matrix + column, targets + column, lanes); break;
                case 4: Run<Four>(terms, matrix + column, targets + column, lanes); break;
                case 2: Run<Two>(terms, matrix + column, targets + column, lanes); break;
                default: Run<One>(terms, matrix + column, targets + column, lanes); break;
            }

            column += count * Width;
        }
    }

    /// <summary>
    /// The columns of 1, 2, 4 or 8 vectors, of which the last has <paramref name="lanes"/> columns. Longer than methods are
    /// here otherwise: the sums must be locals of one method to become registers.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TVectors>(in SparseTerms terms, float* matrix, float* target, int lanes) where TVectors : struct, IVectors
    {
        var words = terms.Words;
        var valueStride = terms.ValueStride;
        var factors = terms.Factors;
        var matrixStride = terms.MatrixStride;
        for (var sum = 0; sum < terms.Sums; sum++, target += terms.TargetStep)
        {
            var set = terms.Set + ((nint)sum * terms.SetStep);
            if ((TTarget.Continues || TTarget.Updates) && IsEmpty(set, words))
            {
                continue;
            }

            var values = terms.Values + ((nint)sum * terms.ValueStep);
            var rows = matrix;
            var s0 = Begin(target);
            TVector s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
            if (TVectors.Count > 1) s1 = Begin(target + Width);
            if (TVectors.Count > 2) s2 = Begin(target + (2 * Width));
            if (TVectors.Count > 2) s3 = Begin(target + (3 * Width));
            if (TVectors.Count > 4) s4 = Begin(target + (4 * Width));
            if (TVectors.Count > 4) s5 = Begin(target + (5 * Width));
            if (TVectors.Count > 4) s6 = Begin(target + (6 * Width));
            if (TVectors.Count > 4) s7 = Begin(target + (7 * Width));
            for (var word = 0; word < words; word++)
            {
                // The bit is taken away first: the loop's end is then known long before the products are, and a
                // wrong guess at it costs no time while they are still being added.
                for (var bits = set[word]; bits != 0;)
                {
                    var index = BitOperations.TrailingZeroCount(bits);
                    bits &= bits - 1;
                    var factor = SimdMemory.Broadcast<TSimd, TVector>(factors + values[index * valueStride]);
                    var row = rows + (index * matrixStride);
                    s0 = TSimd.Fma(factor, TSimd.Load(row), s0);
                    if (TVectors.Count > 1) s1 = TSimd.Fma(factor, TSimd.Load(row + Width), s1);
                    if (TVectors.Count > 2) s2 = TSimd.Fma(factor, TSimd.Load(row + (2 * Width)), s2);
                    if (TVectors.Count > 2) s3 = TSimd.Fma(factor, TSimd.Load(row + (3 * Width)), s3);
                    if (TVectors.Count > 4) s4 = TSimd.Fma(factor, TSimd.Load(row + (4 * Width)), s4);
                    if (TVectors.Count > 4) s5 = TSimd.Fma(factor, TSimd.Load(row + (5 * Width)), s5);
                    if (TVectors.Count > 4) s6 = TSimd.Fma(factor, TSimd.Load(row + (6 * Width)), s6);
                    if (TVectors.Count > 4) s7 = TSimd.Fma(factor, TSimd.Load(row + (7 * Width)), s7);
                }

                values += SparseTerms.WordBits * valueStride;
                rows += SparseTerms.WordBits * matrixStride;
            }

            var rate = TSimd.Broadcast(terms.Rate);
            End(target, s0, rate, TVectors.Count > 1 ? Width : lanes);
            if (TVectors.Count > 1) End(target + Width, s1, rate, TVectors.Count > 2 ? Width : lanes);
            if (TVectors.Count > 2) End(target + (2 * Width), s2, rate, Width);
            if (TVectors.Count > 2) End(target + (3 * Width), s3, rate, TVectors.Count > 4 ? Width : lanes);
            if (TVectors.Count > 4) End(target + (4 * Width), s4, rate, Width);
            if (TVectors.Count > 4) End(target + (5 * Width), s5, rate, Width);
            if (TVectors.Count > 4) End(target + (6 * Width), s6, rate, Width);
            if (TVectors.Count > 4) End(target + (7 * Width), s7, rate, lanes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Begin(float* target) => TTarget.Continues ? TSimd.Load(target) : TSimd.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void End(float* target, TVector sum, TVector rate, int lanes)
    {
        var result = TTarget.Updates ? TSimd.Fma(rate, sum, TSimd.Load(target)) : sum;
        if (lanes == Width)
        {
            TSimd.Store(target, result);
        }
        else
        {
            TSimd.StorePartial(target, result, lanes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsEmpty(ulong* set, int words)
    {
        var any = set[0];
        for (var word = 1; word < words; word++)
        {
            any |= set[word];
        }

        return any == 0;
    }

    private readonly struct One : IVectors { public static int Count => 1; }

    private readonly struct Two : IVectors { public static int Count => 2; }

    private readonly struct Four : IVectors { public static int Count => 4; }

    private readonly struct Eight : IVectors { public static int Count => 8; }
}
