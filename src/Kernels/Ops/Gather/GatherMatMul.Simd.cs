using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

public sealed partial class GatherMatMul
{
    /// <summary>Bytes that an instance allocates: on the processor what the constructor of its way does, elsewhere none.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="shape">The layer, one for which <see cref="IsWorthwhile"/> says yes.</param>
    public static long ScratchBytes(ComputeAccelerator accelerator, GatherShape shape)
    {
        if (accelerator is not CpuAccelerator)
        {
            return 0;
        }

        var (rows, features, outputs) = shape;
        if (shape.On(accelerator) == GatherWay.Dense)
        {
            return sizeof(float) * (((long)rows * features) + ((long)shape.Slices * rows * outputs));
        }

        long words = SparseBatch.WordsOf(features);
        var groups = (rows + BitMatrix.Size - 1L) / BitMatrix.Size;
        var sums = shape.Slices * rows * ((outputs + 15L) / 16 * 16);
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

    /// <summary>Copies a slice, or the rows of a part, of the batch and notes which bytes are not 0; of a slice also by features.</summary>
    private sealed unsafe class GatherLaunch : CpuLaunch
    {
        private readonly Scratch _scratch;
        private readonly byte* _values;
        private readonly byte* _labels;
        private readonly int* _order;
        private readonly int _orderLength;
        private readonly int* _cursor;
        private readonly int* _batchLabels;

        internal GatherLaunch(Scratch scratch, GatherMatMul owner, DeviceView<int> batchLabels)
            : base(scratch.Cpu, "gather-matmul-gather", scratch.Parts, (long)scratch.Shape.Rows * scratch.Shape.Features)
        {
            (Rows, Slices, StaysAlone) = (scratch.SharedRows, scratch.SharedSlices, scratch.StaysAlone);
            _scratch = scratch;
            _values = owner._values.Pointer();
            _labels = owner._labels.Pointer();
            _order = owner._order.Pointer();
            _orderLength = owner._order.Length;
            _cursor = owner._cursor.Pointer();
            _batchLabels = batchLabels.Pointer();
        }

        public override void RunPart(int part)
        {
            var (slice, row, end) = _scratch.PartOf(part);
            var first = _order + _cursor[StepCursor.Sample];
            if (slice.FirstFeature == 0)
            {
                for (var r = row; r < end; r++)
                {
                    _batchLabels[r] = _labels[first[r]];
                }
            }

            Gather(slice, first, row, end);
            for (var word = 0; _scratch.TransposesEarly && word < slice.Batch.Words; word++)
            {
                slice.Batch.Transpose(word, row, end);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Gather(Slice slice, int* samples, int row, int end)
        {
            var batch = slice.Batch;
            var values = _values + slice.FirstFeature;
            var next = samples + _scratch.Shape.Rows;
            var features = _scratch.Shape.Features;
            var last = batch.Words - 1;

            // Beyond the features lies the next slice, or the next sample.
            var lastWord = Vector512.LessThan(Vector512<byte>.Indices, Vector512.Create((byte)(batch.Features - (SparseBatch.WordBits * last))));
            for (; row < end; row++)
            {
                // The next batch's row, which lies anywhere in the data set, comes while this one is worked on.
                if (next + row < _order + _orderLength)
                {
                    SimdMemory.FetchAhead(values + ((nint)next[row] * features), batch.Features);
                }

                var source = values + ((nint)samples[row] * features);
                var copy = batch.Bytes + ((nint)row * batch.Stride);
                var set = batch.Set + ((nint)row * batch.Words);
                for (var word = 0; word < last; word++)
                {
                    set[word] = Copy(Vector512.Load(source + (SparseBatch.WordBits * word)), copy + (SparseBatch.WordBits * word));
                }

                set[last] = Copy(Vector512.Load(source + (SparseBatch.WordBits * last)) & lastWord, copy + (SparseBatch.WordBits * last));
            }
        }

        /// <summary>Stores a word of bytes; returns which of them are not 0.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static ulong Copy(Vector512<byte> bytes, byte* to)
        {
            Vector512.Store(bytes, to);
            return ~Vector512.Equals(bytes, Vector512<byte>.Zero).ExtractMostSignificantBits();
        }
    }
}
