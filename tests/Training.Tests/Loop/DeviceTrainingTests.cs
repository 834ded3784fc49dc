using System.Runtime.InteropServices;
using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Accelerators.Cpu;
using Gpu.Kernels.Ops;
using Gpu.Kernels.Tests;
using Gpu.Kernels.Tests.Cuda;
using Gpu.Kernels.Tests.OpenCl;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Networks;

namespace Gpu.Training.Tests.Loop;

/// <summary>Whole runs on an OpenCL device.</summary>
[Collection(nameof(OpenClCollection))]
public class OpenClTrainingTests(OpenClDevices devices) : DeviceTrainingTests
{
    protected override ComputeAccelerator Accelerator => devices.Accelerator;
}

/// <summary>Whole runs on an NVIDIA device through CUDA.</summary>
public class CudaTrainingTests(CudaDevices devices) : DeviceTrainingTests, IClassFixture<CudaDevices>
{
    protected override ComputeAccelerator Accelerator => devices.Accelerator;
}

/// <summary>Whole runs on a device: they repeat bit by bit, and learn what the processor learns.</summary>
public abstract class DeviceTrainingTests
{
    private const int Epochs = 3;

    private static readonly DataSet _train = Digits.Train(2000);
    private static readonly DataSet _test = Digits.Test(1000);

    protected abstract ComputeAccelerator Accelerator { get; }

    [Theory]
    [InlineData(0f, DataMode.Resident)]
    [InlineData(0.9f, DataMode.Streamed)]
    public void The_same_seed_gives_the_same_bits_and_the_accuracy_of_the_processor(float momentum, DataMode mode)
    {
        var options = new TrainerOptions { BatchSize = 32, Momentum = momentum, L2 = momentum * 1e-4f, DataMode = mode };
        var first = Train(Accelerator, options);
        var second = Train(Accelerator, options);
        Assert.True(MemoryMarshal.AsBytes<float>(first.Parameters).SequenceEqual(MemoryMarshal.AsBytes<float>(second.Parameters)));
        using var cpu = new CpuAccelerator(new CpuOptions { Threads = 1 });
        var expected = Train(cpu, options);
        Assert.True(Math.Abs(expected.Accuracy - first.Accuracy) <= 0.003, $"{first.Accuracy:P2} instead of {expected.Accuracy:P2}");
        TestDevices.Report(Accelerator.Description);
    }

    [Theory]
    [InlineData("plain", DataMode.Resident)]
    [InlineData("momentum", DataMode.Streamed)]
    [InlineData("online", DataMode.Resident)]
    public void A_run_cut_in_the_middle_of_an_epoch_ends_with_the_bits_of_a_whole_one(string configuration, DataMode mode) =>
        ResumeTests.AssertSame(Accelerator, configuration, mode, every: configuration == "online" ? 111 : 4);

    private static (float[] Parameters, double Accuracy) Train(ComputeAccelerator accelerator, TrainerOptions options)
    {
        var shape = NetworkShape.Dense(
            _train.Features, [32], _train.Classes, [Activation.Relu], Activation.Identity, Loss.CrossEntropy);
        using var trainer = new Trainer(accelerator, shape, _train, options);
        var parameters = new float[shape.ParameterCount];
        InitialWeights.Fill(shape, new WeightDistribution(WeightRule.He), bias: 0, options.Seed, parameters);
        trainer.SetParameters(parameters);
        var rates = Enumerable.Repeat(0.05f * (1 - options.Momentum), trainer.StepsPerEpoch).ToArray();
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            trainer.TrainEpoch(epoch, rates);
        }

        return (trainer.GetParameters(), trainer.Evaluate(_test).Accuracy);
    }
}
