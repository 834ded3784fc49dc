using Gpu.Kernels.Devices;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Networks;

namespace Gpu.Training.Tests.Loop;

/// <summary>All answers to a data set.</summary>
internal sealed class Answers(int classes)
{
    /// <summary>The answer to each sample.</summary>
    internal List<int> Classes { get; } = [];

    /// <summary>Samples x classes.</summary>
    internal List<float> Probabilities { get; } = [];

    /// <summary>Applies a network to samples whose bytes become 0..1.</summary>
    internal static Answers Of(ComputeAccelerator accelerator, NetworkShape shape, float[] parameters, DataSet data)
    {
        var answers = new Answers(shape.Outputs);
        Predictor.Predict(accelerator, shape, parameters, data, PixelScaling.Unit, answers.Add);
        return answers;
    }

    internal void Add(AnswerBatch batch)
    {
        Assert.Equal(Classes.Count, batch.First);
        for (var row = 0; row < batch.Count; row++)
        {
            Classes.Add(batch.Answer(row));
            Probabilities.AddRange(batch.Probabilities(row));
        }
    }

    /// <summary>The first of the most probable classes of a sample.</summary>
    internal int MostProbable(int sample)
    {
        var row = Probabilities.GetRange(sample * classes, classes);
        return row.IndexOf(row.Max());
    }
}
