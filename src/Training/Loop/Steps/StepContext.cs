using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Layers;
using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>What all steps of a run share: the network, its numbers on the device and how they are changed.</summary>
internal sealed record StepContext(
    ComputeAccelerator Accelerator, NetworkShape Shape, TrainerOptions Options, StepState State, DeviceParameters Parameters,
    DeviceParameters? Gradients, OptimizerSlabs Slabs)
{
    /// <summary>The sum of the gradients of a step's batches; null where a step is one batch.</summary>
    internal DeviceParameters? Sum { get; init; }

    /// <summary>The moving average of the parameters; null where none is kept.</summary>
    internal DeviceParameters? Average { get; init; }

    /// <summary>What layers need to learn.</summary>
    internal LearningPlace Learning => new(Options.Seed, State.Cursor);

    /// <summary>The gradient by the last layer's outputs becomes that by its sums, without the samples that are skipped.</summary>
    internal IEnumerable<Launch> OutputBackward(int rows, DeviceView<float> kept, DeviceView<int> correct, DeviceView<float> gradient)
    {
        var layer = Shape.Layers[^1];
        if (layer.Activation != Activation.Identity)
        {
            yield return Activations.PrepareBackward(Accelerator, layer.Activation, kept, gradient, gradient);
        }

        if (Options.SkipCorrectAfter is { } step)
        {
            yield return SkipCorrect.Prepare(Accelerator, correct, State.Cursor, step, rows, layer.Outputs, gradient);
        }
    }

    /// <summary>One launch that changes parameters, from gradients that lie in memory.</summary>
    /// <param name="gradients">The gradients of all of them.</param>
    /// <param name="first">The first that is changed; those before it have been.</param>
    internal Launch Descend(DeviceParameters gradients, int first) =>
        ParameterUpdate.Prepare(Accelerator, Options.Update, UpdateOf(gradients).Slice(first, Shape.LearnedCount - first));

    /// <summary>What the optimizer reads and writes.</summary>
    internal UpdateMemory UpdateOf(DeviceParameters gradients) => new()
    {
        Gradients = gradients.Learned,
        Slots = Slabs.Views,
        Rates = State.Rates,
        Cursor = State.Cursor,
        Control = Options.IsControlled ? State.Control : null,
        Decayed = Shape.WeightCount,
        Parameters = Parameters.Learned,
    };

    /// <summary>What follows once all parameters have changed: their moving average, where one is kept.</summary>
    internal IEnumerable<Launch> Settle()
    {
        if (Average is { } average)
        {
            yield return MovingAverage.Prepare(Accelerator, Parameters.Buffer, Options.Ema!.Value, Shape.LearnedCount,
                Options.IsControlled ? State.Control : null, average.Buffer);
        }
    }
}
