using Gpu.Training.Data;
using Gpu.Training.Models;

namespace Gpu.Training.Loop;

/// <summary>What the last layer of a network reads: the samples as the layers before it see them.</summary>
public static class HiddenLayer
{
    /// <summary>Outputs of the layer before the last, for each sample; of a network of one layer, its outputs.</summary>
    /// <param name="model">The network.</param>
    /// <param name="data">The samples.</param>
    /// <param name="samples">Which of them.</param>
    /// <returns>Samples x outputs of that layer.</returns>
    public static float[] Outputs(Model model, DataSet data, int[] samples)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(samples);
        using var pass = new HostPass(model.Shape, model.Parameters, samples.Length, step: null);
        pass.Read(data, samples, model.Scaling);
        float[] outputs = [];
        for (var layer = 0; layer < Math.Max(1, model.Shape.Layers.Count - 1); layer++)
        {
            outputs = pass.Forward(layer);
        }

        return outputs;
    }
}
