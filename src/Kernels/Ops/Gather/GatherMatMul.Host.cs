using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

// What the two ways of the processor have in common.
public sealed partial class GatherMatMul
{
    /// <summary>A way in which the processor computes the layer, with the memory that goes with it.</summary>
    private interface IHostWay : IDisposable
    {
        /// <summary>Where it runs.</summary>
        CpuAccelerator Cpu { get; }

        /// <summary>The gather of a batch, see <see cref="GatherMatMul.PrepareGather"/>.</summary>
        Launch PrepareGather(GatherMatMul layer, DeviceView<int> batchLabels);

        /// <summary>y = activation(x w + bias).</summary>
        Launch PrepareForward(ForwardArguments arguments);

        /// <summary>target = x^T dy, or with rates the update of the target by it.</summary>
        Launch PrepareWeights(DeviceView<float> dy, DeviceView<float>? rates, DeviceView<int> cursor, DeviceView<float> target);

        /// <summary>An optimizer's step on the weights, from x^T dy.</summary>
        CpuLaunch Descent<TRule, TSimd, TVector>(DescentTwin twin, UpdateNumbers<float> constants)
            where TRule : struct, IUpdateRule where TSimd : struct, ISimd<TVector> where TVector : struct;
    }

    private static IHostWay HostWay(CpuAccelerator cpu, float scale, GatherShape shape) => shape.On(cpu) switch
    {
        GatherWay.Sparse => new Scratch(cpu, scale, shape),
        GatherWay.Dense => new DenseSlices(cpu, shape),
        _ => throw new ArgumentOutOfRangeException(nameof(shape), shape,
            $"{Operation}: expected bytes that are mostly 0 and an offset of 0, or a layer that learns in slices, found neither: gather and multiply separately."),
    };

    /// <summary>See <see cref="PrepareForward"/>.</summary>
    private sealed record ForwardArguments(DeviceView<float> W, DeviceView<float> Bias, Activation Activation, DeviceView<float> Y, DeviceView<float>? Kept);

    /// <summary>Where slices, or the rows of a batch that is not sliced, leave what they add to the layer's sums.</summary>
    private sealed unsafe class SliceSums
    {
        internal required GatherShape Shape { get; init; }

        /// <summary>Floats from one row to the next; behind the last row lies what may be read of a vector.</summary>
        internal required int Stride { get; init; }

        /// <summary>(rows, outputs): the sums of the first slice.</summary>
        internal required float* First { get; init; }

        /// <summary>(rows, outputs): the sums of the second slice; null where there is one slice.</summary>
        internal required float* Second { get; init; }

        /// <summary>See <see cref="CpuLaunch.StaysAlone"/>.</summary>
        internal bool StaysAlone { get; init; }
    }

    /// <summary>y from the sums of all slices.</summary>
    private sealed record OutputTwin(SliceSums Sums, ForwardArguments Arguments) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct =>
            ActivationList.Choose<Visitor<TSimd, TVector>, (CpuAccelerator, OutputTwin), CpuLaunch>(Arguments.Activation, (cpu, this));

        private readonly struct Visitor<TSimd, TVector> : IActivationVisitor<(CpuAccelerator Cpu, OutputTwin Twin), CpuLaunch>
            where TSimd : struct, ISimd<TVector> where TVector : struct
        {
            public static CpuLaunch Visit<TActivation>((CpuAccelerator Cpu, OutputTwin Twin) of) where TActivation : struct, IActivationFunction =>
                new OutputLaunch<TSimd, TVector, TActivation>(of.Cpu, of.Twin);
        }
    }
}
