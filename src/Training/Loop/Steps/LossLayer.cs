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
    private readonly LossTerms? _terms;

    /// <summary>The losses of a batch.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="forward">What makes the outputs.</param>
    /// <param name="settings">What the loss is told.</param>
    internal LossLayer(ComputeAccelerator accelerator, ForwardPass forward, LossSettings settings)
    {
        _terms = LossTerms.Create(accelerator, settings, forward.Shape.Outputs);
        (_accelerator, _forward) = (accelerator, forward);
    }

    /// <summary>Losses and answers from the outputs, and the gradient by the outputs where it is wanted.</summary>
    /// <param name="scores">Where losses and answers go, a row each.</param>
    /// <param name="gradient">Where the gradient goes.</param>
    internal Launch Prepare(SampleScores scores, DeviceView<float>? gradient) => _forward.Shape.Loss.Prepare(
        _accelerator, new(_forward.Outputs, _forward.Labels, _forward.Rows, _forward.Shape.Outputs, scores.Losses, scores.Correct, gradient), _forward.Targets, _terms);

    /// <summary>Whether the last layer, losses, answers and the gradients by the sums of the last two layers can be one launch.</summary>
    internal bool FusesOutput => _forward.Shape.Loss.Fused is not null && _terms is null && _forward.Shape.Layers[^1] is DenseLayer && _forward.Layers.Count > 1
        && _forward.Layers[^2].Above.Gradient is not null && OutputLayer.Suits(_accelerator, _forward.Shape.Outputs);

    /// <summary>That launch.</summary>
    internal Launch PrepareOutputLayer(StepContext context, SampleFeed feed, SampleScores scores)
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
            Losses = scores.Losses,
            Correct = scores.Correct,
            Dy = above.Gradient!.Value,
            Dx = below.Gradient!.Value,
        });
    }

    public void Dispose() => _terms?.Dispose();
}
