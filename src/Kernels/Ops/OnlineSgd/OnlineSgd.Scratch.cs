using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

public sealed partial class OnlineSgd
{
    /// <summary>Bytes that an instance on the processor allocates for its working copies of the weights and its vectors.</summary>
    public static long ScratchBytes(OnlineNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        static long Padded(int count) => (count + 15L) / 16 * 16;
        var floats = 3L * (network.Features + NonzeroList.Slack);
        for (var l = 0; l < network.Layers.Count; l++)
        {
            var (inputs, outputs) = (network.Inputs(l), network.Layers[l].Outputs);
            floats += (Activations.KeepsSum(network.Layers[l].Activation) ? 6 : 5) * Padded(outputs);
            floats += Padded(outputs) == outputs ? 0 : inputs * Padded(outputs);
            floats += l == 0 ? 0 : (outputs * Padded(inputs)) + inputs + outputs;
        }

        return sizeof(float) * (floats + (4 * Padded(network.Layers[^1].Outputs)));
    }

    /// <summary>A layer as the twin sees it. Rows and vectors are padded to groups of 16 floats, of which those beyond the outputs stay 0.</summary>
    private unsafe struct TwinLayer
    {
        internal int Inputs;
        internal int Outputs;

        /// <summary>Outputs, rounded up to groups of 16.</summary>
        internal int Columns;

        /// <summary>Inputs, rounded up to groups of 16.</summary>
        internal int InputColumns;

        internal Activation Activation;

        /// <summary>The activation, for the vectors of the launch.</summary>
        internal LayerFunctions Functions;

        /// <summary>(inputs, outputs): the parameters themselves.</summary>
        internal float* SlabWeights;

        /// <summary>(outputs).</summary>
        internal float* SlabBias;

        /// <summary>(inputs, columns): the working copy, or the parameters themselves where nothing needs padding.</summary>
        internal float* Weights;

        /// <summary>(outputs, input columns): a second working copy, so that backward, too, adds up whole rows. The first layer has none.</summary>
        internal float* Transposed;

        /// <summary>(columns).</summary>
        internal float* Bias;

        /// <summary>(columns): the outputs of a sample.</summary>
        internal float* Y;

        /// <summary>(columns): what the activation's derivative is taken from: its sums, or the outputs themselves.</summary>
        internal float* Kept;

        /// <summary>(columns): the gradient by the sums before the activation.</summary>
        internal float* Gradient;

        /// <summary>(columns): the gradient times -rate.</summary>
        internal float* Change;

        /// <summary>(columns): 1 where there is an output, 0 beyond.</summary>
        internal float* Valid;

        /// <summary>(inputs, and zeros): where the rows of the weights begin.</summary>
        internal int* Rows;

        /// <summary>(outputs, and zeros): where the rows of the transposed weights begin.</summary>
        internal int* TransposedRows;
    }

    /// <summary>The twin's copies and vectors.</summary>
    private sealed unsafe class TwinScratch : IDisposable
    {
        private readonly List<IDisposable> _owned = [];

        internal TwinScratch(CpuAccelerator cpu, OnlineNetwork network, OnlineMemory memory)
        {
            (Cpu, Network, Memory) = (cpu, network, memory);
            Layers = new TwinLayer[network.Layers.Count];
            var weights = memory.Parameters.Pointer();
            var biases = weights + network.Weights;
            for (var l = 0; l < Layers.Length; l++)
            {
                Layers[l] = Layer(l, weights, biases);
                weights += Layers[l].Inputs * Layers[l].Outputs;
                biases += Layers[l].Outputs;
            }

            List = new NonzeroList
            {
                Features = network.Features,
                Scale = network.Scale,
                Stride = Layers[0].Columns,
                Wide = cpu.Options.Path == SimdPath.Vector512,
                Offsets = Allocate<int>(network.Features + NonzeroList.Slack),
                Values = Allocate<float>(network.Features + NonzeroList.Slack),
                Indices = Allocate<ushort>(network.Features + NonzeroList.Slack),
                Bytes = Allocate<byte>(network.Features + NonzeroList.Slack),
            };
            ref var last = ref Layers[^1];
            Row = new LossRow
            {
                Outputs = last.Outputs,
                Columns = last.Columns,
                Valid = last.Valid,
                Gradient = last.Gradient,
                Work = Allocate<float>(last.Columns),
                Terms = Allocate<float>(last.Columns),
                Lanes = Allocate<float>(16),
                OneHot = Allocate<float>(2 * last.Columns),
            };
            Row.OneHot[last.Columns] = 1;
        }

        internal CpuAccelerator Cpu { get; }

        internal OnlineNetwork Network { get; }

        internal OnlineMemory Memory { get; }

        internal TwinLayer[] Layers { get; }

        internal NonzeroList List { get; }

        internal LossRow Row { get; }

        public void Dispose()
        {
            foreach (var buffer in _owned)
            {
                buffer.Dispose();
            }

            _owned.Clear();
        }

        private static int Padded(int count) => (count + 15) / 16 * 16;

        private TwinLayer Layer(int l, float* slabWeights, float* slabBias)
        {
            var (inputs, outputs) = (Network.Inputs(l), Network.Layers[l].Outputs);
            var layer = new TwinLayer
            {
                Inputs = inputs,
                Outputs = outputs,
                Columns = Padded(outputs),
                InputColumns = Padded(inputs),
                Activation = Network.Layers[l].Activation,
                SlabWeights = slabWeights,
                SlabBias = slabBias,
                Bias = Allocate<float>(Padded(outputs)),
                Y = Allocate<float>(Padded(outputs)),
                Gradient = Allocate<float>(Padded(outputs)),
                Change = Allocate<float>(Padded(outputs)),
                Valid = Allocate<float>(Padded(outputs)),
            };
            new Span<float>(layer.Valid, outputs).Fill(1);
            layer.Kept = Activations.KeepsSum(layer.Activation) ? Allocate<float>(layer.Columns) : layer.Y;
            layer.Weights = layer.Columns == outputs ? slabWeights : Allocate<float>(inputs * layer.Columns);
            if (l > 0)
            {
                layer.Transposed = Allocate<float>(outputs * layer.InputColumns);
                layer.Rows = Offsets(inputs, layer.Columns);
                layer.TransposedRows = Offsets(outputs, layer.InputColumns);
            }

            return layer;
        }

        private int* Offsets(int count, int stride)
        {
            var offsets = Allocate<int>(count + 16);
            for (var i = 0; i < count; i++)
            {
                offsets[i] = i * stride;
            }

            return offsets;
        }

        /// <summary>Zeros.</summary>
        private T* Allocate<T>(int length) where T : unmanaged
        {
            var buffer = (CpuBuffer<T>)Cpu.Allocate<T>(length);
            buffer.Span.Clear();
            _owned.Add(buffer);
            return buffer.Pointer;
        }
    }
}
