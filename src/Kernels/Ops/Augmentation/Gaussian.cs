using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// The gaussian of the twin: sums of a field's numbers times weights, in tiles of four rows and two vectors whose sums stay in registers. Each number adds up
/// its terms in the order of its kernel; those beyond the gaussian's end have the weight 0 and change nothing.
/// </summary>
/// <param name="down">The middle of the weights for sums along columns.</param>
/// <param name="across">The middle of those for sums along rows.</param>
/// <param name="radius">How far the weights reach on both sides.</param>
internal readonly unsafe struct Gaussian(float* down, float* across, int radius)
{
    private const int TileRows = 4;

    /// <summary>Sums along columns.</summary>
    /// <param name="field">(height, stride): what is added up.</param>
    /// <param name="height">Rows.</param>
    /// <param name="stride">Floats of a row, a multiple of two vectors.</param>
    /// <param name="sums">(height, stride), with room for whole tiles.</param>
    internal void Down<TSimd, TVector>(float* field, int height, int stride, float* sums) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        for (var y = 0; y < height; y += TileRows)
        {
            var (first, end) = (Math.Max(0, y - radius), Math.Min(height, y + TileRows + radius));
            for (var x = 0; x < stride; x += 2 * TSimd.Width)
            {
                Tile<TSimd, TVector>(down + y - first, 1, -1, field + ((nint)first * stride) + x, stride, end - first, sums + ((nint)y * stride) + x, stride);
            }
        }
    }

    /// <summary>Sums along rows.</summary>
    /// <param name="field">(height, stride), with room for whole tiles: what is added up.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Floats of a row that count.</param>
    /// <param name="stride">Floats from one row to the next, a multiple of two vectors.</param>
    /// <param name="sums">(height, stride), with room for whole tiles.</param>
    internal void Across<TSimd, TVector>(float* field, int height, int width, int stride, float* sums)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var tile = 2 * TSimd.Width;
        for (var x = 0; x < width; x += tile)
        {
            var (first, end) = (Math.Max(0, x - radius), Math.Min(width, x + tile + radius));
            for (var y = 0; y < height; y += TileRows)
            {
                Tile<TSimd, TVector>(field + ((nint)y * stride) + first, stride, 1, across + x - first, -1, end - first, sums + ((nint)y * stride) + x, stride);
            }
        }
    }

    /// <summary>sums[r, c] = a[r aRow + k aStep] b[k bStep + c], added up over k from 0 on, for four rows and two vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<TSimd, TVector>(float* a, nint aRow, nint aStep, float* b, nint bStep, int count, float* sums, nint sumRow)
        where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        TVector s00 = TSimd.Zero, s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
        for (; count > 0; count--)
        {
            var (b0, b1) = (TSimd.Load(b), TSimd.Load(b + TSimd.Width));
            var (a0, a1, a2, a3) = (TSimd.Broadcast(a[0]), TSimd.Broadcast(a[aRow]), TSimd.Broadcast(a[2 * aRow]), TSimd.Broadcast(a[3 * aRow]));
            (s00, s01) = (TSimd.Fma(a0, b0, s00), TSimd.Fma(a0, b1, s01));
            (s10, s11) = (TSimd.Fma(a1, b0, s10), TSimd.Fma(a1, b1, s11));
            (s20, s21) = (TSimd.Fma(a2, b0, s20), TSimd.Fma(a2, b1, s21));
            (s30, s31) = (TSimd.Fma(a3, b0, s30), TSimd.Fma(a3, b1, s31));
            a += aStep;
            b += bStep;
        }

        Put<TSimd, TVector>(s00, s01, sums);
        Put<TSimd, TVector>(s10, s11, sums + sumRow);
        Put<TSimd, TVector>(s20, s21, sums + (2 * sumRow));
        Put<TSimd, TVector>(s30, s31, sums + (3 * sumRow));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<TSimd, TVector>(TVector first, TVector second, float* sums) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        TSimd.Store(sums, first);
        TSimd.Store(sums + TSimd.Width, second);
    }
}
