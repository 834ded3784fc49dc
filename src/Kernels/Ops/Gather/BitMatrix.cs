using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gpu.Kernels.Ops;

/// <summary>
/// A matrix of 64 x 64 bits, a word a row, transposed in place by exchanging ever smaller blocks off the diagonal (Warren,
/// "Hacker's Delight", 7-3).
/// </summary>
internal static unsafe class BitMatrix
{
    /// <summary>Rows and columns.</summary>
    internal const int Size = 64;

    private const ulong Halves = 0x00000000FFFFFFFF;
    private const ulong Quarters = 0x0000FFFF0000FFFF;
    private const ulong Bytes = 0x00FF00FF00FF00FF;
    private const ulong Nibbles = 0x0F0F0F0F0F0F0F0F;
    private const ulong Pairs = 0x3333333333333333;
    private const ulong Singles = 0x5555555555555555;

    /// <summary>Afterwards bit r of word c is what bit c of word r was.</summary>
    internal static void Transpose(ulong* rows)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            TransposeVectors(rows);
        }
        else
        {
            TransposeWords(rows);
        }
    }

    /// <summary>The transposition word by word.</summary>
    internal static void TransposeWords(ulong* rows)
    {
        ReadOnlySpan<ulong> masks = [Halves, Quarters, Bytes, Nibbles, Pairs, Singles];
        var distance = Size / 2;
        foreach (var mask in masks)
        {
            for (var k = 0; k < Size; k = (k + distance + 1) & ~distance)
            {
                var change = ((rows[k] >> distance) ^ rows[k + distance]) & mask;
                rows[k] ^= change << distance;
                rows[k + distance] ^= change;
            }

            distance >>= 1;
        }
    }

    /// <summary>The transposition with eight words in a vector: rows eight and more apart lie in different vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransposeVectors(ulong* rows)
    {
        var v0 = Vector512.Load(rows);
        var v1 = Vector512.Load(rows + 8);
        var v2 = Vector512.Load(rows + 16);
        var v3 = Vector512.Load(rows + 24);
        var v4 = Vector512.Load(rows + 32);
        var v5 = Vector512.Load(rows + 40);
        var v6 = Vector512.Load(rows + 48);
        var v7 = Vector512.Load(rows + 56);
        Exchange(ref v0, ref v4, 32, Halves);
        Exchange(ref v1, ref v5, 32, Halves);
        Exchange(ref v2, ref v6, 32, Halves);
        Exchange(ref v3, ref v7, 32, Halves);
        Exchange(ref v0, ref v2, 16, Quarters);
        Exchange(ref v1, ref v3, 16, Quarters);
        Exchange(ref v4, ref v6, 16, Quarters);
        Exchange(ref v5, ref v7, 16, Quarters);
        Exchange(ref v0, ref v1, 8, Bytes);
        Exchange(ref v2, ref v3, 8, Bytes);
        Exchange(ref v4, ref v5, 8, Bytes);
        Exchange(ref v6, ref v7, 8, Bytes);
        Vector512.Store(ExchangeWithin(v0), rows);
        Vector512.Store(ExchangeWithin(v1), rows + 8);
        Vector512.Store(ExchangeWithin(v2), rows + 16);
        Vector512.Store(ExchangeWithin(v3), rows + 24);
        Vector512.Store(ExchangeWithin(v4), rows + 32);
        Vector512.Store(ExchangeWithin(v5), rows + 40);
        Vector512.Store(ExchangeWithin(v6), rows + 48);
        Vector512.Store(ExchangeWithin(v7), rows + 56);
    }

    /// <summary>The upper bits of <paramref name="low"/> change places with the lower bits of <paramref name="high"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Exchange(ref Vector512<ulong> low, ref Vector512<ulong> high, int distance, ulong mask)
    {
        var change = ((low >>> distance) ^ high) & Vector512.Create(mask);
        low ^= change << distance;
        high ^= change;
    }

    /// <summary>The exchanges between rows four, two and one apart, which are words of one vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> ExchangeWithin(Vector512<ulong> v)
    {
        v = Exchange(v, Vector512.Shuffle(v, Vector512.Create(4UL, 5, 6, 7, 0, 1, 2, 3)), Vector512.Create(0, 0, 0, 0, ~0UL, ~0UL, ~0UL, ~0UL), 4, Nibbles);
        v = Exchange(v, Vector512.Shuffle(v, Vector512.Create(2UL, 3, 0, 1, 6, 7, 4, 5)), Vector512.Create(0, 0, ~0UL, ~0UL, 0, 0, ~0UL, ~0UL), 2, Pairs);
        return Exchange(v, Vector512.Shuffle(v, Vector512.Create(1UL, 0, 3, 2, 5, 4, 7, 6)), Vector512.Create(0, ~0UL, 0, ~0UL, 0, ~0UL, 0, ~0UL), 1, Singles);
    }

    /// <summary>Each word exchanges bits with its partner; <paramref name="isHigh"/> tells which of the two it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Exchange(Vector512<ulong> v, Vector512<ulong> partner, Vector512<ulong> isHigh, int distance, ulong mask)
    {
        var asLow = v ^ ((((v >>> distance) ^ partner) & Vector512.Create(mask)) << distance);
        var asHigh = v ^ (((partner >>> distance) ^ v) & Vector512.Create(mask));
        return Vector512.ConditionalSelect(isHigh, asHigh, asLow);
    }
}
