using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

public sealed partial class GatherMatMul
{
    /// <summary>Bytes that an instance allocates: on the processor what the constructor of its scratch does, elsewhere none.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="rows">Rows of a batch.</param>
    /// <param name="features">Bytes of a sample.</param>
    /// <param name="outputs">Outputs of the layer.</param>
    public static long ScratchBytes(ComputeAccelerator accelerator, int rows, int features, int outputs)
    {
        if (accelerator is not CpuAccelerator)
        {
            return 0;
        }

        long words = (features + SparseBatch.WordBits - 1L) / SparseBatch.WordBits;
        var groups = (rows + BitMatrix.Size - 1L) / BitMatrix.Size;
        var sums = rows * ((outputs + 15L) / 16 * 16);
        return (rows * words * (SparseBatch.WordBits + sizeof(ulong))) + (words * SparseBatch.WordBits * groups * sizeof(ulong)) + ((sums + 256) * sizeof(float));
    }

    /// <summary>Bytes that <see cref="PrepareLayerGradient"/> keeps on a device, and as many that <see cref="PrepareLayerUpdate"/> does.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="rows">Rows of a batch.</param>
    /// <param name="features">Bytes of a sample.</param>
    /// <param name="outputs">Outputs of the layer.</param>
    public static long GradientScratchBytes(ComputeAccelerator accelerator, int rows, int features, int outputs)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        var forced = accelerator.Variants.Forced(Choices, null);
        return accelerator is CpuAccelerator ? 0 : MatMul.PartBytes(accelerator, forced, features, rows, outputs, sumsColumns: true);
    }

    /// <summary>
    /// Rows from which the sparse products are shared out. A step's forward product reads all weights and its update changes them, cut the other
    /// way: half of them then travel from core to core in every step, at some 12 ns a cache line where it was measured, which below so many rows
    /// takes longer than half of the products.
    /// </summary>
    private const int FewestSharedRows = 96;

    /// <summary>What the gather hands to the other launches, and where they add up.</summary>
    private sealed class Scratch : IDisposable
    {
        internal Scratch(CpuAccelerator cpu, float scale, int rows, int features, int outputs)
        {
            (Cpu, Rows, Features, Outputs) = (cpu, rows, features, outputs);
            Words = (features + SparseBatch.WordBits - 1) / SparseBatch.WordBits;
            SumStride = (outputs + 15) / 16 * 16;
            Bytes = cpu.Allocate<byte>(rows * Stride);
            Set = cpu.Allocate<ulong>(rows * Words);
            SetByFeature = cpu.Allocate<ulong>(Words * SparseBatch.WordBits * ((rows + BitMatrix.Size - 1) / BitMatrix.Size));
            Sums = cpu.Allocate<float>(rows * SumStride);
            Factors = cpu.Allocate<float>(256);
            for (var value = 0; value < 256; value++)
            {
                ((CpuBuffer<float>)Factors).Span[value] = value * scale;
            }

            Batch = Bind();
        }

        internal CpuAccelerator Cpu { get; }

        /// <summary>The memory below, as the sparse products read it.</summary>
        internal SparseBatch Batch { get; }

        internal int Rows { get; }

        internal int Features { get; }

        internal int Outputs { get; }

        /// <summary>Words of 64 features, with a bit for each that is not 0.</summary>
        internal int Words { get; }

        /// <summary>Bytes from one row of the batch to the next.</summary>
        internal int Stride => Words * SparseBatch.WordBits;

        /// <summary>Floats from one row's sums to the next: whole vectors.</summary>
        internal int SumStride { get; }

        /// <summary>(rows, words * 64): the batch as bytes.</summary>
        internal DeviceBuffer<byte> Bytes { get; }

        /// <summary>(rows, words): which features of a row are not 0.</summary>
        internal DeviceBuffer<ulong> Set { get; }

        /// <summary>(words * 64, groups): which rows a feature is not 0 in.</summary>
        internal DeviceBuffer<ulong> SetByFeature { get; }

        /// <summary>(rows, outputs rounded up to whole vectors).</summary>
        internal DeviceBuffer<float> Sums { get; }

        /// <summary>(256): byte * scale.</summary>
        internal DeviceBuffer<float> Factors { get; }

        /// <summary>Multiply-adds, as if a quarter of the bytes were not 0.</summary>
        internal long Cost => (long)Rows * Features * Outputs / 2;

        /// <summary>Whether one thread does the products.</summary>
        internal bool StaysAlone => Rows < FewestSharedRows;

        private unsafe SparseBatch Bind() => new()
        {
            Bytes = Bytes.View.Pointer(),
            Set = Set.View.Pointer(),
            SetByFeature = SetByFeature.View.Pointer(),
            Factors = Factors.View.Pointer(),
            Rows = Rows,
            Words = Words,
            Features = Features,
        };

        public void Dispose()
        {
            Factors.Dispose();
            Sums.Dispose();
            SetByFeature.Dispose();
            Set.Dispose();
            Bytes.Dispose();
        }
    }

    /// <summary>Copies the rows of a part of the batch and notes which bytes are not 0.</summary>
    private sealed unsafe class GatherLaunch : CpuLaunch
    {
        private readonly Scratch _scratch;
        private readonly byte* _values;
        private readonly byte* _labels;
        private readonly int* _order;
        private readonly int _orderLength;
        private readonly int* _cursor;
        private readonly int* _batchLabels;
        private readonly byte* _bytes;
        private readonly ulong* _set;
        private readonly Vector512<byte> _lastWord;

        internal GatherLaunch(Scratch scratch, GatherMatMul owner, DeviceView<int> batchLabels)
            : base(scratch.Cpu, "gather-matmul-gather", CpuRows.Parts(scratch.Rows), (long)scratch.Rows * scratch.Features)
        {
            Rows = scratch.Rows;
            _scratch = scratch;
            _values = owner._values.Pointer();
            _labels = owner._labels.Pointer();
            _order = owner._order.Pointer();
            _orderLength = owner._order.Length;
            _cursor = owner._cursor.Pointer();
            _batchLabels = batchLabels.Pointer();
            _bytes = scratch.Bytes.View.Pointer();
            _set = scratch.Set.View.Pointer();
            _lastWord = Vector512.LessThan(Vector512<byte>.Indices, Vector512.Create((byte)(SparseBatch.WordBits - scratch.Stride + scratch.Features)));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void RunPart(int part)
        {
            var (row, end) = RowRange(Rows, Parts, part);
            var batch = _cursor[StepCursor.Sample];
            for (; row < end; row++)
            {
                // The next batch's row, which lies anywhere in the data set, comes while this one is worked on.
                if (batch + Rows + row < _orderLength)
                {
                    Prefetch(_values + ((nint)_order[batch + Rows + row] * _scratch.Features));
                }

                var sample = _order[batch + row];
                _batchLabels[row] = _labels[sample];
                var source = _values + ((nint)sample * _scratch.Features);
                var copy = _bytes + ((nint)row * _scratch.Stride);
                var set = _set + ((nint)row * _scratch.Words);
                var last = _scratch.Words - 1;
                for (var word = 0; word < last; word++)
                {
                    set[word] = Copy(Vector512.Load(source + (SparseBatch.WordBits * word)), copy + (SparseBatch.WordBits * word));
                }

                // Beyond the features lies the next sample.
                set[last] = Copy(Vector512.Load(source + (SparseBatch.WordBits * last)) & _lastWord, copy + (SparseBatch.WordBits * last));
            }
        }

        /// <summary>Stores a word of bytes; returns which of them are not 0.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static ulong Copy(Vector512<byte> bytes, byte* to)
        {
            Vector512.Store(bytes, to);
            return ~Vector512.Equals(bytes, Vector512<byte>.Zero).ExtractMostSignificantBits();
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Prefetch(byte* sample)
        {
            if (Sse.IsSupported)
            {
                for (var at = 0; at < _scratch.Features; at += 64)
                {
                    Sse.Prefetch1(sample + at);
                }
            }
        }
    }
}
