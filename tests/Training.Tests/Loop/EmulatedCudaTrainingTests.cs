using System.Runtime.InteropServices;
using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Accelerators.Cuda;
using Gpu.Kernels.Ops;
using Gpu.Kernels.Tests.Cuda.Emulation;
using Gpu.Training.Loop;

namespace Gpu.Training.Tests.Loop;

/// <summary>
/// Whole runs through the host side of the CUDA backend, with an emulated driver that does its work as late as it may and runs
/// independent nodes of a graph in another order: memory that is reused too early, or an order that is missing, changes the bits.
/// </summary>
public class EmulatedCudaTrainingTests
{
    /// <summary>Kernels without barriers, which the emulation is slow at.</summary>
    private static readonly VariantChoice _quick = VariantChoice.Automatic.With(MatMul.Choices, MatMul.Plain)
        .With(OutputLayer.Choices, OutputLayer.Launches).With(Tally.Choices, Tally.Plain);

    [Theory]
    [InlineData("plain")]
    [InlineData("momentum")]
    [InlineData("deep")]
    [InlineData("online")]
    public void Every_form_of_graph_and_every_way_to_the_samples_gives_the_same_bits(string configuration)
    {
        var reference = Train(configuration, "launches", DataMode.Resident);
        Assert.All(reference, value => Assert.True(float.IsFinite(value)));
        AssertSameBits(reference, Train(configuration, "branches", DataMode.Streamed));
        AssertSameBits(reference, Train(configuration, "chain", DataMode.Resident));
    }

    [Fact]
    public void A_step_is_one_call()
    {
        var (shape, data, options) = Configuration.Named("plain");
        using var driver = new EmulatedCuda();
        using var cuda = driver.Open();
        using var trainer = new Trainer(cuda, shape, data, options);
        trainer.SetParameters(Configuration.InitialParameters(shape, 1));
        var (graphs, launches) = (driver.Calls("cuGraphLaunch"), driver.Calls("cuLaunchKernel"));
        trainer.TrainEpoch(0, [.. Enumerable.Repeat(0.05f, trainer.StepsPerEpoch)]);
        Assert.Equal(trainer.StepsPerEpoch, driver.Calls("cuGraphLaunch") - graphs);

        // One more prepares or ends the epoch.
        Assert.InRange(driver.Calls("cuLaunchKernel") - launches, 0, 1);
    }

    /// <summary>Of 21 steps the last is smaller; at first the host does not know how long a step takes, and takes 15 one by one.</summary>
    [Theory]
    [InlineData(DataMode.Resident)]
    [InlineData(DataMode.Streamed)]
    public void Sixteen_steps_are_one_call_once_steps_are_known_to_be_short(DataMode mode)
    {
        int[] calls = [21, 6];
        var (shape, data, options) = Configuration.Named("plain");
        options = options with { BatchSize = 16, DataMode = mode };
        using var driver = new EmulatedCuda();
        using var cuda = driver.Open(variants: _quick);
        using var trainer = new Trainer(cuda, shape, data, options);
        trainer.Pace.Interval = TimeSpan.FromHours(1);
        trainer.SetParameters(Configuration.InitialParameters(shape, 1));
        var rates = Enumerable.Repeat(0.05f, trainer.StepsPerEpoch).ToArray();
        var found = calls.Select((_, epoch) =>
        {
            var before = driver.Calls("cuGraphLaunch");
            trainer.TrainEpoch(epoch, rates);
            return driver.Calls("cuGraphLaunch") - before;
        }).ToArray();
        Assert.Equal(calls, found);

        using var single = driver.Open(variants: _quick.With(CudaGraph.Choices, CudaGraph.Launches));
        using var reference = new Trainer(single, shape, data, options);
        reference.SetParameters(Configuration.InitialParameters(shape, 1));
        reference.TrainEpoch(0, rates);
        reference.TrainEpoch(1, rates);
        AssertSameBits(reference.GetParameters(), trainer.GetParameters());
        Assert.Equal(reference.LaunchesPerStep, trainer.LaunchesPerStep);
    }

    [Fact]
    public void A_call_of_many_steps_ends_where_the_part_of_an_epoch_ends()
    {
        var (shape, data, options) = Configuration.Named("momentum");
        options = options with { BatchSize = 16, StopEvery = 3 };
        using var driver = new EmulatedCuda();
        using var cuda = driver.Open(variants: _quick);
        var results = new[] { new[] { 21 }, [3, 21] }.Select(stops =>
        {
            using var trainer = new Trainer(cuda, shape, data, options);
            trainer.Pace.Interval = TimeSpan.FromHours(1);
            trainer.SetParameters(Configuration.InitialParameters(shape, 1));
            var rates = Enumerable.Repeat(0.05f, trainer.StepsPerEpoch).ToArray();
            trainer.TrainEpoch(0, rates);
            var position = EpochPosition.Start;
            foreach (var stop in stops)
            {
                position = trainer.TrainEpoch(1, rates, position, stop).Position;
                Assert.Equal(stop, position.Step);
            }

            return trainer.GetParameters();
        }).ToArray();
        AssertSameBits(results[0], results[1]);
    }

    /// <summary>The products of a graphics processor may keep parts of their sums.</summary>
    [Theory]
    [InlineData("plain", null)]
    [InlineData("plain", "split-k")]
    [InlineData("linear", "split-k")]
    [InlineData("momentum", "split-k")]
    [InlineData("deep", null)]
    [InlineData("streamed", "plain")]
    public void The_device_allocates_what_was_estimated(string configuration, string? product)
    {
        using var driver = new EmulatedCuda();
        using var cuda = driver.Open(variants: product is null ? VariantChoice.Automatic : VariantChoice.Automatic.With(MatMul.Choices, product));
        MemoryEstimateTests.AssertEstimate(cuda, configuration, evaluates: false);
    }

    private static float[] Train(string configuration, string form, DataMode mode)
    {
        var (shape, data, options) = Configuration.Named(configuration);
        using var driver = new EmulatedCuda();
        using var cuda = driver.Open(variants: VariantChoice.Automatic.With(CudaGraph.Choices, form));
        float[] parameters;
        using (var trainer = new Trainer(cuda, shape, data, options with { DataMode = mode }))
        {
            trainer.SetParameters(Configuration.InitialParameters(shape, 1));
            var rates = Enumerable.Repeat(0.05f, trainer.StepsPerEpoch).ToArray();
            trainer.TrainEpoch(0, rates);
            trainer.Evaluate(data);
            parameters = trainer.GetParameters();
        }

        cuda.Dispose();
        driver.AssertClean();
        return parameters;
    }

    private static void AssertSameBits(float[] expected, float[] actual) =>
        Assert.True(MemoryMarshal.AsBytes<float>(expected).SequenceEqual(MemoryMarshal.AsBytes<float>(actual)));
}
