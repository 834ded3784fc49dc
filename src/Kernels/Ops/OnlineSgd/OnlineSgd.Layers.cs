using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

public sealed partial class OnlineSgd
{
    /// <summary>What happens to the vectors of a layer.</summary>
    private static unsafe class LayerMath<TSimd, TVector> where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        /// <summary>Lets a layer call its activation.</summary>
        internal static void Choose(ref TwinLayer layer) => layer.Functions = ActivationList.Choose<Visitor, int, LayerFunctions>(layer.Activation, 0);

        /// <summary>change = gradient * factor; bias += change.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        internal static void UpdateBias(ref TwinLayer layer, float factor)
        {
            var factors = TSimd.Broadcast(factor);
            for (var c = 0; c < layer.Columns; c += TSimd.Width)
            {
                var change = TSimd.Multiply(TSimd.Load(layer.Gradient + c), factors);
                TSimd.Store(layer.Change + c, change);
                TSimd.Store(layer.Bias + c, TSimd.Add(TSimd.Load(layer.Bias + c), change));
            }
        }

        /// <summary>y = f(y + bias), 0 beyond the outputs; the sum is kept where f' is taken from it.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Activate<TActivation>(ref TwinLayer layer) where TActivation : struct, IActivation
        {
            for (var c = 0; c < layer.Columns; c += TSimd.Width)
            {
                var sum = TSimd.Add(TSimd.Load(layer.Y + c), TSimd.Load(layer.Bias + c));
                if (TActivation.From == SlopeSource.Sum)
                {
                    TSimd.Store(layer.Kept + c, sum);
                }

                var y = TActivation.Apply<TSimd, TVector>(sum);
                TSimd.Store(layer.Y + c, TSimd.SelectGreater(TSimd.Load(layer.Valid + c), TSimd.Zero, y, TSimd.Zero));
            }
        }

        /// <summary>gradient = gradient * f'.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void MultiplyBySlope<TActivation>(ref TwinLayer layer) where TActivation : struct, IActivation
        {
            if (TActivation.From == SlopeSource.None)
            {
                return;
            }

            for (var c = 0; c < layer.Columns; c += TSimd.Width)
            {
                var (gradient, kept) = (TSimd.Load(layer.Gradient + c), TSimd.Load(layer.Kept + c));
                TSimd.Store(layer.Gradient + c, ActivationGradient.Through<TActivation, TSimd, TVector>(gradient, kept));
            }
        }

        private readonly struct Visitor : IActivationVisitor<int, LayerFunctions>
        {
            public static LayerFunctions Visit<TActivation>(int argument) where TActivation : struct, IActivationFunction =>
                new(&Activate<TActivation>, &MultiplyBySlope<TActivation>);
        }
    }

    /// <summary>A layer's activation and its derivative, to be called.</summary>
    private readonly unsafe struct LayerFunctions(delegate*<ref TwinLayer, void> activate, delegate*<ref TwinLayer, void> multiplyBySlope)
    {
        internal readonly delegate*<ref TwinLayer, void> Activate = activate;
        internal readonly delegate*<ref TwinLayer, void> MultiplyBySlope = multiplyBySlope;
    }

    /// <summary>The way of the parameters into the working copies and back.</summary>
    private static unsafe class LayerCopy<TSimd, TVector> where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        internal static void Load(ref TwinLayer layer)
        {
            Copy(layer.SlabBias, layer.Outputs, layer.Bias, layer.Columns, 1, layer.Outputs);
            if (layer.Weights != layer.SlabWeights)
            {
                Copy(layer.SlabWeights, layer.Outputs, layer.Weights, layer.Columns, layer.Inputs, layer.Outputs);
            }

            if (layer.Transposed != null)
            {
                Transpose(layer);
            }
        }

        internal static void Store(ref TwinLayer layer)
        {
            Copy(layer.Bias, layer.Columns, layer.SlabBias, layer.Outputs, 1, layer.Outputs);
            if (layer.Weights != layer.SlabWeights)
            {
                Copy(layer.Weights, layer.Columns, layer.SlabWeights, layer.Outputs, layer.Inputs, layer.Outputs);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Copy(float* source, int sourceStride, float* target, int targetStride, int rows, int columns)
        {
            for (var row = 0; row < rows; row++)
            {
                for (var c = 0; c < columns; c += TSimd.Width)
                {
                    var lanes = Math.Min(TSimd.Width, columns - c);
                    TSimd.StorePartial(target + c, TSimd.LoadPartial(source + c, lanes), lanes);
                }

                source += sourceStride;
                target += targetStride;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Transpose(in TwinLayer layer)
        {
            for (var j = 0; j < layer.Outputs; j++)
            {
                for (var k = 0; k < layer.Inputs; k++)
                {
                    layer.Transposed[(j * layer.InputColumns) + k] = layer.SlabWeights[(k * layer.Outputs) + j];
                }
            }
        }
    }
}
