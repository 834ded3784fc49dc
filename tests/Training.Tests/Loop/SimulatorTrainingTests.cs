using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Networks;

namespace Gpu.Training.Tests.Loop;

/// <summary>Whole steps by the kernels themselves.</summary>
public class SimulatorTrainingTests
{
    /// <summary>
    /// The simulator runs the kernels as .NET does, and every operation's twin gives the bits of its kernel: what an epoch may differ by is 0.
    /// </summary>
    [Theory]
    [InlineData(0f, DataMode.Resident)]
    [InlineData(0.9f, DataMode.Streamed)]
    public void An_epoch_of_network_B_gives_the_loss_and_the_weights_of_the_processor(float momentum, DataMode mode)
    {
        var expected = Train("cpu", momentum, mode);
        var found = Train("simulator", momentum, mode);
        Assert.True(double.IsFinite(expected.Epoch.Loss));
        Assert.Equal(expected.Epoch.Loss, found.Epoch.Loss);
        Assert.Equal(expected.Epoch.Correct, found.Epoch.Correct);
        Assert.Equal(expected.Parameters.Select(BitConverter.SingleToInt32Bits), found.Parameters.Select(BitConverter.SingleToInt32Bits));
    }

    public static TheoryData<string> AllOptimizers => [.. Optimizers.Names];

    [Theory]
    [MemberData(nameof(AllOptimizers))]
    public void Every_optimizer_gives_the_bits_of_the_processor(string name)
    {
        var optimizer = Optimizers.All.Single(o => o.Name == name);
        var options = new TrainerOptions
        {
            BatchSize = 20,
            Optimizer = new OptimizerChoice(optimizer),
            Momentum = optimizer.TakesMomentum ? 0.9f : 0,
            L2 = 1e-4f,
            WeightDecay = 0.01f,
        };
        var expected = Train("cpu", options, 100, optimizer.LearningRate);
        var found = Train("simulator", options, 100, optimizer.LearningRate);
        Assert.Equal(expected.Epoch.Loss, found.Epoch.Loss);
        Assert.Equal(expected.Parameters.Select(BitConverter.SingleToInt32Bits), found.Parameters.Select(BitConverter.SingleToInt32Bits));
    }

    public static TheoryData<Activation> AllActivations => [.. Activations.All];

    [Theory]
    [MemberData(nameof(AllActivations))]
    public void Every_activation_gives_the_bits_of_the_processor(Activation activation)
    {
        var options = new TrainerOptions { BatchSize = 20 };
        var expected = Train("cpu", options, 100, 0.1f, activation);
        var found = Train("simulator", options, 100, 0.1f, activation);
        Assert.True(double.IsFinite(expected.Epoch.Loss));
        Assert.Equal(expected.Epoch.Loss, found.Epoch.Loss);
        Assert.Equal(expected.Parameters.Select(BitConverter.SingleToInt32Bits), found.Parameters.Select(BitConverter.SingleToInt32Bits));
    }

    private static (EpochResult Epoch, float[] Parameters) Train(string device, float momentum, DataMode mode) =>
        Train(device, new TrainerOptions { BatchSize = 50, Momentum = momentum, L2 = momentum * 1e-4f, DataMode = mode }, 500, 0.1f);

    private static (EpochResult Epoch, float[] Parameters) Train(
        string device, TrainerOptions options, int samples, float rate, Activation activation = Activation.Sigmoid)
    {
        var data = Digits.Train(samples);
        var shape = NetworkShape.Dense(data.Features, [30], data.Classes, [activation], Activation.Identity, Loss.CrossEntropy);
        using var accelerator = AcceleratorFactory.Open(device, new AcceleratorOptions { Threads = 1 });
        using var trainer = new Trainer(accelerator, shape, data, options);
        trainer.SetParameters(InitialWeights.Draw(shape, WeightDistribution.Xavier, WeightDistribution.Constant(0), options.Seed));
        var epoch = trainer.TrainEpoch(0, [.. Enumerable.Repeat(rate, trainer.StepsPerEpoch)]);
        return (epoch, trainer.GetParameters());
    }
}
