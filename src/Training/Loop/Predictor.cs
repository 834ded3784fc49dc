using Gpu.Kernels.Accelerators;
using Gpu.Training.Data;
using Gpu.Training.Metrics;
using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>A trained network applied to samples.</summary>
public static class Predictor
{
    /// <summary>
    /// The probability of each class for each sample, which needs no label: count x classes. Softmax of the outputs; their sigmoid, one
    /// by one, for a network trained with binary cross-entropy.
    /// </summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="shape">The network.</param>
    /// <param name="parameters">Its parameters: the slab of <see cref="NetworkShape"/>.</param>
    /// <param name="data">The samples.</param>
    /// <param name="scaling">How a byte becomes an input.</param>
    /// <exception cref="TrainingException">Network and samples do not go together.</exception>
    public static float[] Predict(
        ComputeAccelerator accelerator, NetworkShape shape, ReadOnlySpan<float> parameters, DataSet data, PixelScaling scaling) =>
        Run(accelerator, shape, parameters, data, scaling, PassResults.Probabilities).Probabilities;

    /// <summary>The same for labelled samples, with their loss and how many were answered right, in one pass.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="shape">The network.</param>
    /// <param name="parameters">Its parameters: the slab of <see cref="NetworkShape"/>.</param>
    /// <param name="data">The samples, with labels.</param>
    /// <param name="scaling">How a byte becomes an input.</param>
    /// <exception cref="TrainingException">Network and samples do not go together.</exception>
    public static (Evaluation Evaluation, float[] Probabilities) Evaluate(
        ComputeAccelerator accelerator, NetworkShape shape, ReadOnlySpan<float> parameters, DataSet data, PixelScaling scaling) =>
        Run(accelerator, shape, parameters, data, scaling, PassResults.Evaluation | PassResults.Probabilities);

    private static (Evaluation Evaluation, float[] Probabilities) Run(
        ComputeAccelerator accelerator, NetworkShape shape, ReadOnlySpan<float> parameters, DataSet data, PixelScaling scaling, PassResults wanted)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(scaling);
        using var deviceParameters = new DeviceParameters(accelerator, shape);
        deviceParameters.Buffer.CopyFrom(parameters);
        using var pass = new DataPass(accelerator, shape, deviceParameters, data, scaling, wanted);
        var probabilities = new float[data.Count * shape.Outputs];
        return (pass.Run(probabilities, CancellationToken.None), probabilities);
    }
}
