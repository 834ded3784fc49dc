using System.Numerics;
using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>The features and rows of a <see cref="SparseGradient{TSimd, TVector, TTarget}"/>, and what becomes of the sums.</summary>
internal unsafe struct SparseGradientWork
{
    /// <summary>The first feature.</summary>
    internal int First;

    /// <summary>The feature behind the last one.</summary>
    internal int End;

    /// <summary>(rows, columns): the gradient by the layer's sums.</summary>
    internal float* Dy;

    /// <summary>Columns of dy and of the target.</summary>
    internal int Columns;

    /// <summary>(features, columns): the gradient of all features' weights, or the weights.</summary>
    internal float* Target;

    /// <summary>What an updating target multiplies its sums by.</summary>
    internal float Rate;
}

/// <summary>What becomes of a sum.</summary>
internal interface ISparseTarget
{
    /// <summary>The sum, times the rate, is added to what is stored there; otherwise it replaces it.</summary>
    static abstract bool Updates { get; }
}

/// <summary>The sum is stored.</summary>
internal readonly struct GradientTarget : ISparseTarget { public static bool Updates => false; }

/// <summary>The sum changes the weights.</summary>
internal readonly struct UpdateTarget : ISparseTarget { public static bool Updates => true; }

/// <summary>
/// target[f, column] = sum over the rows r of x[r, f] * dy[r, column]: one fused multiply-add a row, in ascending order from 0. Features are
/// taken in groups of neighbours, and a row in which all of a group are 0 costs nothing: adding its zeros would not change the bits. Pixels
/// beside each other are dark together, so that a row of dy serves several features and the loop is run through fewer times. An update leaves a
/// group alone that is 0 in all rows.
/// </summary>
/// <typeparam name="TSimd">The width.</typeparam>
/// <typeparam name="TVector">Its vector.</typeparam>
/// <typeparam name="TTarget">What becomes of the sums.</typeparam>
internal static unsafe class SparseGradient<TSimd, TVector, TTarget>
    where TSimd : struct, ISimd<TVector> where TVector : struct where TTarget : struct, ISparseTarget
{
    private static int Width => TSimd.Width;

    /// <summary>All columns of the features. One vector beyond dy and the target must be readable; it is not written.</summary>
    internal static void Run(in SparseBatch batch, in SparseGradientWork work)
    {
        for (var column = 0; column < work.Columns;)
        {
            var vectors = (work.Columns - column + Width - 1) / Width;
            var count = vectors >= 8 && Width >= 16 ? 8 : vectors >= 4 ? 4 : vectors >= 2 ? 2 : 1;
            var lanes = Math.Min(work.Columns - column - ((count - 1) * Width), Width);
            switch (count)
            {
                case 8: RunPairs(batch, work, column, lanes); break;
                case 4: RunGroups<Count4>(batch, work, column, lanes); break;
                case 2: RunGroups<Count2>(batch, work, column, lanes); break;
                default: RunGroups<Count1>(batch, work, column, lanes); break;
            }

            column += count * Width;
        }
    }

    /// <summary>Groups of four features where there are registers for their sums, else of two; then what remains, one by one.</summary>
    private static void RunGroups<TVectors>(in SparseBatch batch, in SparseGradientWork work, int column, int lanes)
        where TVectors : struct, IConstant
    {
        var size = Width < 16 && TVectors.Value > 2 ? 2 : 4;
        var end = work.First + ((work.End - work.First) / size * size);
        if (size == 4)
        {
            Run<TVectors, Count4>(batch, work, work.First, end, column, lanes);
        }
        else
        {
            Run<TVectors, Count2>(batch, work, work.First, end, column, lanes);
        }

        Run<TVectors, Count1>(batch, work, end, work.End, column, lanes);
    }

    /// <summary>
    /// Eight vectors of pairs of features, for widths with thirty-two registers: fewer rows go past in vain than with groups of four, and a row's
    /// byte and bit serve eight vectors. A last feature without a neighbour is taken by four vectors at a time.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunPairs(in SparseBatch batch, in SparseGradientWork work, int column, int lanes)
    {
        int groups = batch.Groups, stride = batch.Stride, columns = work.Columns;
        var factors = batch.Factors;
        var feature = work.First;
        for (; feature + 2 <= work.End; feature += 2)
        {
            var set = batch.SetByFeature + ((nint)feature * groups);
            TVector a0 = TSimd.Zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
            TVector b0 = a0, b1 = a0, b2 = a0, b3 = a0, b4 = a0, b5 = a0, b6 = a0, b7 = a0;
            var any = 0UL;
            for (var group = 0; group < groups; group++)
            {
                var bits = set[group] | set[groups + group];
                any |= bits;
                var bytes = batch.Bytes + ((nint)SparseBatch.WordBits * group * stride) + feature;
                var rows = work.Dy + ((nint)SparseBatch.WordBits * group * columns) + column;
                while (bits != 0)
                {
                    var row = BitOperations.TrailingZeroCount(bits);
                    bits &= bits - 1;
                    var x = bytes + ((nint)row * stride);
                    var dy = rows + ((nint)row * columns);
                    TVector y0 = TSimd.Load(dy), y1 = TSimd.Load(dy + Width), y2 = TSimd.Load(dy + (2 * Width)), y3 = TSimd.Load(dy + (3 * Width));
                    Add<Count4>(factors + x[0], y0, y1, y2, y3, ref a0, ref a1, ref a2, ref a3);
                    Add<Count4>(factors + x[1], y0, y1, y2, y3, ref b0, ref b1, ref b2, ref b3);
                    dy += 4 * Width;
                    (y0, y1, y2, y3) = (TSimd.Load(dy), TSimd.Load(dy + Width), TSimd.Load(dy + (2 * Width)), TSimd.Load(dy + (3 * Width)));
                    Add<Count4>(factors + x[0], y0, y1, y2, y3, ref a4, ref a5, ref a6, ref a7);
                    Add<Count4>(factors + x[1], y0, y1, y2, y3, ref b4, ref b5, ref b6, ref b7);
                }
            }

            if (TTarget.Updates && any == 0)
            {
                continue;
            }

            var target = work.Target + ((nint)feature * columns) + column;
            End<Count4>(target, a0, a1, a2, a3, work.Rate, Width);
            End<Count4>(target + (4 * Width), a4, a5, a6, a7, work.Rate, lanes);
            End<Count4>(target + columns, b0, b1, b2, b3, work.Rate, Width);
            End<Count4>(target + columns + (4 * Width), b4, b5, b6, b7, work.Rate, lanes);
        }

        Run<Count4, Count1>(batch, work, feature, work.End, column, Width);
        Run<Count4, Count1>(batch, work, feature, work.End, column + (4 * Width), lanes);
    }

    /// <summary>
    /// The features from first up to, not including, end. Longer than methods are here otherwise: the sums must be locals of one method to
    /// become registers.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TVectors, TFeatures>(in SparseBatch batch, in SparseGradientWork work, int first, int end, int column, int lanes)
        where TVectors : struct, IConstant where TFeatures : struct, IConstant
    {
        int groups = batch.Groups, stride = batch.Stride, columns = work.Columns;
        var factors = batch.Factors;
        for (var feature = first; feature < end; feature += TFeatures.Value)
        {
            var set = batch.SetByFeature + ((nint)feature * groups);
            TVector a0 = TSimd.Zero, a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
            TVector c0 = a0, c1 = a0, c2 = a0, c3 = a0, d0 = a0, d1 = a0, d2 = a0, d3 = a0;
            var any = 0UL;
            for (var group = 0; group < groups; group++)
            {
                var bits = set[group];
                if (TFeatures.Value > 1) bits |= set[groups + group];
                if (TFeatures.Value > 2) bits |= set[(2 * groups) + group] | set[(3 * groups) + group];
                any |= bits;
                var bytes = batch.Bytes + ((nint)SparseBatch.WordBits * group * stride) + feature;
                var rows = work.Dy + ((nint)SparseBatch.WordBits * group * columns) + column;
                while (bits != 0)
                {
                    // The bit is taken away first: the loop's end is then known long before the products are.
                    var row = BitOperations.TrailingZeroCount(bits);
                    bits &= bits - 1;
                    var x = bytes + ((nint)row * stride);
                    var dy = rows + ((nint)row * columns);
                    var y0 = TSimd.Load(dy);
                    var y1 = TVectors.Value > 1 ? TSimd.Load(dy + Width) : y0;
                    var y2 = TVectors.Value > 2 ? TSimd.Load(dy + (2 * Width)) : y0;
                    var y3 = TVectors.Value > 2 ? TSimd.Load(dy + (3 * Width)) : y0;
                    Add<TVectors>(factors + x[0], y0, y1, y2, y3, ref a0, ref a1, ref a2, ref a3);
                    if (TFeatures.Value > 1) Add<TVectors>(factors + x[1], y0, y1, y2, y3, ref b0, ref b1, ref b2, ref b3);
                    if (TFeatures.Value > 2) Add<TVectors>(factors + x[2], y0, y1, y2, y3, ref c0, ref c1, ref c2, ref c3);
                    if (TFeatures.Value > 2) Add<TVectors>(factors + x[3], y0, y1, y2, y3, ref d0, ref d1, ref d2, ref d3);
                }
            }

            if (TTarget.Updates && any == 0)
            {
                continue;
            }

            var target = work.Target + ((nint)feature * columns) + column;
            End<TVectors>(target, a0, a1, a2, a3, work.Rate, lanes);
            if (TFeatures.Value > 1) End<TVectors>(target + columns, b0, b1, b2, b3, work.Rate, lanes);
            if (TFeatures.Value > 2) End<TVectors>(target + (2 * (nint)columns), c0, c1, c2, c3, work.Rate, lanes);
            if (TFeatures.Value > 2) End<TVectors>(target + (3 * (nint)columns), d0, d1, d2, d3, work.Rate, lanes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TVectors>(float* factor, TVector y0, TVector y1, TVector y2, TVector y3,
        ref TVector s0, ref TVector s1, ref TVector s2, ref TVector s3) where TVectors : struct, IConstant
    {
        var x = SimdMemory.Broadcast<TSimd, TVector>(factor);
        s0 = TSimd.Fma(x, y0, s0);
        if (TVectors.Value > 1) s1 = TSimd.Fma(x, y1, s1);
        if (TVectors.Value > 2) s2 = TSimd.Fma(x, y2, s2);
        if (TVectors.Value > 2) s3 = TSimd.Fma(x, y3, s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void End<TVectors>(float* target, TVector s0, TVector s1, TVector s2, TVector s3, float rate, int lanes)
        where TVectors : struct, IConstant
    {
        Put(target, s0, rate, TVectors.Value > 1 ? Width : lanes);
        if (TVectors.Value > 1) Put(target + Width, s1, rate, TVectors.Value > 2 ? Width : lanes);
        if (TVectors.Value > 2) Put(target + (2 * Width), s2, rate, Width);
        if (TVectors.Value > 2) Put(target + (3 * Width), s3, rate, lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(float* target, TVector sum, float rate, int lanes)
    {
        var result = TTarget.Updates ? TSimd.Fma(TSimd.Broadcast(rate), sum, TSimd.Load(target)) : sum;
        if (lanes == Width)
        {
            TSimd.Store(target, result);
        }
        else
        {
            TSimd.StorePartial(target, result, lanes);
        }
    }
}
