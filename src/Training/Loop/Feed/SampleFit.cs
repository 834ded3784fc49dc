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

        if (data.Quantity is not null && (shape.Outputs != 1 || shape.Loss.OfQuantities is null))
        {
            throw TrainingException.BadData(
                $"{data.Source}: expected classes, which the network {shape} with the loss {shape.Loss} was made for, found a quantity; use data with the classes, or train anew.");
        }

        if (data.Quantity is null && !shape.Loss.TakesClasses)
        {
            throw TrainingException.BadData(
                $"{data.Source}: expected a quantity, which the loss {shape.Loss} is for, found classes; use data with the quantity, or train with another --loss.");
        }

        if (data.Labels.Length > 0)
        {
            LabelRange.Require(data, shape.Layers[^1].Outputs);
        }
    }
}
