using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>Probabilities for samples that need no labels.</summary>
public static class Predictor
{
    /// <summary>
    /// The probability of each class for each sample: count x classes. Softmax of the outputs; their sigmoid, one by one, for a
    /// network trained with binary cross-entropy.
    /// </summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="shape">The network.</param>
    /// <param name="parameters">Its parameters: the slab of <see cref="NetworkShape"/>.</param>
    /// <param name="data">The samples.</param>
    /// <param name="scaling">How a byte becomes an input.</param>
    public static float[] Predict(
        ComputeAccelerator accelerator, NetworkShape shape, ReadOnlySpan<float> parameters, DataSet data, PixelScaling scaling)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(scaling);
        SampleFit.Require(shape, data);
        using var deviceParameters = new DeviceParameters(accelerator, shape);
        deviceParameters.Buffer.CopyFrom(parameters);
        using var feed = new ResidentFeed(accelerator, data);
        feed.BeginEpoch([.. Enumerable.Range(0, data.Count)]);
        using var state = new StepState(accelerator, 1);
        var classes = shape.Layers[^1].Outputs;
        using var probabilities = accelerator.Allocate<float>(data.Count * classes);
        var plan = StepPlan.ForEvaluation(accelerator, shape, data.Count);
        var density = GatherMatMul.Density(data.Values);
        void RunBatches(int first, int count, int rows)
        {
            if (count == 0)
            {
                return;
            }

            var input = new StepInput(feed, state, scaling, density, rows, data.Features);
            using var forward = new ForwardPass(accelerator, shape, deviceParameters, input);
            var outputs = accelerator.Sequence("prediction", forward.Launches);
            for (var run = 0; run < count; run++)
            {
                var sample = first + (run * rows);
                state.BeginAt(sample);
                outputs.Run();
                Probabilities(accelerator, forward, probabilities.View.Slice(sample * classes, rows * classes)).Run();
            }

            accelerator.Synchronize();
        }

        RunBatches(0, plan.FullRuns, plan.SamplesPerRun);
        RunBatches(plan.FullRuns * plan.SamplesPerRun, plan.Remainder > 0 ? 1 : 0, plan.Remainder);
        return probabilities.ToArray();
    }

    private static Launch Probabilities(ComputeAccelerator accelerator, ForwardPass forward, DeviceView<float> probabilities) =>
        forward.Shape.Loss == Loss.BinaryCrossEntropy
            ? Activations.PrepareForward(accelerator, Activation.Sigmoid, forward.Outputs, probabilities)
            : Softmax.PrepareForward(accelerator, forward.Outputs, forward.Rows, forward.Shape.Layers[^1].Outputs, probabilities);
}
