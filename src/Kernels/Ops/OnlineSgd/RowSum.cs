using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// The products of <see cref="OnlineSgd"/>'s twin: a vector with a matrix whose rows are whole groups of 16 floats. The vector is
/// a list of values and of the offsets of their matrix rows, so that sparse and dense vectors are the same.
/// </summary>
/// <typeparam name="TSimd">The width.</typeparam>
/// <typeparam name="TVector">Its vector.</typeparam>
internal static unsafe class RowSum<TSimd, TVector> where TSimd : struct, ISimd<TVector> where TVector : struct
{
    /// <summary>
    /// Up to this many columns, a sum is four interleaved chains: one alone would wait for each of its additions. With more
    /// columns the chains of different columns fill the time.
    /// </summary>
    internal const int MostChainedColumns = 32;

    /// <summary>How many vectors of columns stay in registers.</summary>
    private interface IVectors
    {
        static abstract int Count { get; }
    }

    private static int Width => TSimd.Width;

    /// <summary>result = sum over i of values[i] * matrix[offsets[i]], ascending in i; with few columns in four chains, i modulo 4.</summary>
    /// <param name="offsets">Where each matrix row begins; up to three more, of any row, beyond the count.</param>
    /// <param name="values">As many; 0 beyond the count.</param>
    /// <param name="count">The number of rows.</param>
    /// <param name="matrix">The matrix.</param>
    /// <param name="columns">A multiple of 16.</param>
    /// <param name="result">(columns).</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Multiply(int* offsets, float* values, int count, float* matrix, int columns, float* result)
    {
        if (columns <= MostChainedColumns)
        {
            MultiplyInChains(offsets, values, count, matrix, columns, result);
        }
        else
        {
            MultiplyWide(offsets, values, count, matrix, columns, result);
        }
    }

    /// <summary>matrix[offsets[i]] += values[i] * change, for each i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Update(int* offsets, float* values, int count, float* change, int columns, float* matrix)
    {
        var column = 0;
        for (; column + (4 * Width) <= columns; column += 4 * Width)
        {
            Update<Four>(offsets, values, count, change + column, matrix + column);
        }

        for (; column < columns; column += Width)
        {
            Update<One>(offsets, values, count, change + column, matrix + column);
        }
    }

    private static void MultiplyInChains(int* offsets, float* values, int count, float* matrix, int columns, float* result)
    {
        var column = 0;
        for (; column + (2 * Width) <= columns; column += 2 * Width)
        {
            MultiplyInChains<Two>(offsets, values, count, matrix + column, result + column);
        }

        if (column < columns)
        {
            MultiplyInChains<One>(offsets, values, count, matrix + column, result + column);
        }
    }

    private static void MultiplyWide(int* offsets, float* values, int count, float* matrix, int columns, float* result)
    {
        var column = 0;
        for (; column + (8 * Width) <= columns; column += 8 * Width)
        {
            MultiplyWide<Eight>(offsets, values, count, matrix + column, result + column);
        }

        for (; column + (4 * Width) <= columns; column += 4 * Width)
        {
            MultiplyWide<Four>(offsets, values, count, matrix + column, result + column);
        }

        for (; column < columns; column += Width)
        {
            MultiplyWide<One>(offsets, values, count, matrix + column, result + column);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyInChains<TVectors>(int* offsets, float* values, int count, float* matrix, float* result)
        where TVectors : struct, IVectors
    {
        TVector s0 = TSimd.Zero, s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
        for (var i = 0; i < count; i += 4)
        {
            float* row0 = matrix + offsets[i], row1 = matrix + offsets[i + 1], row2 = matrix + offsets[i + 2], row3 = matrix + offsets[i + 3];
            var v0 = SimdMemory.Broadcast<TSimd, TVector>(values + i);
            var v1 = SimdMemory.Broadcast<TSimd, TVector>(values + i + 1);
            var v2 = SimdMemory.Broadcast<TSimd, TVector>(values + i + 2);
            var v3 = SimdMemory.Broadcast<TSimd, TVector>(values + i + 3);
            s0 = TSimd.Fma(v0, TSimd.Load(row0), s0);
            s1 = TSimd.Fma(v1, TSimd.Load(row1), s1);
            s2 = TSimd.Fma(v2, TSimd.Load(row2), s2);
            s3 = TSimd.Fma(v3, TSimd.Load(row3), s3);
            if (TVectors.Count > 1)
            {
                t0 = TSimd.Fma(v0, TSimd.Load(row0 + Width), t0);
                t1 = TSimd.Fma(v1, TSimd.Load(row1 + Width), t1);
                t2 = TSimd.Fma(v2, TSimd.Load(row2 + Width), t2);
                t3 = TSimd.Fma(v3, TSimd.Load(row3 + Width), t3);
            }
        }

        TSimd.Store(result, TSimd.Add(TSimd.Add(s0, s1), TSimd.Add(s2, s3)));
        if (TVectors.Count > 1)
        {
            TSimd.Store(result + Width, TSimd.Add(TSimd.Add(t0, t1), TSimd.Add(t2, t3)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyWide<TVectors>(int* offsets, float* values, int count, float* matrix, float* result)
        where TVectors : struct, IVectors
    {
        TVector s0 = TSimd.Zero, s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
        for (var i = 0; i < count; i++)
        {
            var row = matrix + offsets[i];
            var value = SimdMemory.Broadcast<TSimd, TVector>(values + i);
            s0 = TSimd.Fma(value, TSimd.Load(row), s0);
            if (TVectors.Count > 1) s1 = TSimd.Fma(value, TSimd.Load(row + Width), s1);
            if (TVectors.Count > 1) s2 = TSimd.Fma(value, TSimd.Load(row + (2 * Width)), s2);
            if (TVectors.Count > 1) s3 = TSimd.Fma(value, TSimd.Load(row + (3 * Width)), s3);
            if (TVectors.Count > 4) s4 = TSimd.Fma(value, TSimd.Load(row + (4 * Width)), s4);
            if (TVectors.Count > 4) s5 = TSimd.Fma(value, TSimd.Load(row + (5 * Width)), s5);
            if (TVectors.Count > 4) s6 = TSimd.Fma(value, TSimd.Load(row + (6 * Width)), s6);
            if (TVectors.Count > 4) s7 = TSimd.Fma(value, TSimd.Load(row + (7 * Width)), s7);
        }

        TSimd.Store(result, s0);
        if (TVectors.Count > 1) TSimd.Store(result + Width, s1);
        if (TVectors.Count > 1) TSimd.Store(result + (2 * Width), s2);
        if (TVectors.Count > 1) TSimd.Store(result + (3 * Width), s3);
        if (TVectors.Count > 4) TSimd.Store(result + (4 * Width), s4);
        if (TVectors.Count > 4) TSimd.Store(result + (5 * Width), s5);
        if (TVectors.Count > 4) TSimd.Store(result + (6 * Width), s6);
        if (TVectors.Count > 4) TSimd.Store(result + (7 * Width), s7);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Update<TVectors>(int* offsets, float* values, int count, float* change, float* matrix)
        where TVectors : struct, IVectors
    {
        var c0 = TSimd.Load(change);
        TVector c1 = c0, c2 = c0, c3 = c0;
        if (TVectors.Count > 1) (c1, c2, c3) = (TSimd.Load(change + Width), TSimd.Load(change + (2 * Width)), TSimd.Load(change + (3 * Width)));
        for (var i = 0; i < count; i++)
        {
            var row = matrix + offsets[i];
            var value = SimdMemory.Broadcast<TSimd, TVector>(values + i);
            TSimd.Store(row, TSimd.Fma(value, c0, TSimd.Load(row)));
            if (TVectors.Count > 1) TSimd.Store(row + Width, TSimd.Fma(value, c1, TSimd.Load(row + Width)));
            if (TVectors.Count > 1) TSimd.Store(row + (2 * Width), TSimd.Fma(value, c2, TSimd.Load(row + (2 * Width))));
            if (TVectors.Count > 1) TSimd.Store(row + (3 * Width), TSimd.Fma(value, c3, TSimd.Load(row + (3 * Width))));
        }
    }

    private readonly struct One : IVectors { public static int Count => 1; }

    private readonly struct Two : IVectors { public static int Count => 2; }

    private readonly struct Four : IVectors { public static int Count => 4; }

    private readonly struct Eight : IVectors { public static int Count => 8; }
}
