using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

public sealed partial class GatherMatMul
{
    /// <summary>
    /// Features of a batch that stay with one thread, and the memory that goes with them: gathered, multiplied and their weights updated there,
    /// so that the weights stay in that core's cache from step to step, and only sums and gradients of the layer's outputs travel.
    /// </summary>
    private sealed unsafe class Slice : IDisposable
    {
        private readonly DeviceBuffer<byte> _bytes;
        private readonly DeviceBuffer<ulong> _set;
        private readonly DeviceBuffer<ulong> _setByFeature;
        private readonly DeviceBuffer<float> _sums;

        internal Slice(CpuAccelerator cpu, int rows, int firstFeature, int endFeature, int sumStride, float* factors)
        {
            FirstFeature = firstFeature;
            var features = endFeature - firstFeature;
            var words = SparseBatch.WordsOf(features);
            _bytes = cpu.Allocate<byte>(rows * words * SparseBatch.WordBits);
            _set = cpu.Allocate<ulong>(rows * words);
            _setByFeature = cpu.Allocate<ulong>(words * SparseBatch.WordBits * ((rows + BitMatrix.Size - 1) / BitMatrix.Size));
            _sums = cpu.Allocate<float>(rows * sumStride);
            Sums = _sums.View.Pointer();
            Batch = new SparseBatch
            {
                Bytes = _bytes.View.Pointer(),
                Set = _set.View.Pointer(),
                SetByFeature = _setByFeature.View.Pointer(),
                Factors = factors,
                Rows = rows,
                Words = words,
                Features = features,
            };
        }

        internal int FirstFeature { get; }

        /// <summary>The bytes, and which of them are not 0.</summary>
        internal SparseBatch Batch { get; }

        /// <summary>(rows, outputs rounded up to whole vectors): what these features add to the layer's sums.</summary>
        internal float* Sums { get; }

        public void Dispose()
        {
            _sums.Dispose();
            _setByFeature.Dispose();
            _set.Dispose();
            _bytes.Dispose();
        }
    }

    /// <summary>What the gather hands to the other launches, and where they add up: a few rows in slices of features, more rows as they are.</summary>
    private sealed class Scratch : IHostWay
    {
        /// <summary>Parts from which a product is cut by columns: as many as rows are cut into at most, so that no thread goes without.</summary>
        private const int FewestColumnParts = 8;

        /// <summary>Columns of a part: the sums of 64 rows fit into a first-level cache, the weights of some hundred features into a second-level one.</summary>
        private const int ColumnsPerPart = 128;

        private readonly DeviceBuffer<float> _factors;

        internal unsafe Scratch(CpuAccelerator cpu, float scale, GatherShape shape)
        {
            (Cpu, Shape) = (cpu, shape);
            SumStride = (shape.Outputs + 15) / 16 * 16;
            _factors = cpu.Allocate<float>(256);
            for (var value = 0; value < 256; value++)
            {
                ((CpuBuffer<float>)_factors).Span[value] = value * scale;
            }

            Slices = new Slice[shape.Slices];
            for (var slice = 0; slice < Slices.Length; slice++)
            {
                Slices[slice] = new(cpu, shape.Rows, shape.FirstFeature(slice), shape.FirstFeature(slice + 1), SumStride, _factors.View.Pointer());
            }
        }

        /// <inheritdoc/>
        public CpuAccelerator Cpu { get; }

        internal GatherShape Shape { get; }

        /// <summary>Floats from one row's sums to the next: whole vectors.</summary>
        internal int SumStride { get; }

        internal Slice[] Slices { get; }

        internal bool IsSliced => Slices.Length > 1;

        /// <summary>
        /// Whether the forward product is cut by columns of the weights, each part with all rows: wide weights, which no cache near by holds, are then
        /// read once and not once a part. The batch is gathered by groups of 64 rows, whose bits every part reads by feature.
        /// </summary>
        internal bool HasColumnParts => !IsSliced && Shape.Rows >= GatherShape.FewestUnslicedRows && ColumnParts >= FewestColumnParts;

        /// <summary>Parts of a product that is cut by columns.</summary>
        internal int ColumnParts => (Shape.Outputs + ColumnsPerPart - 1) / ColumnsPerPart;

        /// <summary>The columns of such a part.</summary>
        internal (int First, int Count) ColumnsOf(int part) => (part * ColumnsPerPart, Math.Min(ColumnsPerPart, Shape.Outputs - (part * ColumnsPerPart)));

        /// <summary>Room for all rows of such a part's columns.</summary>
        internal unsafe float* RoomOf(int part) => Slices[0].Sums + ((nint)ColumnsOf(part).First * Shape.Rows);

        /// <summary>Floats from one row of it to the next: whole vectors.</summary>
        internal int StrideOf(int part) => (ColumnsOf(part).Count + 15) / 16 * 16;

        /// <summary>Parts of what goes through the batch slice by slice, or else row by row.</summary>
        internal int Parts => IsSliced ? Slices.Length : HasColumnParts ? Slices[0].Batch.Groups : CpuRows.Parts(Shape.Rows);

        /// <summary>See <see cref="CpuLaunch.Rows"/>.</summary>
        internal int SharedRows => IsSliced || HasColumnParts ? 0 : Shape.Rows;

        /// <summary>See <see cref="CpuLaunch.Slices"/>.</summary>
        internal int SharedSlices => IsSliced ? Slices.Length : 0;

        /// <summary>Multiply-adds, as if a quarter of the bytes were not 0.</summary>
        internal long Cost => (long)Shape.Rows * Shape.Features * Shape.Outputs / 2;

        /// <summary>Whether one thread does the products: cut by rows, few rows would send half of the weights from core to core in every step.</summary>
        internal bool StaysAlone => !IsSliced && Shape.Rows < GatherShape.FewestUnslicedRows;

        /// <summary>The slice and the rows of a part.</summary>
        internal (Slice Slice, int FirstRow, int EndRow) PartOf(int part)
        {
            if (IsSliced)
            {
                return (Slices[part], 0, Shape.Rows);
            }

            var (first, end) = HasColumnParts
                ? (part * SparseBatch.WordBits, Math.Min((part + 1) * SparseBatch.WordBits, Shape.Rows))
                : CpuLaunch.RowRange(Shape.Rows, Parts, part);
            return (Slices[0], first, end);
        }

        /// <summary>Parts of what goes through the weights: a slice each, or else a word of features.</summary>
        internal int WeightParts => IsSliced ? Slices.Length : Slices[0].Batch.Words;

        /// <summary>The slice and the words of such a part.</summary>
        internal (Slice Slice, int FirstWord, int EndWord) WordsOf(int part) =>
            IsSliced ? (Slices[part], 0, Slices[part].Batch.Words) : (Slices[0], part, part + 1);

        /// <summary>Whether the gather finds out in which rows each feature is not 0: its parts have whole groups of 64 rows.</summary>
        internal bool TransposesEarly => IsSliced || HasColumnParts;

        /// <summary>Sees to it that a word's rows are known by feature: those of a slice, and where parts are columns, are since the gather.</summary>
        internal void TransposeLate(Slice slice, int word)
        {
            if (!TransposesEarly)
            {
                slice.Batch.Transpose(word, 0, Shape.Rows);
            }
        }

        /// <inheritdoc/>
        public Launch PrepareGather(GatherMatMul layer, DeviceView<int> batchLabels) => new GatherLaunch(this, layer, batchLabels);

        /// <inheritdoc/>
        public Launch PrepareForward(ForwardArguments arguments) => HasColumnParts
            ? Cpu.Prepare(new ColumnTwin(this, arguments))
            : Cpu.Sequence($"{Operation}-forward", [Cpu.Prepare(new SumTwin(this, arguments.W)), Cpu.Prepare(new OutputTwin(Sums(), arguments))]);

        /// <inheritdoc/>
        public Launch PrepareWeights(DeviceView<float> dy, DeviceView<float>? rates, DeviceView<int> cursor, DeviceView<float> target) =>
            Cpu.Prepare(new WeightTwin(this, dy, rates, cursor, target));

        /// <inheritdoc/>
        public CpuLaunch Descent<TRule, TSimd, TVector>(DescentTwin twin, UpdateNumbers<float> constants)
            where TRule : struct, IUpdateRule where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new DescentLaunch<TRule, TSimd, TVector>(this, twin, constants);

        private unsafe SliceSums Sums() => new()
        {
            Shape = Shape,
            Stride = SumStride,
            First = Slices[0].Sums,
            Second = IsSliced ? Slices[1].Sums : null,
            StaysAlone = StaysAlone,
        };

        public void Dispose()
        {
            Array.ForEach(Slices, slice => slice.Dispose());
            _factors.Dispose();
        }
    }
}
