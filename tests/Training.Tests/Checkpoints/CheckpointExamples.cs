using Gpu.Kernels.Ops;
using Gpu.Training.Checkpoints;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Models;
using Gpu.Training.Networks;
using Gpu.Training.Recipes;
using Gpu.Training.Schedules;

namespace Gpu.Training.Tests.Checkpoints;

/// <summary>A checkpoint with something in every place.</summary>
internal static class CheckpointExamples
{
    internal static Checkpoint Make(int epoch = 3, long steps = 120, float momentum = 0.9f, BestEpoch? best = null)
    {
        var recipe = Recipe.Default with { Data = "tiny \"é\"", Hidden = [5], Momentum = momentum, Epochs = 7, Seed = ulong.MaxValue };
        var shape = NetworkShape.Dense(6, [5], 3, [Activation.Relu], Activation.Identity, Loss.CrossEntropy);
        var parameters = Enumerable.Range(0, shape.ParameterCount).Select(i => i / 3f).ToArray();
        return new Checkpoint(
            new Model(shape, parameters, PixelScaling.Unit, 2, 3, new ModelOrigin("cpu", recipe.Seed, "1.0")),
            momentum == 0 ? OptimizerState.None : new([new("velocity", [.. parameters.Select(value => -value)])], 117),
            new RunProgress
            {
                Epoch = epoch,
                Position = new EpochPosition((int)Math.Min(17, steps - epoch), new EpochSums(0.1f, float.Epsilon, 55) { FirstBadStep = best is null ? null : 4, SkippedSteps = 2, SkippedSamples = 16 }),
                Steps = steps,
                EpochSeconds = 0.1,
                TrainSeconds = 1 / 3.0,
                GradientNorm = best is null ? null : 0.7,
                Restores = 2,
                Schedule = new ScheduleState(best is null ? null : 0.3, 4, 1),
                Best = best,
            },
            recipe, new string('a', 64), "cpu");
    }
}
