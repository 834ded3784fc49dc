using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

public sealed partial class GatherMatMul
{
    /// <summary>
    /// Whether <see cref="PrepareWeightDescent"/> is one launch, in which each thread keeps its own weights and their state in its core's cache;
    /// else one for all parameters of a network is better.
    /// </summary>
    public bool FusesDescent => _host is not null;

    /// <summary>
    /// Prepares an optimizer's step on the weights, from dw = x^T dy, with the bits of <see cref="PrepareWeightGradient"/> and
    /// <see cref="ParameterUpdate"/> behind each other.
    /// </summary>
    /// <param name="dy">(rows, outputs): the gradient by the layer's sums.</param>
    /// <param name="settings">The optimizer, and what it is told.</param>
    /// <param name="memory">
    /// The weights as parameters, (features, outputs), and what goes with them. Room for gradients may be used, and holds nothing of meaning afterwards.
    /// No control: it would have to see the gradients of all layers first.
    /// </param>
    public Launch PrepareWeightDescent(DeviceView<float> dy, UpdateSettings settings, UpdateMemory memory)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(memory);
        Require.Matrix(dy, _shape.Rows, _shape.Outputs, Operation);
        Require.Matrix(memory.Parameters, _shape.Features, _shape.Outputs, Operation);
        ParameterUpdate.RequireShapes(settings, memory);
        if (memory.Control is not null)
        {
            throw new ArgumentException($"{Operation}: expected no control over a step on the weights alone, found one.", nameof(memory));
        }

        return _host is { } host
            ? host.Cpu.Prepare(new DescentTwin(host, dy, settings, memory))
            : _accelerator.Sequence($"{Operation}-weight-descent",
                [PrepareWeightGradient(dy, memory.Gradients), ParameterUpdate.Prepare(_accelerator, settings, memory)]);
    }

    /// <summary>Prepares <see cref="PrepareWeightDescent"/> and db = the column sums of dy.</summary>
    /// <param name="dy">(rows, outputs): the gradient by the layer's sums.</param>
    /// <param name="settings">The optimizer, and what it is told.</param>
    /// <param name="memory">The weights and what goes with them, see there.</param>
    /// <param name="db">(outputs): the gradient by the biases.</param>
    public Launch PrepareLayerDescent(DeviceView<float> dy, UpdateSettings settings, UpdateMemory memory, DeviceView<float> db) => _accelerator.Independent(
        "layer-descent", [PrepareWeightDescent(dy, settings, memory), ColumnSum.Prepare(_accelerator, dy, _shape.Rows, _shape.Outputs, db)]);

    /// <summary>
    /// How many features' weights an optimizer updates at once: their gradients take a third of a first-level cache, which has them when they are used.
    /// </summary>
    private static int BlockFeatures(int outputs)
    {
        const int BlockLength = 4096;
        return Math.Clamp(BlockLength / outputs / 4 * 4, 4, SparseBatch.WordBits);
    }

    private sealed record DescentTwin(IHostWay Way, DeviceView<float> Dy, UpdateSettings Settings, UpdateMemory Memory) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            Settings.Optimizer.Optimizer.Rule(Settings).Accept(new Visitor<TSimd, TVector>(this));

        private sealed record Visitor<TSimd, TVector>(DescentTwin Twin) : IRuleVisitor where TSimd : struct, ISimd<TVector> where TVector : struct
        {
            public CpuLaunch Visit<TRule>(UpdateNumbers<float> constants) where TRule : struct, IUpdateRule =>
                Twin.Way.Descent<TRule, TSimd, TVector>(Twin, constants);
        }
    }

    /// <summary>
    /// The weights of a slice, or else of a word of 64 features: the gradient of a few features' weights is made, and used while the first-level
    /// cache has it.
    /// </summary>
    private sealed unsafe class DescentLaunch<TRule, TSimd, TVector> : CpuLaunch
        where TRule : struct, IUpdateRule where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        private readonly Scratch _scratch;
        private readonly UpdateVectors<TRule, TSimd, TVector> _vectors;
        private readonly float* _dy;
        private readonly float* _gradients;
        private readonly int _blockFeatures;

        internal DescentLaunch(Scratch scratch, DescentTwin twin, UpdateNumbers<float> constants) : base(scratch.Cpu,
            $"gather-matmul-weight-descent {twin.Settings.Optimizer.Optimizer.Name}", scratch.WeightParts,
            scratch.Cost + UpdateVectors<TRule, TSimd, TVector>.Bytes(twin.Memory))
        {
            _scratch = scratch;
            (Slices, StaysAlone) = (_scratch.SharedSlices, _scratch.StaysAlone);
            _vectors = new(twin.Settings, twin.Memory, constants);
            _dy = twin.Dy.Pointer();
            _gradients = twin.Memory.Gradients.Pointer();
            _blockFeatures = BlockFeatures(_scratch.Shape.Outputs);
        }

        /// <inheritdoc/>
        public override void RunPart(int part)
        {
            var (slice, word, end) = _scratch.WordsOf(part);
            var begun = _vectors.Begin();

            // Room that no other part writes: the gradients of the part's first features.
            var block = _gradients + ((slice.FirstFeature + ((nint)word * SparseBatch.WordBits)) * _scratch.Shape.Outputs);
            for (; word < end; word++)
            {
                _scratch.TransposeLate(slice, word);
                RunWord(slice, word, begun, block);
            }
        }

        private void RunWord(Slice slice, int word, UpdateNumbers<float> begun, float* block)
        {
            var columns = _scratch.Shape.Outputs;
            var feature = word * SparseBatch.WordBits;
            var last = Math.Min(feature + SparseBatch.WordBits, slice.Batch.Features);
            while (feature < last)
            {
                var end = Math.Min(feature + _blockFeatures, last);
                SparseGradient<TSimd, TVector, GradientTarget>.Run(slice.Batch, new SparseGradientWork
                {
                    First = feature,
                    End = end,
                    Dy = _dy,
                    Columns = columns,
                    Target = block - ((nint)feature * columns),
                });
                _vectors.Update(begun, (slice.FirstFeature + feature) * columns, (slice.FirstFeature + end) * columns, block);
                feature = end;
            }
        }
    }
}
