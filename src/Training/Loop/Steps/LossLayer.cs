using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Layers;
using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>What stands behind the last layer: each sample's loss, whether it was answered right, and the gradient.</summary>
internal sealed class LossLayer : IDisposable
{
    private readonly ComputeAccelerator _accelerator;
    private readonly ForwardPass _forward;
    private readonly DeviceBuffer<float> _losses;
    private readonly DeviceBuffer<int> _correct;
    private readonly LossTerms? _terms;

    /// <summary>Room for the losses of a batch, and the end of its step.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="forward">What makes the outputs.</param>
    /// <param name="state">Where losses and answers are added up.</param>
    /// <param name="settings">What the loss is told.</param>
    /// <param name="control">Where every step's gradient is measured, what decides on the step.</param>
    internal LossLayer(ComputeAccelerator accelerator, ForwardPass forward, StepState state, LossSettings settings, DeviceView<float>? control = null)
    {
        _terms = LossTerms.Create(accelerator, settings, forward.Shape.Outputs);
        (_accelerator, _forward) = (accelerator, forward);
        _losses = accelerator.Allocate<float>(forward.Rows);
        _correct = accelerator.Allocate<int>(forward.Rows);
        Tally = Kernels.Ops.Tally.Prepare(
            accelerator, _losses, _correct, forward.Rows, control, state.Totals, state.Counts, state.Cursor);
    }

    /// <summary>Adds up losses and answers and moves the cursor on: the last launch of a step.</summary>
    internal Launch Tally { get; }

    /// <summary>The loss of each sample.</summary>
    internal DeviceView<float> Losses => _losses;

    /// <summary>1 for each sample that was answered right.</summary>
    internal DeviceView<int> Correct => _correct;

    /// <summary>Losses and answers from the outputs, and the gradient by the outputs where it is wanted.</summary>
    internal Launch Prepare(DeviceView<float>? gradient) => _forward.Shape.Loss.Prepare(
        _accelerator, new(_forward.Outputs, _forward.Labels, _forward.Rows, _forward.Shape.Outputs, _losses, _correct, gradient), _forward.Targets, _terms);

    /// <summary>Whether the last layer, losses, answers and the gradients by the sums of the last two layers can be one launch.</summary>
    internal bool FusesOutput => _forward.Shape.Loss.Fused is not null && _terms is null && _forward.Shape.Layers[^1] is DenseLayer && _forward.Layers.Count > 1
        && _forward.Layers[^2].Above.Gradient is not null && OutputLayer.Suits(_accelerator, _forward.Shape.Outputs);

    /// <summary>That launch.</summary>
    internal Launch PrepareOutputLayer(StepContext context, SampleFeed feed)
    {
        var layer = context.Shape.Layers[^1];
        var (below, above) = (_forward.Layers[^2].Above, _forward.Layers[^1].Above);
        var tensors = context.Parameters.Of(context.Shape.Layers.Count - 1);
        var settings = new OutputLayerSettings
        {
            Rows = _forward.Rows,
            Inputs = layer.Inputs,
            Outputs = layer.Outputs,
            InputActivation = below.Activation,
            Activation = layer.Activation,
            Loss = context.Shape.Loss.Fused!.Value,
            SkipCorrectAfter = context.Options.SkipCorrectAfter ?? int.MaxValue,
        };
        return OutputLayer.Prepare(_accelerator, settings, new OutputLayerMemory
        {
            X = below.Output,
            XKept = below.Kept,
            Weights = tensors[0],
            Bias = tensors[1],
            Labels = feed.Labels,
            Order = feed.Order,
            Cursor = context.State.Cursor,
            Losses = _losses,
            Correct = _correct,
            Dy = above.Gradient!.Value,
            Dx = below.Gradient!.Value,
        });
    }

    public void Dispose()
    {
        _terms?.Dispose();
        _correct.Dispose();
        _losses.Dispose();
    }
}
