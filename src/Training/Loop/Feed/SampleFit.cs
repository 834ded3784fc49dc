using Gpu.Training.Data;
using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>Whether samples can be shown to a network.</summary>
internal static class SampleFit
{
    /// <summary>Checks sizes and labels: data may hold some of the network's classes, but none beyond them.</summary>
    /// <exception cref="TrainingException">They do not go together.</exception>
    internal static void Require(NetworkShape shape, DataSet data)
    {
        if (data.Features != shape.Layers[0].Inputs)
        {
            throw TrainingException.BadData(
                $"{data.Source}: samples of {data.Features} values ({data.Height} x {data.Width}) were found, "
                + $"the network {shape} takes {shape.Layers[0].Inputs}.");
        }

        if (data.IsLabelled)
        {
            LabelRange.Require(data, shape.Layers[^1].Outputs);
        }
    }
}
