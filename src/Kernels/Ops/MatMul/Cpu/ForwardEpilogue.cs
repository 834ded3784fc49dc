using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>y = f(y + bias), and sums = y + bias where the activation asks for its sums and they are to be kept.</summary>
internal sealed unsafe class ForwardEpilogue<TSimd, TVector, TActivation>(float* bias, float* sums, float* y, int columns) : IBlockEpilogue
    where TSimd : struct, ISimd<TVector> where TVector : struct where TActivation : struct, IActivation
{
    /// <summary>Columns up to which the bias is copied, round and round, so that vectors may go on from one row to the next.</summary>
    private const int MostCopied = 512;

    /// <summary>Rows from which the copy pays.</summary>
    private const int LeastRows = 8;

    /// <inheritdoc/>
    public void Apply(int firstRow, int endRow, int firstColumn, int endColumn)
    {
        // Where vectors end with a row in the middle, the part of one that is stored lies in the way of the next row's load, which waits for it.
        var areWhole = firstColumn == 0 && endColumn == columns;
        if (areWhole && columns % TSimd.Width != 0 && columns <= MostCopied && endRow - firstRow >= LeastRows)
        {
            ApplyAcrossRows((long)firstRow * columns, (long)endRow * columns);
            return;
        }

        ApplyByRows(firstRow, endRow, firstColumn, endColumn);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ApplyByRows(int firstRow, int endRow, int firstColumn, int endColumn)
    {
        for (var row = firstRow; row < endRow; row++)
        {
            var at = (long)row * columns;
            var column = firstColumn;
            for (; column + TSimd.Width <= endColumn; column += TSimd.Width)
            {
                ApplyVector(at + column, bias == null ? null : bias + column);
            }

            if (column < endColumn)
            {
                ApplyPart(at + column, bias == null ? null : bias + column, endColumn - column);
            }
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ApplyAcrossRows(long first, long end)
    {
        var copies = stackalloc float[MostCopied + TSimd.Width];
        for (int i = 0, column = 0; bias != null && i < columns + TSimd.Width; i++)
        {
            copies[i] = bias[column];
            column = column + 1 == columns ? 0 : column + 1;
        }

        copies = bias == null ? null : copies;
        var (at, step, offset) = (first, TSimd.Width % columns, 0);
        for (; at + TSimd.Width <= end; at += TSimd.Width)
        {
            ApplyVector(at, copies == null ? null : copies + offset);
            offset += step;
            offset = offset >= columns ? offset - columns : offset;
        }

        if (at < end)
        {
            ApplyPart(at, copies == null ? null : copies + offset, (int)(end - at));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ApplyVector(long at, float* shift)
    {
        var sum = TSimd.Load(y + at);
        sum = shift == null ? sum : TSimd.Add(sum, TSimd.Load(shift));
        if (TActivation.From == SlopeSource.Sum && sums != null)
        {
            TSimd.Store(sums + at, sum);
        }

        TSimd.Store(y + at, TActivation.Apply<TSimd, TVector>(sum));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ApplyPart(long at, float* shift, int count)
    {
        var sum = TSimd.LoadPartial(y + at, count);
        sum = shift == null ? sum : TSimd.Add(sum, TSimd.LoadPartial(shift, count));
        if (TActivation.From == SlopeSource.Sum && sums != null)
        {
            TSimd.StorePartial(sums + at, sum, count);
        }

        TSimd.StorePartial(y + at, TActivation.Apply<TSimd, TVector>(sum), count);
    }
}
