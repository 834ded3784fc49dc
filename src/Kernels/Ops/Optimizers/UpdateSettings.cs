using Gpu.Kernels.Devices;

namespace Gpu.Kernels.Ops;

/// <summary>All that decides how a gradient changes a parameter, but the learning rate.</summary>
/// <param name="Optimizer">The optimizer and its settings.</param>
/// <param name="Momentum">What stays of the velocity from step to step, where the optimizer has one; 0 for none.</param>
/// <param name="L2">lambda of the lambda w that is added to the gradient, weights only; 0 for none.</param>
/// <param name="WeightDecay">The share of the rate by which a weight shrinks beside its gradient, biases not; 0 for none.</param>
/// <param name="ClipValue">The largest magnitude of an element of the gradient, before L2, as PyTorch's <c>clip_grad_value_</c>; infinite for any.</param>
public sealed record UpdateSettings(
    OptimizerChoice Optimizer, float Momentum = 0, float L2 = 0, float WeightDecay = 0, float ClipValue = float.PositiveInfinity)
{
    /// <summary>The names of the state's slabs.</summary>
    public IReadOnlyList<string> Slots => Optimizer.Optimizer.Slots(this);

    /// <summary>Whether it is w -= rate g and nothing more, which the launch that makes the gradient can do.</summary>
    public bool IsPlainDescent => Optimizer.Optimizer is Sgd && Momentum == 0 && L2 == 0 && WeightDecay == 0 && !(ClipValue < float.PositiveInfinity);
}

/// <summary>What an update reads and writes.</summary>
public sealed record UpdateMemory
{
    /// <summary>The gradient of the mean loss by each parameter.</summary>
    public required DeviceView<float> Gradients { get; init; }

    /// <summary>The state: a slab for each of <see cref="UpdateSettings.Slots"/>, as long as the parameters, updated.</summary>
    public required IReadOnlyList<DeviceView<float>> Slots { get; init; }

    /// <summary>The learning rate of each step of an epoch.</summary>
    public required DeviceView<float> Rates { get; init; }

    /// <summary>See <see cref="StepCursor"/>.</summary>
    public required DeviceView<int> Cursor { get; init; }

    /// <summary>See <see cref="StepControl"/>, of this gradient; null for a scale of 1, always applied.</summary>
    public DeviceView<float>? Control { get; init; }

    /// <summary>How many parameters, from the first, decay and L2 work on: the weights, which stand before the biases.</summary>
    public required int Decayed { get; init; }

    /// <summary>The parameters, updated.</summary>
    public required DeviceView<float> Parameters { get; init; }

    /// <summary>The memory of some of the parameters.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="count">How many there are.</param>
    public UpdateMemory Slice(int first, int count) => this with
    {
        Gradients = Gradients.Slice(first, count),
        Slots = [.. Slots.Select(slot => slot.Slice(first, count))],
        Decayed = Math.Clamp(Decayed - first, 0, count),
        Parameters = Parameters.Slice(first, count),
    };
}
