using Gpu.Kernels.Devices.Cpu;
using Gpu.Training.Layers;
using Gpu.Training.Loop;
using Gpu.Training.Networks;
using Gpu.Training.Tests.Networks;

namespace Gpu.Training.Tests.Loop;

/// <summary>What a bad step is said to have begun with is what it began with.</summary>
public class DiagnosisTests
{
    public static TheoryData<string, DataMode> All => [.. from name in Configuration.Names
                                                          from mode in new[] { DataMode.Resident, DataMode.Streamed }
                                                          select (name, mode)];

    [Theory]
    [MemberData(nameof(All))]
    public void An_update_that_ruins_the_weights_is_named_with_its_step(string configuration, DataMode mode)
    {
        var (shape, data, options) = Configuration.Named(configuration);
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 2, Strict = true });
        using var trainer = new Trainer(accelerator, shape, data, options with { DataMode = mode, SkipCorrectAfter = null, StopEvery = 5 });
        foreach (var (cut, ruined) in new[] { (0, 0), (0, 3), (5, 5) }.Where(place => place.Item2 + 1 < trainer.StepsPerEpoch))
        {
            var rates = Enumerable.Range(0, trainer.StepsPerEpoch).Select(step => step == ruined ? float.PositiveInfinity : 0.05f).ToArray();
            trainer.RestoreState(Configuration.InitialState(shape, options));
            var from = trainer.TrainEpoch(0, rates, EpochPosition.Start, cut).Position;
            var state = trainer.CreateState();
            trainer.SaveState(state);
            var result = trainer.TrainEpoch(0, rates, from, trainer.StepsPerEpoch);
            Assert.Equal(ruined + 1, result.FirstBadStep);
            trainer.RestoreState(state);
            var first = shape.Tensors[0].Layer + 1;
            Assert.Equal(new BadPlace(ruined, $"the weights of layer {first}"), trainer.Diagnose(0, rates, from, ruined + 1));
        }
    }

    /// <summary>Finite weights so large that a layer's sums overflow.</summary>
    [Theory]
    [InlineData("deep", 0)]
    [InlineData("deep", 2)]
    [InlineData("deep", 3)]
    [InlineData("online", 1)]
    public void The_layer_whose_outputs_overflow_is_named(string configuration, int layer)
    {
        var (shape, data, options) = Configuration.Named(configuration);
        shape = new([.. shape.Layers.Cast<DenseLayer>().Select(l => l with { Activation = Kernels.Ops.Activation.Identity })], shape.Loss);
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 1 });
        using var trainer = new Trainer(accelerator, shape, data, options);
        var parameters = Configuration.InitialParameters(shape, 1);
        parameters.AsSpan(shape.WeightOffset(layer), shape.WeightLength(layer)).Fill(3e38f);
        parameters.AsSpan(shape.BiasOffset(layer), shape.BiasLength(layer)).Fill(3e38f);
        trainer.SetParameters(parameters);
        var rates = new float[trainer.StepsPerEpoch];
        var result = trainer.TrainEpoch(0, rates);
        Assert.NotNull(result.FirstBadStep);
        trainer.SetParameters(parameters);
        Assert.Equal(
            new BadPlace(result.FirstBadStep.Value, $"the outputs of layer {layer + 1}"),
            trainer.Diagnose(0, rates, EpochPosition.Start, result.FirstBadStep.Value));
    }

    /// <summary>Some layers make the gradients of their tensors on the way to that of their inputs: they are looked at behind it.</summary>
    [Fact]
    public void The_gradients_that_are_looked_at_are_those_of_the_step()
    {
        var data = Samples.Make(40);
        var shape = NetworkShape.Of(
            new SampleSize(6, 6, 1), LayerKinds.ReadList("dense 8, batch-norm"), data.Classes, Kernels.Ops.Activation.Identity, Loss.CrossEntropy);
        var start = Configuration.InitialParameters(shape, 1);
        var options = new TrainerOptions { BatchSize = data.Count };
        var order = new int[data.Count];
        options.FillOrder(order, epoch: 0);
        using var pass = new HostPass(shape, start, data.Count, new HostStep(options.Seed, 0));
        pass.Read(data, order, options.Scaling);
        Assert.All(Enumerable.Range(0, 3), layer => Assert.All(pass.Forward(layer), value => Assert.True(float.IsFinite(value))));
        pass.Losses(skipsCorrect: false, LossSettings.Plain);
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 1 });
        using var trainer = new Trainer(accelerator, shape, data, options);
        trainer.SetParameters(start);
        trainer.TrainEpoch(0, [1f]);
        var now = trainer.GetParameters();
        for (var layer = 2; layer >= 0; layer--)
        {
            var learned = shape.TensorsOf(layer).Where(tensor => tensor.Offset < shape.LearnedCount);
            var expected = learned.SelectMany(tensor => Enumerable.Range(tensor.Offset, tensor.Length)).Select(i => start[i] - now[i]);

            // The step subtracted them from numbers of about 1, which rounds them.
            Assert.All(pass.Gradient(layer).Zip(expected), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 1e-6f, $"layer {layer}: {pair}"));
        }
    }

    [Fact]
    public void Where_nothing_is_bad_no_layer_is_accused()
    {
        var (shape, data, options) = Configuration.Named("deep");
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 1 });
        using var trainer = new Trainer(accelerator, shape, data, options);
        trainer.SetParameters(Configuration.InitialParameters(shape, 1));
        Assert.Equal(new BadPlace(3, "the sum of the losses behind layer 4"), trainer.Diagnose(0, new float[trainer.StepsPerEpoch], EpochPosition.Start, 3));
    }

    [Fact]
    public void A_search_that_is_cancelled_ends()
    {
        var (shape, data, options) = Configuration.Named("online");
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 1 });
        using var trainer = new Trainer(accelerator, shape, data, options);
        Assert.Throws<OperationCanceledException>(
            () => trainer.Diagnose(0, new float[trainer.StepsPerEpoch], EpochPosition.Start, 3, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void A_parameter_has_the_name_of_its_layer()
    {
        var (shape, data, options) = Configuration.Named("deep");
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 1 });
        using var trainer = new Trainer(accelerator, shape, data, options);
        for (var layer = 0; layer < shape.Layers.Count; layer++)
        {
            Assert.Equal($"the weights of layer {layer + 1}", trainer.NameParameter(shape.WeightOffset(layer)));
            Assert.Equal($"the weights of layer {layer + 1}", trainer.NameParameter(shape.WeightOffset(layer) + shape.WeightLength(layer) - 1));
            Assert.Equal($"the biases of layer {layer + 1}", trainer.NameParameter(shape.BiasOffset(layer)));
            Assert.Equal($"the biases of layer {layer + 1}", trainer.NameParameter(shape.BiasOffset(layer) + shape.BiasLength(layer) - 1));
        }
    }
}
