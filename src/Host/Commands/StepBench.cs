using Gpu.Host.Reports;
using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Networks;
using Gpu.Training.Random;

namespace Gpu.Host.Commands;

/// <summary>Times whole training steps of the classic digit networks, on made-up images as sparse as digits are.</summary>
internal static class StepBench
{
    /// <summary>What <c>--only</c> calls this part.</summary>
    internal const string Name = "steps";

    private const int Classes = 10;
    private const double InkShare = 0.19;
    private const int Repeats = 3;

    private static readonly (string Name, int Side, int[] Hidden, Activation Activation, int Batch, int Steps)[] _networks =
    [
        ("A", 28, [10], Activation.Relu, 1, 4000),
        ("B", 28, [30], Activation.Sigmoid, 50, 400),
        ("C", 28, [128], Activation.Relu, 32, 400),
        ("D", 28, [128, 64], Activation.Sigmoid, 32, 400),
        ("E", 29, [2500, 2000, 1500, 1000, 500], Activation.ScaledTanh, 128, 2),
    ];

    internal static void Run(ComputeAccelerator accelerator, BenchReport report)
    {
        foreach (var (name, side, hidden, activation, batch, steps) in _networks)
        {
            var shape = NetworkShape.Dense(side * side, hidden, Classes, [activation], Activation.Identity, Loss.CrossEntropy);
            using var trainer = new Trainer(accelerator, shape, Images(side, batch * steps), new TrainerOptions { BatchSize = batch });
            var parameters = new float[shape.ParameterCount];
            InitialWeights.Fill(shape, new WeightDistribution(WeightRule.Xavier), 0, 42, parameters);
            trainer.SetParameters(parameters);
            var rates = Enumerable.Repeat(1e-3f, trainer.StepsPerEpoch).ToArray();
            // The first pass warms up and is not counted.
            var seconds = Enumerable.Range(0, Repeats + 1).Select(epoch => trainer.TrainEpoch(epoch, rates).Seconds).Skip(1).Min();
            report.AddStep($"{name} {shape}", batch, seconds / steps, batch * steps / seconds);
        }
    }

    private static DataSet Images(int side, int count)
    {
        var random = new RandomStream(42, RandomPurpose.Digits);
        var values = new byte[count * side * side];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = random.NextDouble() < InkShare ? (byte)(1 + random.Next(255)) : (byte)0;
        }

        var labels = new byte[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = (byte)random.Next(Classes);
        }

        return new DataSet("made-up images", values, labels, side, side, Classes);
    }
}
