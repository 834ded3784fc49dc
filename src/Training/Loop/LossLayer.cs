using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Ops;
using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>What stands behind the last layer: each sample's loss, whether it was answered right, and the gradient.</summary>
internal sealed class LossLayer : IDisposable
{
    private readonly DeviceBuffer<float> _losses;
    private readonly DeviceBuffer<int> _correct;

    internal LossLayer(ComputeAccelerator accelerator, ForwardPass forward, StepState state, DeviceView<float>? gradient,
        DeviceView<float>? control = null)
    {
        _losses = accelerator.Allocate<float>(forward.Rows);
        _correct = accelerator.Allocate<int>(forward.Rows);
        var classes = forward.Shape.Layers[^1].Outputs;
        Launch = forward.Shape.Loss switch
        {
            Loss.CrossEntropy => SoftmaxCrossEntropy.Prepare(
                accelerator, forward.Outputs, forward.Labels, forward.Rows, classes, _losses, _correct, gradient),
            Loss.MeanSquaredError => SoftmaxSquaredError.Prepare(
                accelerator, forward.Outputs, forward.Labels, forward.Rows, classes, _losses, _correct, gradient),
            Loss.BinaryCrossEntropy => BinaryCrossEntropy.Prepare(
                accelerator, forward.Outputs, forward.Labels, forward.Rows, classes, _losses, _correct, gradient),
            var loss => throw new ArgumentOutOfRangeException(nameof(forward), loss, "A loss without an operation."),
        };
        Tally = Kernels.Ops.Tally.Prepare(
            accelerator, _losses, _correct, forward.Rows, control, state.Totals, state.Counts, state.Cursor);
    }

    /// <summary>Losses, answers and the gradient with respect to the outputs.</summary>
    internal Launch Launch { get; }

    /// <summary>Adds up what <see cref="Launch"/> found and moves the cursor on: the last launch of a step.</summary>
    internal Launch Tally { get; }

    /// <summary>The loss of each sample.</summary>
    internal DeviceView<float> Losses => _losses;

    /// <summary>1 for each sample that was answered right.</summary>
    internal DeviceView<int> Correct => _correct;

    public void Dispose()
    {
        _correct.Dispose();
        _losses.Dispose();
    }
}
