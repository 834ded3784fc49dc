using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;

namespace Gpu.Training.Layers;

/// <summary>
/// A layer at its place: its memory and its launches. What is prepared is run in this order: forward; in a step then the gradient of its
/// inputs, which reads the parameters, and that of its parameters behind it.
/// </summary>
internal abstract class LayerWork(LayerPlace place) : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    /// <summary>What the next layer reads, and where it writes its gradient.</summary>
    internal abstract LayerFlow Above { get; }

    /// <summary>Where it runs.</summary>
    protected LayerPlace Place => place;

    /// <summary>Outputs from inputs.</summary>
    internal abstract IEnumerable<Launch> Forward();

    /// <summary>The gradient by the sums of the layer below, from <see cref="Above"/>'s. Not asked of the first layer.</summary>
    internal abstract IEnumerable<Launch> InputGradient();

    /// <summary>The gradients of its tensors.</summary>
    /// <param name="gradients">Where they go, tensor by tensor.</param>
    internal virtual IEnumerable<Launch> ParameterGradient(IReadOnlyList<DeviceView<float>> gradients) => [];

    /// <summary>Plain descent, W -= rate dW for every tensor, in one launch that writes no gradient down; for networks that <see cref="Layer"/>s allow it.</summary>
    /// <param name="rates">The learning rate of each step of the epoch.</param>
    internal virtual Launch Update(DeviceView<float> rates) => throw new NotSupportedException("The layer makes its gradient before it is changed.");

    /// <summary>
    /// The optimizer's step on the first of its tensors, in the launch that makes the gradient by it, and the gradients of the others; null where one
    /// launch of the optimizer for all parameters is better.
    /// </summary>
    /// <param name="settings">The optimizer, and what it is told.</param>
    /// <param name="memory">The first tensor as parameters, and what goes with it.</param>
    /// <param name="gradients">Where gradients go, tensor by tensor.</param>
    internal virtual Launch? Descent(UpdateSettings settings, UpdateMemory memory, IReadOnlyList<DeviceView<float>> gradients) => null;

    public void Dispose() => _owned.ForEach(owned => owned.Dispose());

    /// <summary>Memory that ends with the layer.</summary>
    protected DeviceView<T> Allocate<T>(long length) where T : unmanaged => Own(place.Accelerator.Allocate<T>(checked((int)length)));

    /// <summary>Something that ends with the layer.</summary>
    protected T Own<T>(T owned) where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    /// <summary>Outputs of a layer, with room for their gradient and for the sums that its activation asks for, where it learns.</summary>
    protected LayerFlow CreateAbove(Layer layer)
    {
        var count = (long)place.Rows * layer.Outputs;
        var output = Allocate<float>(count);
        var learns = place.Learning is not null;
        return new LayerFlow(output, learns ? Allocate<float>(count) : null)
        {
            Activation = layer.Activation,
            Kept = learns && Activations.KeepsSum(layer.Activation) ? Allocate<float>(count) : output,
        };
    }

    /// <summary>Where a product writes its sums beside its outputs; null where nobody asks for them.</summary>
    protected DeviceView<float>? Sums => Place.Learning is not null && Activations.KeepsSum(Above.Activation) ? Above.Kept : null;

    /// <summary>The gradient by the outputs of the layer below becomes that by its sums; for layers whose operation does not do it itself.</summary>
    protected IEnumerable<Launch> ThroughActivationBelow() => place.Below.Activation == Activation.Identity
        ? []
        : [Activations.PrepareBackward(place.Accelerator, place.Below.Activation, place.Below.Kept, place.Below.Gradient!.Value, place.Below.Gradient!.Value)];
}
