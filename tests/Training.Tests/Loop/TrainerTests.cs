using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Networks;

namespace Gpu.Training.Tests.Loop;

public class TrainerTests
{
    private static readonly NetworkShape _small =
        NetworkShape.Dense(36, [24], 4, [Activation.Relu], Activation.Identity, Loss.CrossEntropy);

    [Fact]
    public void It_learns_a_batch_by_heart()
    {
        var data = Samples.Make(64);
        using var accelerator = new CpuAccelerator();
        using var trainer = Begin(accelerator, _small, data, new TrainerOptions { BatchSize = 64 });
        for (var epoch = 0; epoch < 300; epoch++)
        {
            trainer.TrainEpoch(epoch, [0.5f]);
        }

        var evaluation = trainer.Evaluate(data);
        Assert.Equal(64, evaluation.Correct);
        Assert.InRange(evaluation.Loss, 0, 0.05);
    }

    [Fact]
    public void An_epoch_reports_the_loss_and_answers_before_each_step()
    {
        var data = Samples.Make(50);
        using var accelerator = new CpuAccelerator();
        using var trainer = Begin(accelerator, _small, data, new TrainerOptions { BatchSize = 50 });
        var before = trainer.Evaluate(data);
        var result = trainer.TrainEpoch(0, [0.1f]);
        Assert.Equal(before.Correct, result.Correct);
        Assert.Equal(before.Loss, result.Loss, 1e-6);
        Assert.True(result.Completed);
        Assert.NotEqual(before.Loss, trainer.Evaluate(data).Loss);
    }

    [Fact]
    public void The_last_partial_batch_is_learned_from()
    {
        // 33 samples in batches of 32: were the last one left out, its rate would not matter.
        var data = Samples.Make(33);
        using var accelerator = new CpuAccelerator();
        var weights = new[] { 0f, 0.1f }.Select(lastRate =>
        {
            using var trainer = Begin(accelerator, _small, data, new TrainerOptions { BatchSize = 32 });
            var result = trainer.TrainEpoch(0, [0.1f, lastRate]);
            Assert.Equal(33, result.Samples);
            return trainer.GetParameters();
        }).ToArray();
        Assert.NotEqual(weights[0], weights[1]);
    }

    public static TheoryData<string> AllOptimizers => [.. Optimizers.Names];

    [Theory]
    [MemberData(nameof(AllOptimizers))]
    public void Every_optimizer_changes_weights_and_biases_by_its_definition(string name)
    {
        // One linear layer, so that the steps can be followed; with settings that keep small gradients from being blown up.
        const double Rate = 0.1;
        var optimizer = Optimizers.All.Single(o => o.Name == name);
        var options = new TrainerOptions
        {
            BatchSize = 20,
            Optimizer = optimizer.Settings.Aggregate(new OptimizerChoice(optimizer), (choice, setting) => choice.With(setting.Name, setting.Trial)),
            Momentum = optimizer.TakesMomentum ? 0.5f : 0,
            L2 = 0.25f,
            WeightDecay = 0.125f,
        };
        var data = Samples.Make(20);
        var shape = NetworkShape.Dense(36, [], 4, [Activation.Identity], Activation.Identity, Loss.CrossEntropy);
        using var accelerator = new CpuAccelerator();
        using var trainer = Begin(accelerator, shape, data, options);
        trainer.SetParameters([.. trainer.GetParameters().Select((value, i) => i < shape.WeightCount ? value : 0.5f)]);
        var reference = new ReferenceNetwork(shape, data, PixelScaling.Unit);
        var w = trainer.GetParameters().Select(value => (double)value).ToArray();
        var state = options.Update.Slots.Select(_ => new double[w.Length]).ToArray();
        for (var step = 0; step < 3; step++)
        {
            trainer.TrainEpoch(step, [(float)Rate]);
            var (parameters, after) = Reference64.Update(options.Update, w, reference.Gradient(w), state, Rate, shape.WeightCount, step + 1);
            (w, state) = (parameters.Values, [.. after.Select(slab => slab.Values)]);
        }

        var kept = trainer.CreateState();
        trainer.SaveState(kept);
        Assert.Equal(options.Update.Slots, kept.Optimizer.Slabs.Select(slab => slab.Name));
        Assert.Equal(3, kept.Optimizer.Updates);

        // A gradient off by 1e-7 moves a step by a hundred times that and the rate at most; any term left out is worth 1e-3 and more.
        Assert.All(kept.Parameters.Select((value, i) => Math.Abs(value - w[i])), distance => Assert.True(distance <= 1e-5, $"{distance}"));
    }

    [Fact]
    public void Samples_answered_right_are_skipped_from_the_step_asked_for()
    {
        // After enough training everything is right, so a run that skips from its first step on changes nothing.
        var data = Samples.Make(64);
        using var accelerator = new CpuAccelerator();
        using var learner = Begin(accelerator, _small, data, new TrainerOptions { BatchSize = 64 });
        for (var epoch = 0; epoch < 300; epoch++)
        {
            learner.TrainEpoch(epoch, [0.5f]);
        }

        foreach (var batch in new[] { 1, 16 })
        {
            using var skipper = Begin(accelerator, _small, data, new TrainerOptions { BatchSize = batch, SkipCorrectAfter = 64 / batch });
            skipper.SetParameters(learner.GetParameters());
            var rates = Enumerable.Repeat(0.01f, skipper.StepsPerEpoch).ToArray();
            skipper.TrainEpoch(0, rates);
            var once = skipper.GetParameters();
            Assert.NotEqual(learner.GetParameters(), once);
            Assert.Equal(64, skipper.TrainEpoch(1, rates).Correct);
            Assert.Equal(once, skipper.GetParameters());
        }
    }

    [Fact]
    public void Cancelling_ends_the_epoch_and_says_how_far_it_came()
    {
        var data = Samples.Make(400);
        using var accelerator = new CpuAccelerator();
        using var trainer = Begin(accelerator, _small, data, new TrainerOptions { BatchSize = 10 });
        using var source = new CancellationTokenSource();
        var rates = Enumerable.Repeat(0.1f, trainer.StepsPerEpoch).ToArray();
        var result = trainer.TrainEpoch(0, rates, samples =>
        {
            if (samples >= 50)
            {
                source.Cancel();
            }
        }, source.Token);
        Assert.False(result.Completed);
        Assert.Equal(50, result.Samples);
        Assert.InRange(result.Correct, 0, 50);
    }

    [Fact]
    public void A_data_set_of_another_size_is_refused_with_both_sizes()
    {
        using var accelerator = new CpuAccelerator();
        var error = Assert.Throws<TrainingException>(
            () => new Trainer(accelerator, _small, Samples.Make(10, height: 7), new TrainerOptions()));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.Contains("42", error.Message, StringComparison.Ordinal);
        Assert.Contains("36", error.Message, StringComparison.Ordinal);
    }

    internal static Trainer Begin(CpuAccelerator accelerator, NetworkShape shape, DataSet data, TrainerOptions options)
    {
        var trainer = new Trainer(accelerator, shape, data, options);
        trainer.SetParameters(InitialWeights.Draw(shape, WeightDistribution.He, WeightDistribution.Constant(0), seed: 3));
        return trainer;
    }
}
