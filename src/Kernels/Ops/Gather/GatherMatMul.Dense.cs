using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

public sealed partial class GatherMatMul
{
    /// <summary>
    /// A batch as floats, in slices of features that stay with one thread each: gathered, multiplied and their weights updated there, so that the
    /// weights stay in that core's cache from step to step. Cut by rows of the batch and then by rows of the weights, half of the weights would go
    /// from core to core twice a step; so only sums and gradients of the layer's outputs do.
    /// </summary>
    private sealed unsafe partial class DenseSlices : IHostWay
    {
        private readonly GatherShape _shape;
        private readonly DeviceBuffer<float>[] _x;
        private readonly DeviceBuffer<float>[] _sums;

        internal DenseSlices(CpuAccelerator cpu, GatherShape shape)
        {
            (Cpu, _shape) = (cpu, shape);
            _x = [.. Slices.Select(slice => cpu.Allocate<float>(shape.Rows * FeaturesOf(slice)))];
            _sums = [.. Slices.Select(_ => cpu.Allocate<float>(shape.Rows * shape.Outputs))];
        }

        /// <inheritdoc/>
        public CpuAccelerator Cpu { get; }

        private IEnumerable<int> Slices => Enumerable.Range(0, _shape.Slices);

        /// <inheritdoc/>
        public Launch PrepareGather(GatherMatMul layer, DeviceView<int> batchLabels) => Cpu.Prepare(new DenseGatherTwin(this, layer, batchLabels));

        /// <inheritdoc/>
        public Launch PrepareForward(ForwardArguments arguments) => Cpu.Sequence($"{Operation}-forward",
        [
            Sliced(slice => new RowProduct
            {
                Name = "gather-matmul-dense-sums",
                A = X(slice),
                W = arguments.W.Pointer() + WeightsBefore(slice),
                C = _sums[slice].View.Pointer(),
                Rows = _shape.Rows,
                Columns = _shape.Outputs,
                Depth = FeaturesOf(slice),
                IsTransposed = false,
                IsWhole = true,
                Activation = Activation.Identity,
            }),
            Cpu.Prepare(new OutputTwin(Sums(), arguments)),
        ]);

        /// <inheritdoc/>
        public Launch PrepareWeights(DeviceView<float> dy, DeviceView<float>? rates, DeviceView<int> cursor, DeviceView<float> target) => Sliced(slice =>
            new OuterProduct(rates is null ? "gather-matmul-dense-weight-gradient" : "gather-matmul-dense-weight-update", X(slice), dy.Pointer(),
                target.Pointer() + WeightsBefore(slice), rates is { } r ? r.Pointer() : null, cursor.Pointer(), _shape.Rows, FeaturesOf(slice),
                _shape.Outputs, large: false));

        /// <inheritdoc/>
        public CpuLaunch Descent<TRule, TSimd, TVector>(DescentTwin twin, UpdateNumbers<float> constants)
            where TRule : struct, IUpdateRule where TSimd : struct, ISimd<TVector> where TVector : struct =>
            new DenseDescentLaunch<TRule, TSimd, TVector>(this, twin, constants);

        /// <inheritdoc/>
        public void Dispose()
        {
            Array.ForEach(_sums, sums => sums.Dispose());
            Array.ForEach(_x, x => x.Dispose());
        }

        /// <summary>(rows, features of the slice): its inputs.</summary>
        private float* X(int slice) => _x[slice].View.Pointer();

        private int FeaturesOf(int slice) => _shape.FirstFeature(slice + 1) - _shape.FirstFeature(slice);

        private nint WeightsBefore(int slice) => (nint)_shape.FirstFeature(slice) * _shape.Outputs;

        private SliceSums Sums() => new() { Shape = _shape, Stride = _shape.Outputs, First = _sums[0].View.Pointer(), Second = _sums[1].View.Pointer() };

        /// <summary>A launch for each slice as one.</summary>
        private SlicedLaunch Sliced<TTwin>(Func<int, TTwin> twin) where TTwin : ISimdTwin =>
            new(Cpu, [.. Slices.Select(slice => (CpuLaunch)Cpu.Prepare(twin(slice)))]);
    }
}
