using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>A dense layer of <see cref="OnlineSgd"/>.</summary>
/// <param name="Outputs">The number of outputs.</param>
/// <param name="Activation">What is applied to the sums.</param>
public readonly record struct OnlineLayer(int Outputs, Activation Activation);

/// <summary>The network that <see cref="OnlineSgd"/> trains.</summary>
public sealed record OnlineNetwork
{
    /// <summary>Bytes of a sample.</summary>
    public required int Features { get; init; }

    /// <summary>The layers, the one next to the input first.</summary>
    public required IReadOnlyList<OnlineLayer> Layers { get; init; }

    /// <summary>What is made small.</summary>
    public required LossFunction Loss { get; init; }

    /// <summary>What a byte is multiplied by. An offset is not supported: a byte of 0 must be an input of 0.</summary>
    public required float Scale { get; init; }

    /// <summary>From this step of the run on, a sample that is already right is not learned from.</summary>
    public int SkipCorrectAfter { get; init; } = int.MaxValue;

    /// <summary>Inputs of a layer.</summary>
    public int Inputs(int layer) => layer == 0 ? Features : Layers[layer - 1].Outputs;

    /// <summary>Weights of all layers.</summary>
    public int Weights => Enumerable.Range(0, Layers.Count).Sum(l => Inputs(l) * Layers[l].Outputs);

    /// <summary>Weights and biases of all layers.</summary>
    public int Parameters => Weights + Layers.Sum(l => l.Outputs);
}

/// <summary>The device memory that <see cref="OnlineSgd"/> works on.</summary>
public sealed record OnlineMemory
{
    /// <summary>The data set: samples x features bytes.</summary>
    public required DeviceView<byte> Values { get; init; }

    /// <summary>The class of each sample.</summary>
    public required DeviceView<byte> Labels { get; init; }

    /// <summary>The samples in the order in which they are used.</summary>
    public required DeviceView<int> Order { get; init; }

    /// <summary>See <see cref="StepCursor"/>; each sample is a step.</summary>
    public required DeviceView<int> Cursor { get; init; }

    /// <summary>The learning rate of each step of the epoch.</summary>
    public required DeviceView<float> Rates { get; init; }

    /// <summary>All weights, layer by layer, each inputs x outputs; then all biases, layer by layer.</summary>
    public required DeviceView<float> Parameters { get; init; }

    /// <summary>(2): the sum of the losses and its compensation, as <see cref="Tally"/> keeps them.</summary>
    public required DeviceView<float> Totals { get; init; }

    /// <summary>See <see cref="StepCounts"/>: right answers, and the first step whose loss is not finite.</summary>
    public required DeviceView<int> Counts { get; init; }

    /// <summary>See <see cref="StepControl"/>: the norm of the gradient of a launch's last step, 0 where nothing was learned in it.</summary>
    public required DeviceView<float> Control { get; init; }
}

/// <summary>
/// Stochastic gradient descent in its literal sense, one sample at a time, as one launch: forward through all layers, loss,
/// backward, plain descent, for as many samples as are asked for. At this batch size a step is a few hundred nanoseconds of
/// arithmetic, less than it takes to start a single launch. Inputs of 0 are skipped, forward and backward.
/// </summary>
public sealed partial class OnlineSgd : IDisposable
{
    /// <summary>Many steps of one sample in a launch.</summary>
    public const string Fused = "fused";

    /// <summary>Launches for each step, as in larger batches.</summary>
    public const string Launches = "launches";

    /// <summary>A launch for each operation of each step, nothing fused: product, bias-add, activation, softmax, loss and their gradients.</summary>
    public const string Unfused = "unfused";

    private const string Operation = "online-sgd";

    /// <summary>What can be forced, as <c>GPU_FORCE_STEP</c> names it.</summary>
    public static OperationVariants Choices { get; } = new("step", [Fused, Launches, Unfused]);

    private readonly ComputeAccelerator _accelerator;
    private readonly OnlineNetwork _network;
    private readonly OnlineMemory _memory;
    private readonly DeviceBuffer<int>? _layout;
    private readonly DeviceBuffer<float>? _work;
    private readonly TwinScratch? _scratch;

    /// <summary>Checks the shapes and allocates what the launches need.</summary>
    public OnlineSgd(ComputeAccelerator accelerator, OnlineNetwork network, OnlineMemory memory)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(memory);
        RequireNetwork(network);
        Require.Matrix(memory.Values, memory.Labels.Length, network.Features, Operation);
        Require.AtLeast(memory.Cursor, StepCursor.Length, Operation);
        Require.AtLeast(memory.Rates, 1, Operation);
        Require.Length(memory.Parameters, network.Parameters, Operation);
        Require.Length(memory.Totals, 2, Operation);
        Require.Length(memory.Counts, StepCounts.Length, Operation);
        Require.Length(memory.Control, StepControl.Length, Operation);
        (_accelerator, _network, _memory) = (accelerator, network, memory);
        if (accelerator is CpuAccelerator cpu)
        {
            _scratch = new TwinScratch(cpu, network, memory);
        }
        else
        {
            var layout = Layout(network);
            _layout = accelerator.Allocate<int>(layout.Length);
            _layout.CopyFrom(layout);
            _work = accelerator.Allocate<float>(WorkLength(network));
        }
    }

    /// <summary>Whether this beats a step of separate launches: on the CPU, where one thread does a step faster than a team can meet.</summary>
    public static bool IsWorthwhile(ComputeAccelerator accelerator) => accelerator is CpuAccelerator;

    /// <summary>
    /// Prepares <paramref name="samples"/> steps: the samples of the order from the cursor on. The order, and the rates from the
    /// cursor's step on, must have as many.
    /// </summary>
    public Launch Prepare(int samples)
    {
        Require.Positive(samples, Operation);
        Require.AtLeast(_memory.Order, samples, Operation);
        return _scratch is { } scratch
            ? scratch.Cpu.Prepare(new Twin(scratch, samples))
            : _accelerator.Prepare(OnlineSgdKernel, LaunchShape.Linear(1), _memory.Values, _memory.Labels, _memory.Order, _memory.Cursor,
                _memory.Rates, _layout!, _network.Scale, _network.SkipCorrectAfter, samples, _memory.Parameters, _work!,
                _memory.Totals, _memory.Counts, _memory.Control);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _scratch?.Dispose();
        _work?.Dispose();
        _layout?.Dispose();
    }

    private static void RequireNetwork(OnlineNetwork network)
    {
        Require.Positive(network.Features, Operation);
        Require.Positive(network.Layers.Count, Operation);
        foreach (var layer in network.Layers)
        {
            Require.Positive(layer.Outputs, Operation);
            if (!Enum.IsDefined(layer.Activation))
            {
                throw new ArgumentOutOfRangeException(nameof(network), layer.Activation, $"{Operation}: there is no activation {(int)layer.Activation}.");
            }
        }

        if (!Enum.IsDefined(network.Loss))
        {
            throw new ArgumentOutOfRangeException(nameof(network), network.Loss, $"{Operation}: there is no loss {(int)network.Loss}.");
        }
    }
}
