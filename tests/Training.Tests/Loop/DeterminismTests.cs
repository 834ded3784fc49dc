using System.Runtime.InteropServices;
using Gpu.Kernels.Accelerators.Cpu;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Networks;

namespace Gpu.Training.Tests.Loop;

/// <summary>The same seed gives the same bits, whatever the threads and wherever the samples lie.</summary>
public class DeterminismTests
{
    /// <summary>Fused updates, momentum and L2, one sample at a time, dense inputs, a wide network, a skipping one.</summary>
    public static TheoryData<string> Configurations =>
        ["plain", "momentum", "online", "dense", "wide", "deep", "skip"];

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Threads_do_not_change_a_bit(string configuration)
    {
        var reference = Train(configuration, threads: 1, DataMode.Resident, seed: 1);
        Assert.All(reference, value => Assert.True(float.IsFinite(value)));
        AssertSameBits(reference, Train(configuration, threads: 2, DataMode.Resident, seed: 1));
        AssertSameBits(reference, Train(configuration, threads: 4, DataMode.Resident, seed: 1));
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Streaming_does_not_change_a_bit(string configuration) =>
        AssertSameBits(
            Train(configuration, threads: 1, DataMode.Resident, seed: 1), Train(configuration, threads: 2, DataMode.Streamed, seed: 1));

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Another_seed_gives_other_bits(string configuration) =>
        Assert.NotEqual(
            Train(configuration, threads: 1, DataMode.Resident, seed: 1), Train(configuration, threads: 1, DataMode.Resident, seed: 2));

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Every_vector_width_gives_the_same_bits(string configuration)
    {
        var reference = Train(configuration, threads: 1, DataMode.Resident, seed: 1, SimdPath.Scalar);
        foreach (var path in SimdPaths.Available.Where(path => path > SimdPath.Scalar))
        {
            AssertSameBits(reference, Train(configuration, threads: 1, DataMode.Resident, seed: 1, path));
        }
    }

    private static float[] Train(string configuration, int threads, DataMode mode, ulong seed, SimdPath? path = null)
    {
        var data = Samples.Make(333);
        var (hidden, options) = configuration switch
        {
            "plain" => (new[] { 24 }, new TrainerOptions { BatchSize = 32 }),
            "momentum" => ([24], new TrainerOptions { BatchSize = 32, Momentum = 0.9f, L2 = 1e-3f }),
            "online" => ([10], new TrainerOptions { BatchSize = 1 }),
            "dense" => ([24], new TrainerOptions { BatchSize = 50, Scaling = PixelScaling.Parse("0.1307,0.3081") }),
            "wide" => ([400, 350], new TrainerOptions { BatchSize = 64 }),
            "deep" => ([32, 16, 12], new TrainerOptions { BatchSize = 17 }),
            "skip" => ([10], new TrainerOptions { BatchSize = 1, SkipCorrectAfter = 300 }),
            _ => throw new ArgumentOutOfRangeException(nameof(configuration)),
        };
        var shape = NetworkShape.Dense(
            data.Features, hidden, data.Classes, [Activation.Tanh], Activation.Identity, Loss.CrossEntropy);
        using var accelerator = new CpuAccelerator(
            new CpuOptions { Threads = threads, Strict = true, Path = path ?? SimdPaths.Available[^1] });
        using var trainer = new Trainer(accelerator, shape, data, options with { DataMode = mode, Seed = seed });
        var parameters = new float[shape.ParameterCount];
        InitialWeights.Fill(shape, new WeightDistribution(WeightRule.Xavier), bias: 0, seed, parameters);
        trainer.SetParameters(parameters);
        var rates = Enumerable.Repeat(0.05f, trainer.StepsPerEpoch).ToArray();
        for (var epoch = 0; epoch < 2; epoch++)
        {
            trainer.TrainEpoch(epoch, rates);
        }

        return trainer.GetParameters();
    }

    private static void AssertSameBits(float[] expected, float[] actual) =>
        Assert.True(MemoryMarshal.AsBytes<float>(expected).SequenceEqual(MemoryMarshal.AsBytes<float>(actual)));
}
