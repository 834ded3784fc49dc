using System.Diagnostics;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Networks;

namespace Gpu.Benchmarks;

/// <summary>A network that answers labelled samples: <c>evaluate</c> counts the right ones, <c>predict</c> gives every class's probability.</summary>
internal static class ServedPass
{
    private const double Seconds = 1;
    private const int LeastRuns = 3;

    /// <summary>Samples a second of the fastest of several passes, and how many were answered right.</summary>
    internal static (double Rate, int Correct) Measure(CpuAccelerator cpu, string what, string sizes, string activation, string data)
    {
        var samples = DataSource.LoadSamples(data);
        var layers = sizes.Split(',').Select(Server.Size).ToArray();
        var shape = NetworkShape.Dense(layers[0], layers[1..^1], layers[^1], [Enum.Parse<Activation>(activation, ignoreCase: true)],
            Activation.Identity, Loss.CrossEntropy);
        var parameters = new float[shape.ParameterCount];
        for (var (layer, offset) = (0, 0); layer < layers.Length - 1; offset += layers[layer] * layers[layer + 1], layer++)
        {
            FillWeights(parameters.AsSpan(offset, layers[layer] * layers[layer + 1]), layer, layers[layer]);
        }

        using var trainer = new Trainer(cpu, shape, samples, new TrainerOptions { BatchSize = 100 });
        trainer.SetParameters(parameters);
        var correct = trainer.Evaluate(samples).Correct;
        var answered = new float[samples.Count * shape.Outputs];
        var fastest = double.PositiveInfinity;
        for (var (spent, runs) = (0.0, 0); spent < Seconds || runs < LeastRuns; runs++)
        {
            var start = Stopwatch.GetTimestamp();
            if (what == "evaluate")
            {
                trainer.Evaluate(samples);
            }
            else
            {
                Predictor.Predict(cpu, shape, parameters, samples, PixelScaling.Unit, batch => Copy(batch, shape.Outputs, answered));
            }

            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            spent += seconds;
            fastest = Math.Min(fastest, seconds);
        }

        return (samples.Count / fastest, correct);
    }

    private static void Copy(AnswerBatch batch, int classes, float[] answered)
    {
        for (var row = 0; row < batch.Count; row++)
        {
            batch.Probabilities(row).CopyTo(answered.AsSpan((batch.First + row) * classes));
        }
    }

    /// <summary>Weights that a program in any language can make: a hash of layer and index, uniform with a deviation of 1 / sqrt(inputs).</summary>
    private static void FillWeights(Span<float> weights, int layer, int inputs)
    {
        var range = 2 * Math.Sqrt(3.0 / inputs);
        for (var i = 0; i < weights.Length; i++)
        {
            var hash = unchecked(((uint)i + 1 + ((uint)layer * 40_000_003)) * 2_654_435_761);
            hash ^= hash >> 15;
            hash = unchecked(hash * 2_246_822_519);
            hash ^= hash >> 13;
            weights[i] = (float)(((hash / 4_294_967_296.0) - 0.5) * range);
        }
    }
}
