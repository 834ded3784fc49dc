using System.Runtime.InteropServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Simulator;
using Gpu.Training.Loop;

namespace Gpu.Training.Tests.Loop;

/// <summary>Whole runs on a device that does its work as late as it may, and takes many steps in one call.</summary>
public class LateTrainingTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("momentum")]
    [InlineData("online")]
    public void Every_way_to_the_samples_gives_the_bits_of_a_device_that_waits(string configuration)
    {
        using var simulator = new SimulatorAccelerator(strict: true);
        var reference = Train(simulator, configuration, DataMode.Resident);
        Assert.All(reference, value => Assert.True(float.IsFinite(value)));
        foreach (var mode in (DataMode[])[DataMode.Resident, DataMode.Streamed])
        {
            using var late = new LateAccelerator();
            AssertSameBits(reference, Train(late, configuration, mode));
        }
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
        using var late = new LateAccelerator();
        using var trainer = new Trainer(late, shape, data, options);
        trainer.Pace.Interval = TimeSpan.FromHours(1);
        trainer.SetParameters(Configuration.InitialParameters(shape, 1));
        var rates = Enumerable.Repeat(0.05f, trainer.StepsPerEpoch).ToArray();
        var found = calls.Select((_, epoch) =>
        {
            var before = late.Calls;
            trainer.TrainEpoch(epoch, rates);
            return late.Calls - before;
        }).ToArray();
        Assert.Equal(calls, found);

        using var simulator = new SimulatorAccelerator(strict: true);
        using var reference = new Trainer(simulator, shape, data, options);
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
        using var late = new LateAccelerator();
        var results = new[] { new[] { 21 }, [3, 21] }.Select(stops =>
        {
            using var trainer = new Trainer(late, shape, data, options);
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

    private static float[] Train(ComputeAccelerator accelerator, string configuration, DataMode mode)
    {
        var (shape, data, options) = Configuration.Named(configuration);
        using var trainer = new Trainer(accelerator, shape, data, options with { DataMode = mode });
        trainer.SetParameters(Configuration.InitialParameters(shape, 1));
        trainer.TrainEpoch(0, [.. Enumerable.Repeat(0.05f, trainer.StepsPerEpoch)]);
        return trainer.GetParameters();
    }

    private static void AssertSameBits(float[] expected, float[] actual) =>
        Assert.True(MemoryMarshal.AsBytes<float>(expected).SequenceEqual(MemoryMarshal.AsBytes<float>(actual)));
}
