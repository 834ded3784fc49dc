using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Devices.Simulator;
using Gpu.Kernels.Ops;
using Gpu.Training.Layers;
using Gpu.Training.Loop;
using Gpu.Training.Networks;
using Gpu.Training.Tests.Loop;

namespace Gpu.Training.Tests.Layers;

/// <summary>What layers measure on the way to a loss that is not finite goes back with the step.</summary>
public class SkippedStatisticsTests
{
    [Fact]
    public void Running_statistics_stay_where_steps_are_skipped_and_move_where_they_are_taken()
    {
        using var cpu = new CpuAccelerator(new CpuOptions { Threads = 2, Strict = true });
        AssertStatistics(cpu);
        using var simulator = new SimulatorAccelerator(strict: true);
        AssertStatistics(simulator);
    }

    private static void AssertStatistics(ComputeAccelerator accelerator)
    {
        var data = Samples.Make(40);
        var shape = NetworkShape.Of(
            new SampleSize(6, 6, 1), LayerKinds.ReadList("batch-norm, dense 8 relu"), data.Classes, Activation.Identity, Loss.CrossEntropy);
        foreach (var skips in (bool[])[false, true])
        {
            var start = Configuration.InitialParameters(shape, 3);
            if (skips)
            {
                start.AsSpan(0, shape.WeightCount).Fill(float.MaxValue);
            }

            using var trainer = new Trainer(accelerator, shape, data, new TrainerOptions { BatchSize = 16, SkipBadSteps = true });
            trainer.SetParameters(start);
            var result = trainer.TrainEpoch(0, [0.1f, 0.1f, 0.1f]);
            Assert.Equal(skips ? 3 : 0, result.Position.Sums.SkippedSteps);
            var (before, after) = (start[shape.LearnedCount..], trainer.GetParameters()[shape.LearnedCount..]);
            Assert.Equal(skips, before.SequenceEqual(after));
        }
    }
}
