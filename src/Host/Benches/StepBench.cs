using System.Diagnostics;
using Gpu.Host.Reports;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Networks;

namespace Gpu.Host.Benches;

/// <summary>Times whole training steps of the networks of digits, on the built-in digits.</summary>
internal static class StepBench
{
    /// <summary>What <c>--only</c> calls this part.</summary>
    internal const string Name = "steps";

    private const int LeastPasses = 3;
    private static readonly TimeSpan _leastTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _mostTime = TimeSpan.FromSeconds(10);

    internal static void Run(ComputeAccelerator accelerator, BenchReport report)
    {
        foreach (var network in StepNetwork.All)
        {
            var (shape, batch) = (network.Shape, network.Batch);
            var steps = accelerator.Traits.IsGpu ? network.GpuSteps : network.Steps;
            var options = new TrainerOptions { BatchSize = batch, MeasureGradient = false, Optimizer = OptimizerChoice.Parse(network.Optimizer)! };
            using var trainer = new Trainer(accelerator, shape, Images(network.Side, batch * steps), options);
            trainer.SetParameters(InitialWeights.Draw(shape, WeightDistribution.Xavier, WeightDistribution.Constant(0), 42));
            var rates = Enumerable.Repeat(1e-3f, trainer.StepsPerEpoch).ToArray();
            var seconds = Best(trainer, rates);
            report.AddStep(network.Name, batch, seconds / steps, batch * steps / seconds, trainer.LaunchesPerStep);
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

        return new DataSet(digits.Source, values, digits.Labels, side, side, digits.Classes);
    }
}
