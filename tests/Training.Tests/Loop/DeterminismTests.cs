using System.Runtime.InteropServices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Training.Loop;

namespace Gpu.Training.Tests.Loop;

/// <summary>The same seed gives the same bits, whatever the threads and wherever the samples lie.</summary>
public class DeterminismTests
{
    public static TheoryData<string> Configurations => [.. Configuration.Names];

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
        var (shape, data, options) = Configuration.Named(configuration);
        using var accelerator = new CpuAccelerator(
            new CpuOptions { Threads = threads, Strict = true, Path = path ?? SimdPaths.Available[^1] });
        using var trainer = new Trainer(accelerator, shape, data, options with { DataMode = mode, Seed = seed });
        trainer.SetParameters(Configuration.InitialParameters(shape, seed));
        var rates = Enumerable.Repeat(0.05f, trainer.StepsPerEpoch).ToArray();
        for (var epoch = 0; epoch < 2; epoch++)
        {
            trainer.TrainEpoch(epoch, rates);
        }

        return [.. trainer.GetParameters(), .. trainer.GetResult()];
    }

    private static void AssertSameBits(float[] expected, float[] actual) =>
        Assert.True(MemoryMarshal.AsBytes<float>(expected).SequenceEqual(MemoryMarshal.AsBytes<float>(actual)));
}
