using System.Runtime.InteropServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Devices.Simulator;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Networks;
using Gpu.Training.Tests.Networks;

namespace Gpu.Training.Tests.Loop;

/// <summary>NaN and infinity are found in the epoch and at the step where they appear; norms are those of the definition.</summary>
public class NumbersTests
{
    private const int Features = 36;

    /// <summary>A step of this rate leaves no finite weight that it changes.</summary>
    private const float Ruinous = float.PositiveInfinity;

    /// <summary>Those that learn from every sample and are small enough for the kernels themselves.</summary>
    public static TheoryData<string> Small => [.. Configuration.Names.Except(["skip", "wide"])];

    public static TheoryData<string> All => [.. Configuration.Names];

    [Theory]
    [MemberData(nameof(Small))]
    public void The_first_step_that_is_not_finite_is_told(string configuration) => Everywhere(accelerator =>
    {
        // The ruinous step's own loss is finite still; the next one's is not.
        using var trainer = Begin(accelerator, configuration, options => options);
        foreach (var ruined in new[] { 0, trainer.StepsPerEpoch / 2, trainer.StepsPerEpoch - 2 })
        {
            Restart(trainer, configuration);
            var result = trainer.TrainEpoch(0, Rates(trainer, ruined));
            Assert.Equal(ruined + 1, result.FirstBadStep);
            Assert.False(double.IsFinite(result.Loss));
            Assert.NotNull(result.FirstBadParameter);
        }

        Restart(trainer, configuration);
        var sound = trainer.TrainEpoch(0, Rates(trainer, ruined: null));
        Assert.Equal((null, null, 0), (sound.FirstBadStep, sound.FirstBadParameter, sound.Position.Sums.SkippedSteps));
    });

    [Theory]
    [MemberData(nameof(Small))]
    public void What_the_last_step_ruins_shows_in_the_parameters(string configuration) => Everywhere(accelerator =>
    {
        using var trainer = Begin(accelerator, configuration, options => options);
        var result = trainer.TrainEpoch(0, Rates(trainer, trainer.StepsPerEpoch - 1));
        Assert.Null(result.FirstBadStep);
        Assert.True(double.IsFinite(result.Loss));
        var expected = trainer.GetParameters().ToList().FindIndex(value => !float.IsFinite(value));
        Assert.Equal(expected, result.FirstBadParameter);
    });

    [Fact]
    public void An_infinite_bias_in_a_dead_unit_is_found_though_no_loss_shows_it() => Everywhere(accelerator =>
    {
        var (shape, data) = Network([24], Samples.Make(64));
        using var trainer = new Trainer(accelerator, shape, data, new TrainerOptions());
        var parameters = Configuration.InitialParameters(shape, 1);
        parameters[shape.BiasOffset(0) + 7] = float.NegativeInfinity;
        trainer.SetParameters(parameters);
        var result = trainer.TrainEpoch(0, Rates(trainer, ruined: null));
        Assert.True(double.IsFinite(result.Loss));
        Assert.Null(result.FirstBadStep);
        Assert.Equal(shape.BiasOffset(0) + 7, result.FirstBadParameter);
    });

    [Theory]
    [InlineData("plain", 64)]
    [InlineData("momentum", 64)]
    [InlineData("dense", 33)]
    [InlineData("deep", 17)]
    [InlineData("online", 1)]
    public void The_gradient_norm_is_that_of_the_last_batch(string configuration, int batch) => Everywhere(accelerator =>
    {
        // At a rate of 0 the parameters stay, so that the last batch's gradient is that at the start.
        var (shape, data, options) = Configuration.Named(configuration);
        options = options with { BatchSize = batch };
        using var trainer = new Trainer(accelerator, shape, data, options);
        var parameters = Configuration.InitialParameters(shape, 1);
        trainer.SetParameters(parameters);
        var order = new int[data.Count];
        options.FillOrder(order, 3);
        var last = data.Select(order.AsSpan((data.Count - 1) / batch * batch));
        var gradient = new ReferenceNetwork(shape, last, options.Scaling).Gradient([.. parameters.Select(value => (double)value)]);
        AssertNorm(shape, last.Count, gradient, trainer.TrainEpoch(3, new float[trainer.StepsPerEpoch]).GradientNorm);
    });

    [Theory]
    [MemberData(nameof(All))]
    public void Measuring_changes_no_bit(string configuration)
    {
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 2, Strict = true });
        using var measured = Begin(accelerator, configuration, options => options);
        using var plain = Begin(accelerator, configuration, options => options with { MeasureGradient = false });
        for (var epoch = 0; epoch < 2; epoch++)
        {
            Assert.NotNull(measured.TrainEpoch(epoch, Rates(measured, ruined: null)).GradientNorm);
            Assert.Null(plain.TrainEpoch(epoch, Rates(plain, ruined: null)).GradientNorm);
        }

        Assert.True(MemoryMarshal.AsBytes<float>(plain.GetParameters()).SequenceEqual(MemoryMarshal.AsBytes<float>(measured.GetParameters())));
    }

    [Theory]
    [InlineData(0f, 0f)]
    [InlineData(0.5f, 0.25f)]
    public void Clipping_acts_on_the_gradient_before_L2_and_momentum(float momentum, float l2) => Everywhere(accelerator =>
    {
        // Two steps of one linear layer on the same batch, as PyTorch would take them.
        const double Clip = 0.01;
        var (shape, data) = Network([], Samples.Make(20));
        var options = new TrainerOptions { BatchSize = 20, Momentum = momentum, L2 = l2, ClipNorm = (float)Clip };
        using var trainer = new Trainer(accelerator, shape, data, options);
        trainer.SetParameters(Configuration.InitialParameters(shape, 1));
        var reference = new ReferenceNetwork(shape, data, PixelScaling.Unit);
        var w = trainer.GetParameters().Select(value => (double)value).ToArray();
        var v = new double[w.Length];
        for (var step = 0; step < 2; step++)
        {
            var g = reference.Gradient(w);
            var norm = Math.Sqrt(g.Sum(value => value * value));
            Assert.True(norm > 10 * Clip);
            AssertNorm(shape, data.Count, g, trainer.TrainEpoch(step, [0.5f]).GradientNorm);
            for (var i = 0; i < w.Length; i++)
            {
                v[i] = (momentum * v[i]) + (g[i] * Math.Min(1, Clip / (norm + 1e-6))) + (i < shape.WeightCount ? l2 * w[i] : 0);
                w[i] -= 0.5 * v[i];
            }
        }

        Assert.All(trainer.GetParameters().Zip(w), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 1e-6));
    });

    [Fact]
    public void Values_are_clipped_before_L2_and_the_average_follows_every_step() => Everywhere(accelerator =>
    {
        const double Clip = 0.02, L2 = 0.25, Decay = 0.75;
        var (shape, data) = Network([], Samples.Make(20));
        var options = new TrainerOptions { BatchSize = 20, L2 = (float)L2, ClipValue = (float)Clip, Ema = (float)Decay };
        using var trainer = new Trainer(accelerator, shape, data, options);
        trainer.SetParameters(Configuration.InitialParameters(shape, 1));
        var reference = new ReferenceNetwork(shape, data, PixelScaling.Unit);
        var w = trainer.GetParameters().Select(value => (double)value).ToArray();
        var average = w.ToArray();
        for (var step = 0; step < 3; step++)
        {
            var g = reference.Gradient(w);
            Assert.InRange(g.Count(value => Math.Abs(value) > Clip), 5, g.Length - 5);
            AssertNorm(shape, data.Count, g, trainer.TrainEpoch(step, [0.5f]).GradientNorm);
            for (var i = 0; i < w.Length; i++)
            {
                w[i] -= 0.5 * (Math.Clamp(g[i], -Clip, Clip) + (i < shape.WeightCount ? L2 * w[i] : 0));
                average[i] = (Decay * average[i]) + ((1 - Decay) * w[i]);
            }
        }

        Assert.All(trainer.GetParameters().Zip(w), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 1e-6));
        Assert.All(trainer.GetResult().Zip(average), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 1e-6));
        Assert.NotEqual(trainer.GetParameters(), trainer.GetResult());
    });

    [Fact]
    public void A_clip_that_is_never_reached_changes_no_bit()
    {
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 2, Strict = true });
        using var plain = Begin(accelerator, "plain", options => options);
        using var clipped = Begin(accelerator, "plain", options => options with { ClipNorm = 1e9f, ClipValue = 1e9f });
        plain.TrainEpoch(0, Rates(plain, ruined: null));
        clipped.TrainEpoch(0, Rates(clipped, ruined: null));
        Assert.True(MemoryMarshal.AsBytes<float>(plain.GetParameters()).SequenceEqual(MemoryMarshal.AsBytes<float>(clipped.GetParameters())));
    }

    [Theory]
    [InlineData(0f, 1)]
    [InlineData(0f, 16)]
    [InlineData(0.9f, 16)]
    public void A_bad_step_is_skipped_as_if_its_samples_were_not_there(float momentum, int batch) => Everywhere(accelerator =>
    {
        // One sample alone lights two values whose weights overflow together.
        var data = Poisoned(Samples.Make(100), sample: 40);
        var (shape, _) = Network([], data);
        var options = new TrainerOptions { BatchSize = batch, Momentum = momentum, SkipBadSteps = true };
        var order = new int[data.Count];
        options.FillOrder(order, 0);
        var badStep = Array.IndexOf(order, 40) / batch;
        var badSamples = Math.Min(batch, data.Count - (badStep * batch));
        using var trainer = new Trainer(accelerator, shape, data, options);
        var parameters = Configuration.InitialParameters(shape, 1);
        parameters.AsSpan(0, 2 * shape.Outputs).Fill(3e38f);
        trainer.SetParameters(parameters);
        var before = trainer.TrainEpoch(0, Rates(trainer, null), EpochPosition.Start, badStep);
        var (kept, after) = (trainer.CreateState(), trainer.CreateState());
        trainer.SaveState(kept);
        Assert.Equal((null, 0), (before.FirstBadStep, before.Position.Sums.SkippedSteps));
        var bad = trainer.TrainEpoch(0, Rates(trainer, null), before.Position, badStep + 1);
        trainer.SaveState(after);
        Assert.Equal(kept.Parameters, after.Parameters);
        Assert.All(kept.Optimizer.Slabs.Zip(after.Optimizer.Slabs), pair => Assert.Equal(pair.First.Values, pair.Second.Values));
        Assert.Equal((badStep, 1), (bad.FirstBadStep, bad.Position.Sums.SkippedSteps));
        var whole = trainer.TrainEpoch(0, Rates(trainer, null), bad.Position, trainer.StepsPerEpoch);
        Assert.Equal((badStep, 1, data.Count - badSamples, true), (whole.FirstBadStep, whole.Position.Sums.SkippedSteps, whole.Samples, whole.Completed));
        Assert.True(double.IsFinite(whole.Loss));
        Assert.Null(whole.FirstBadParameter);
    });

    private static void Everywhere(Action<ComputeAccelerator> test)
    {
        using var simulator = new SimulatorAccelerator(strict: true);
        test(simulator);
        using var cpu = new CpuAccelerator(new CpuOptions { Threads = 2, Strict = true });
        test(cpu);
    }

    private static Trainer Begin(ComputeAccelerator accelerator, string configuration, Func<TrainerOptions, TrainerOptions> change)
    {
        var (shape, data, options) = Configuration.Named(configuration);
        var trainer = new Trainer(accelerator, shape, data, change(options));
        trainer.SetParameters(Configuration.InitialParameters(shape, 1));
        return trainer;
    }

    private static void Restart(Trainer trainer, string configuration)
    {
        var (shape, _, _) = Configuration.Named(configuration);
        var state = trainer.CreateState();
        Configuration.InitialParameters(shape, 1).CopyTo(state.Parameters, 0);
        trainer.RestoreState(state);
    }

    private static float[] Rates(Trainer trainer, int? ruined) =>
        [.. Enumerable.Range(0, trainer.StepsPerEpoch).Select(step => step == ruined ? Ruinous : 0.05f)];

    private static (NetworkShape Shape, DataSet Data) Network(int[] hidden, DataSet data) =>
        (NetworkShape.Dense(Features, hidden, 4, [Activation.Relu], Activation.Identity, Loss.CrossEntropy), data);

    private static DataSet Poisoned(DataSet data, int sample)
    {
        var values = data.Values.ToArray();
        for (var i = 0; i < data.Count; i++)
        {
            (values[i * data.Features], values[(i * data.Features) + 1]) = i == sample ? ((byte)255, (byte)255) : ((byte)0, (byte)0);
        }

        return new DataSet(data.Source, values, data.Labels.ToArray(), data.Height, data.Width, data.Classes);
    }

    /// <summary>
    /// Each element of the gradient is at the end of a chain of at most as many roundings as there are terms in the sums of all layers and
    /// the batch; elements that cancel may be off by more, so the allowance is doubled, and is relative to the norm.
    /// </summary>
    private static void AssertNorm(NetworkShape shape, int batch, double[] gradient, double? found)
    {
        var expected = Math.Sqrt(gradient.Sum(value => value * value));
        var terms = batch + (2 * shape.Layers.Sum(layer => layer.Inputs + layer.Outputs));
        Assert.NotNull(found);
        Assert.True(Math.Abs(found.Value - expected) <= 2.0 * terms / (1 << 24) * expected, $"{found} instead of {expected}");
    }
}
