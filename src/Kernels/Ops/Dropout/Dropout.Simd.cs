using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

public static partial class Dropout
{
    private sealed record Twin(DropoutMask Mask, DeviceView<int> Cursor, DeviceView<float> X, int M, int N, DeviceView<float> Y) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new TwinLaunch<TSimd, TVector>(cpu, this);
    }

    /// <summary>Chunk by chunk: the factors of 64 columns, then their products.</summary>
    private sealed unsafe class TwinLaunch<TSimd, TVector> : CpuLaunch where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private readonly int _n;
        private readonly int _rowBlocks;
        private readonly DropoutMask _mask;
        private readonly int* _cursor;
        private readonly float* _x;
        private readonly float* _y;

        internal TwinLaunch(CpuAccelerator cpu, Twin twin) : base(cpu, Operation, CpuRows.Parts(twin.M), 16L * twin.M * twin.N)
        {
            Rows = twin.M;
            _n = twin.N;
            _rowBlocks = RowBlocks(twin.N);
            _mask = twin.Mask;
            _cursor = twin.Cursor.Pointer();
            _x = twin.X.Pointer();
            _y = twin.Y.Pointer();
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var factors = stackalloc float[Chunk];
            var (step, firstRow) = ((uint)_cursor[StepCursor.GlobalStep], _cursor[StepCursor.Row]);
            var (row, end) = RowRange(Rows, Parts, part);
            for (; row < end; row++)
            {
                var block = (uint)((firstRow + row) * _rowBlocks);
                for (var first = 0; first < _n; first += Chunk, block += Blocks)
                {
                    if (TSimd.Width == 1)
                    {
                        FillOneByOne(_mask, block, step, factors);
                    }
                    else
                    {
                        Fill(_mask, block, step, factors);
                    }

                    var at = ((long)row * _n) + first;
                    Multiply(_x + at, factors, Math.Min(Chunk, _n - first), _y + at);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Multiply(float* x, float* factors, int count, float* y)
        {
            var i = 0;
            for (; i + TSimd.Width <= count; i += TSimd.Width)
            {
                TSimd.Store(y + i, TSimd.Multiply(TSimd.Load(x + i), TSimd.Load(factors + i)));
            }

            if (i < count)
            {
                TSimd.StorePartial(y + i, TSimd.Multiply(TSimd.LoadPartial(x + i, count - i), TSimd.Load(factors + i)), count - i);
            }
        }
    }

    /// <summary>The factors of a chunk, block after block.</summary>
    private static unsafe void FillOneByOne(DropoutMask mask, uint block, uint step, float* factors)
    {
        var (threshold, scale) = (mask.Threshold, mask.Scale);
        for (var i = 0u; i < Blocks; i++)
        {
            var (w0, w1, w2, w3) = Philox.Block(block + i, (uint)mask.Layer, PurposeWord, step, (uint)mask.Seed, (uint)(mask.Seed >> 32));
            factors[i] = w0 < threshold ? 0f : scale;
            factors[i + Blocks] = w1 < threshold ? 0f : scale;
            factors[i + (2 * Blocks)] = w2 < threshold ? 0f : scale;
            factors[i + (3 * Blocks)] = w3 < threshold ? 0f : scale;
        }
    }

    /// <summary>
    /// The factors of a chunk, eight blocks at a time: four in the lanes of a vector, as two of them run side by side. The upper half of a
    /// lane is left as it comes: no product reads it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Fill(DropoutMask mask, uint block, uint step, float* factors)
    {
        var (threshold, scale) = (Vector256.Create(mask.Threshold), Vector256.Create(mask.Scale));
        for (var i = 0; i < Blocks; i += 8)
        {
            var counter = Vector256.Create((ulong)block + (ulong)i) + Vector256.Create(0UL, 1, 2, 3);
            var low = Philox.Words(counter, (uint)mask.Layer, PurposeWord, step, (uint)mask.Seed, (uint)(mask.Seed >> 32));
            var high = Philox.Words(counter + Vector256.Create(4UL), (uint)mask.Layer, PurposeWord, step, (uint)mask.Seed, (uint)(mask.Seed >> 32));
            Select(low.X, high.X, threshold, scale, factors + i);
            Select(low.Y, high.Y, threshold, scale, factors + i + Blocks);
            Select(low.Z, high.Z, threshold, scale, factors + i + (2 * Blocks));
            Select(low.W, high.W, threshold, scale, factors + i + (3 * Blocks));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Select(Vector256<ulong> low, Vector256<ulong> high, Vector256<uint> threshold, Vector256<float> scale, float* factors)
    {
        var drops = Vector256.LessThan(Vector256.Narrow(low, high), threshold);
        Vector256.AndNot(scale, drops.AsSingle()).Store(factors);
    }
}
