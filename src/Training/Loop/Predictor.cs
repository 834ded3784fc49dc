using Gpu.Kernels.Devices;
using Gpu.Training.Data;
using Gpu.Training.Metrics;
using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>A trained network applied to samples.</summary>
public static class Predictor
{
    /// <summary>
    /// The answer to each sample, which needs no label, with the probability of each class: softmax of the outputs; their sigmoid, one by
    /// one, for a network trained with binary cross-entropy.
    /// </summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="shape">The network.</param>
    /// <param name="parameters">Its parameters: the slab of <see cref="NetworkShape"/>.</param>
    /// <param name="data">The samples.</param>
    /// <param name="scaling">How a byte becomes an input.</param>
    /// <param name="receive">Gets the answers, in batches that take no more memory the more samples there are.</param>
    /// <exception cref="TrainingException">Network and samples do not go together, or the network gives NaN.</exception>
    public static void Predict(
        ComputeAccelerator accelerator, NetworkShape shape, ReadOnlySpan<float> parameters, DataSet data, PixelScaling scaling,
        AnswerReceiver receive) =>
        Run(accelerator, shape, parameters, data, scaling, PassResults.Answers, receive);

    /// <summary>The same for labelled samples, with their loss and how many were answered right, in one pass.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="shape">The network.</param>
    /// <param name="parameters">Its parameters: the slab of <see cref="NetworkShape"/>.</param>
    /// <param name="data">The samples, with labels.</param>
    /// <param name="scaling">How a byte becomes an input.</param>
    /// <param name="receive">Gets the answers, in batches that take no more memory the more samples there are.</param>
    /// <exception cref="TrainingException">Network and samples do not go together, or the network gives NaN.</exception>
    public static Evaluation Evaluate(
        ComputeAccelerator accelerator, NetworkShape shape, ReadOnlySpan<float> parameters, DataSet data, PixelScaling scaling,
        AnswerReceiver receive) =>
        Run(accelerator, shape, parameters, data, scaling, PassResults.Evaluation | PassResults.Answers, receive);

    private static Evaluation Run(
        ComputeAccelerator accelerator, NetworkShape shape, ReadOnlySpan<float> parameters, DataSet data, PixelScaling scaling, PassResults wanted,
        AnswerReceiver receive)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(scaling);
        ArgumentNullException.ThrowIfNull(receive);
        using var deviceParameters = new DeviceParameters(accelerator, shape);
        deviceParameters.Buffer.CopyFrom(parameters);
        using var pass = new DataPass(accelerator, shape, deviceParameters, data, scaling, wanted, isLone: true);
        return pass.Run(receive, CancellationToken.None);
    }
}
