using System.Runtime.InteropServices;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Ops;
using Gpu.Kernels.Tests;
using Gpu.Kernels.Tests.Cuda;
using Gpu.Kernels.Tests.OpenCl;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Networks;

namespace Gpu.Training.Tests.Loop;

/// <summary>Steps and runs on an OpenCL device.</summary>
[Collection(nameof(OpenClCollection))]
public class OpenClLoopTests(OpenClDevices devices) : DeviceLoopTests
{
    protected override ComputeAccelerator Accelerator => devices.Accelerator;
}

/// <summary>Steps and runs on an NVIDIA device through CUDA.</summary>
[OnCuda]
public class CudaLoopTests(CudaDevices devices) : DeviceLoopTests, IClassFixture<CudaDevices>
{
    protected override ComputeAccelerator Accelerator => devices.Accelerator;
}

/// <summary>
/// On a device a step is that of the definition and is not read back; whole runs repeat bit by bit, and learn what the processor learns.
/// </summary>
public abstract class DeviceLoopTests
{
    private const int Epochs = 3;

    private static readonly DataSet _train = Digits.Train(2000);
    private static readonly DataSet _test = Digits.Test(1000);

    protected abstract ComputeAccelerator Accelerator { get; }

    [Theory]
    [InlineData(1, DataMode.Resident)]
    [InlineData(32, DataMode.Resident)]
    [InlineData(32, DataMode.Streamed)]
    public void Nothing_is_read_back_before_an_epoch_has_ended(int batch, DataMode mode)
    {
        using var accelerator = new CountingAccelerator(Accelerator);
        var shape = NetworkShape.Dense(36, [24], 4, [Activation.Relu], Activation.Identity, Loss.CrossEntropy);
        // At its end three: where the run is, its sums and its counts.
        var reads = new[] { 40, 400 }.Select(samples =>
        {
            using var trainer = new Trainer(accelerator, shape, Samples.Make(samples), new TrainerOptions { BatchSize = batch, DataMode = mode });
            trainer.SetParameters(Configuration.InitialParameters(shape, 1));
            var before = accelerator.Reads;
            Assert.True(double.IsFinite(trainer.TrainEpoch(0, Enumerable.Repeat(0.1f, trainer.StepsPerEpoch).ToArray()).Loss));
            return accelerator.Reads - before;
        }).ToList();
        Assert.Equal([3, 3], reads);
    }

    /// <summary>With a rate of 1 and the whole data set as one batch, the step is the gradient; the subtraction rounds once more.</summary>
    [Theory]
    [InlineData("24", Activation.Sigmoid, 37, null)]
    [InlineData("40,33", Activation.Tanh, 64, null)]
    [InlineData("16", Activation.Tanh, 1, null)]
    [InlineData("40,33", Activation.Tanh, 64, OnlineSgd.Unfused)]
    public void A_step_lies_within_the_bounds_of_the_gradient_here_and_on_the_processor(string hidden, Activation activation, int batch, string? variant)
    {
        var data = Samples.Make(batch);
        int[] sizes = [.. hidden.Split(',').Select(int.Parse)];
        var shape = NetworkShape.Dense(data.Features, sizes, data.Classes, [activation], Activation.Identity, Loss.CrossEntropy);
        var start = Configuration.InitialParameters(shape, 1);
        var expected = GradientErrors.Of(shape, data, start);
        using var cpu = new CpuAccelerator(new CpuOptions { Threads = 1 });
        var ends = new ComputeAccelerator[] { Accelerator, cpu }.Select(accelerator => Step(accelerator, shape, data, start, variant)).ToList();
        for (var i = 0; i < start.Length; i++)
        {
            var allowed = expected.Allowed[i] + (Reference64.Rounding * (Math.Abs(start[i]) + Math.Abs(expected.Values[i])));
            foreach (var end in ends)
            {
                var found = (double)start[i] - end[i];
                Assert.True(Math.Abs(found - expected.Values[i]) <= allowed, $"parameter {i}: {found} instead of {expected.Values[i]} +- {allowed}");
            }
        }

        // Bounds that would let another gradient pass prove nothing.
        var norm = Math.Sqrt(expected.Values.Sum(value => value * value));
        Assert.True(Math.Sqrt(expected.Allowed.Sum(value => value * value)) <= 1e-2 * norm);
    }

    [Theory]
    [InlineData(0f, DataMode.Resident, null)]
    [InlineData(0f, DataMode.Resident, OnlineSgd.Unfused)]
    [InlineData(0.9f, DataMode.Streamed, null)]
    public void The_same_seed_gives_the_same_bits_and_the_accuracy_of_the_processor(float momentum, DataMode mode, string? variant)
    {
        var options = new TrainerOptions { BatchSize = 32, Momentum = momentum, L2 = momentum * 1e-4f, DataMode = mode, StepVariant = variant };
        var first = Train(Accelerator, options);
        var second = Train(Accelerator, options);
        Assert.True(MemoryMarshal.AsBytes<float>(first.Parameters).SequenceEqual(MemoryMarshal.AsBytes<float>(second.Parameters)));
        using var cpu = new CpuAccelerator(new CpuOptions { Threads = 1 });
        var expected = Train(cpu, options with { StepVariant = null });
        Assert.True(Math.Abs(expected.Accuracy - first.Accuracy) <= 0.003, $"{first.Accuracy:P2} instead of {expected.Accuracy:P2}");
        TestDevices.Report(Accelerator.Description);
    }

    [Theory]
    [InlineData("plain", DataMode.Resident)]
    [InlineData("momentum", DataMode.Streamed)]
    [InlineData("online", DataMode.Resident)]
    public void A_run_cut_in_the_middle_of_an_epoch_ends_with_the_bits_of_a_whole_one(string configuration, DataMode mode) =>
        ResumeTests.AssertSame(Accelerator, configuration, mode, every: configuration == "online" ? 111 : 4);

    /// <summary>784-128-10 on a part of MNIST: five epochs of it must not lead elsewhere.</summary>
    [Fact]
    public void Network_C_learns_what_it_learns_on_the_processor()
    {
        var (train, test) = ImageFolder.Load(TestData.Mnist);
        var part = train!.Take(3200);
        using var cpu = new CpuAccelerator(new CpuOptions { Threads = 1 });
        var accuracies = new ComputeAccelerator[] { Accelerator, cpu }.Select(accelerator =>
        {
            using var trainer = Begin(accelerator, part, hidden: 128, new TrainerOptions { BatchSize = 32 });
            var rates = Enumerable.Repeat(0.1f, trainer.StepsPerEpoch).ToArray();
            for (var epoch = 0; epoch < 5; epoch++)
            {
                trainer.TrainEpoch(epoch, rates);
            }

            return trainer.Evaluate(test!).Accuracy;
        }).ToList();
        Assert.InRange(accuracies[1], 0.85, 1);
        Assert.True(Math.Abs(accuracies[0] - accuracies[1]) <= 0.003, $"{accuracies[0]:P2} instead of {accuracies[1]:P2}");
    }

    /// <summary>In batches of the device's own size and in those of the processor, with two copies back a batch, here of one: outputs and probabilities.</summary>
    [Fact]
    public void Evaluation_and_prediction_agree_with_the_processor()
    {
        using var device = new CountingAccelerator(Accelerator);
        using var cpu = new CpuAccelerator(new CpuOptions { Threads = 1 });
        var shape = Shape(32);
        var parameters = Configuration.InitialParameters(shape, 1);
        var found = Answers.Of(device, shape, parameters, _train).Probabilities;
        Assert.Equal(2, device.Reads);
        var expected = Answers.Of(cpu, shape, parameters, _train).Probabilities;

        // A logit is at the end of sums of 784 and 32 terms whose magnitudes add up to less than 10 each; a probability, and the loss, is off
        // by at most twice as much as that.
        const double Allowed = 2 * 10 * (784 + 32 + 10) * Reference64.Rounding;
        Assert.All(expected.Zip(found), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= Allowed));
        var evaluations = new ComputeAccelerator[] { device, cpu }.Select(accelerator =>
        {
            using var trainer = new Trainer(accelerator, shape, _test, new TrainerOptions());
            trainer.SetParameters(parameters);
            return trainer.Evaluate(_train);
        }).ToList();
        Assert.Equal(evaluations[1].Loss, evaluations[0].Loss, Allowed);
        Assert.InRange(evaluations[0].Correct, evaluations[1].Correct - 2, evaluations[1].Correct + 2);
    }

    private static float[] Step(ComputeAccelerator accelerator, NetworkShape shape, DataSet data, float[] start, string? variant)
    {
        using var trainer = new Trainer(accelerator, shape, data, new TrainerOptions { BatchSize = data.Count, StepVariant = variant });
        trainer.SetParameters(start);
        trainer.TrainEpoch(0, [1f]);
        return trainer.GetParameters();
    }

    private static (float[] Parameters, double Accuracy) Train(ComputeAccelerator accelerator, TrainerOptions options)
    {
        using var trainer = Begin(accelerator, _train, hidden: 32, options);
        var rates = Enumerable.Repeat(0.05f * (1 - options.Momentum), trainer.StepsPerEpoch).ToArray();
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            trainer.TrainEpoch(epoch, rates);
        }

        return (trainer.GetParameters(), trainer.Evaluate(_test).Accuracy);
    }

    private static Trainer Begin(ComputeAccelerator accelerator, DataSet data, int hidden, TrainerOptions options)
    {
        var shape = Shape(hidden);
        var trainer = new Trainer(accelerator, shape, data, options);
        trainer.SetParameters(InitialWeights.Draw(shape, WeightDistribution.He, WeightDistribution.Constant(0), options.Seed));
        return trainer;
    }

    private static NetworkShape Shape(int hidden) =>
        NetworkShape.Dense(784, [hidden], 10, [Activation.Relu], Activation.Identity, Loss.CrossEntropy);
}
