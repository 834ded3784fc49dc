using System.Diagnostics;
using Gpu.Host.Reports;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Networks;

namespace Gpu.Host.Benches;

/// <summary>Times whole training steps of the classic digit networks, on the built-in digits.</summary>
internal static class StepBench
{
    /// <summary>What <c>--only</c> calls this part.</summary>
    internal const string Name = "steps";

    private const int Classes = 10;
    private const int LeastPasses = 3;
    private static readonly TimeSpan _leastTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _mostTime = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A pass on a graphics processor is an epoch of 60,000 samples, or nearly: what an epoch costs once must weigh as much as it does there.
    /// tests/Benchmarks/torch_peer.py takes the same numbers.
    /// </summary>
    private static readonly (string Name, int Side, int[] Hidden, Activation Activation, int Batch, int Steps, int GpuSteps)[] _networks =
    [
        ("A", 28, [10], Activation.Relu, 1, 4000, 4000),
        ("B", 28, [30], Activation.Sigmoid, 50, 400, 1200),
        ("C", 28, [128], Activation.Relu, 32, 400, 1875),
        ("D", 28, [128, 64], Activation.Sigmoid, 32, 400, 1875),
        ("E", 29, [2500, 2000, 1500, 1000, 500], Activation.ScaledTanh, 128, 8, 64),
    ];

    internal static void Run(ComputeAccelerator accelerator, BenchReport report)
    {
        foreach (var (name, side, hidden, activation, batch, processorSteps, gpuSteps) in _networks)
        {
            var steps = accelerator.Traits.IsGpu ? gpuSteps : processorSteps;
            var shape = NetworkShape.Dense(side * side, hidden, Classes, [activation], Activation.Identity, Loss.CrossEntropy);
            using var trainer = new Trainer(accelerator, shape, Images(side, batch * steps), new TrainerOptions { BatchSize = batch, MeasureGradient = false });
            trainer.SetParameters(InitialWeights.Draw(shape, WeightDistribution.Xavier, WeightDistribution.Constant(0), 42));
            var rates = Enumerable.Repeat(1e-3f, trainer.StepsPerEpoch).ToArray();
            var seconds = Best(trainer, rates);
            report.AddStep($"{name} {shape}", batch, seconds / steps, batch * steps / seconds, trainer.LaunchesPerStep);
        }
    }

    /// <summary>
    /// The shortest pass of at least a second of them: the runtime goes on compiling for a good part of the first one. A device that is slow
    /// at it takes no more passes than begin within ten seconds.
    /// </summary>
    private static double Best(Trainer trainer, float[] rates)
    {
        var best = double.PositiveInfinity;
        var start = Stopwatch.GetTimestamp();
        for (var epoch = 0; ; epoch++)
        {
            best = Math.Min(best, trainer.TrainEpoch(epoch, rates).Seconds);
            var elapsed = Stopwatch.GetElapsedTime(start);
            if ((epoch + 1 >= LeastPasses && elapsed >= _leastTime) || elapsed >= _mostTime)
            {
                return best;
            }
        }
    }

    /// <summary>The built-in digits, in a wider frame where the network wants one: where ink lies decides what can be skipped.</summary>
    private static DataSet Images(int side, int count)
    {
        var digits = Digits.Train(count);
        if (side == digits.Width)
        {
            return digits;
        }

        var values = new byte[count * side * side];
        for (var row = 0; row < count * digits.Height; row++)
        {
            var (image, line) = (row / digits.Height, row % digits.Height);
            digits.Values.AsSpan(row * digits.Width, digits.Width).CopyTo(values.AsSpan(((image * side) + line) * side));
        }

        return new DataSet(digits.Source, values, digits.Labels, side, side, Classes);
    }
}
