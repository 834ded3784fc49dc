using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Devices.Simulator;
using Gpu.Kernels.Ops;
using Gpu.Training.Loop;
using Gpu.Training.Networks;

namespace Gpu.Training.Tests.Loop;

/// <summary>Where the time of a step goes: the launches that train are told apart by what they do, and train the same.</summary>
public class StepClockTests
{
    public static TheoryData<string> All => [.. Configuration.Names];

    public static TheoryData<string> Small => [.. Configuration.Names.Except(["skip", "wide"])];

    [Theory]
    [MemberData(nameof(All))]
    public void Parts_of_every_kind_of_step_are_told_on_the_processor(string configuration)
    {
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 2 });
        RequireSame(accelerator, configuration, joins: configuration is "online" or "skip");
    }

    [Theory]
    [MemberData(nameof(Small))]
    public void So_they_are_where_kernels_run(string configuration)
    {
        using var accelerator = new SimulatorAccelerator();
        RequireSame(accelerator, configuration, joins: false);
    }

    [Fact]
    public void What_a_device_takes_in_one_submission_is_one_part()
    {
        using var accelerator = new LateAccelerator();
        RequireSame(accelerator, "plain", joins: true);
    }

    [Fact]
    public void Fused_launches_are_named_by_all_that_they_do()
    {
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 1 });
        Assert.Equal(
            ["layer 1: gather + forward", "layers 1 and 2: forward + loss + backward", "layers 1 and 2: backward + update", "tally"],
            Times(accelerator, [128], new TrainerOptions()).Select(part => part.Name));
        Assert.Equal(
            ["layer 1: gather + forward", "layers 1 and 2: forward + loss + backward", "layers 1 and 2: backward", "update", "tally"],
            Times(accelerator, [128], new TrainerOptions { ClipNorm = 1 }).Select(part => part.Name));
    }

    [Fact]
    public void Nobody_asks_and_nothing_is_measured()
    {
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 1 });
        var (shape, data, options) = Configuration.Named("plain");
        using var trainer = new Trainer(accelerator, shape, data, options);
        trainer.TrainEpoch(0, Rates(trainer));
        Assert.Empty(trainer.StepTimes);
    }

    private static IReadOnlyList<StepTime> Times(CpuAccelerator accelerator, int[] hidden, TrainerOptions options)
    {
        var data = Samples.Make(640, height: 28, width: 28);
        var shape = NetworkShape.Dense(784, hidden, data.Classes, [Activation.Relu], Activation.Identity, Loss.CrossEntropy);
        using var trainer = new Trainer(accelerator, shape, data, options with { TimesSteps = true });
        trainer.TrainEpoch(0, Rates(trainer));
        return trainer.StepTimes;
    }

    /// <summary>Measured steps learn the bits that others learn, and their parts take time and do all that there is to do.</summary>
    private static void RequireSame(ComputeAccelerator accelerator, string configuration, bool joins)
    {
        var (shape, data, options) = Configuration.Named(configuration);
        using var plain = new Trainer(accelerator, shape, data, options);
        using var timed = new Trainer(accelerator, shape, data, options with { TimesSteps = true });
        foreach (var trainer in new[] { plain, timed })
        {
            trainer.RestoreState(Configuration.InitialState(shape, options));
            Assert.Empty(trainer.StepTimes);
            trainer.TrainEpoch(0, Rates(trainer));
            trainer.TrainEpoch(1, Rates(trainer));
        }

        Assert.Equal(plain.GetParameters(), timed.GetParameters());
        var times = timed.StepTimes;
        Assert.Equal(joins, times.Count == 1);
        Assert.Equal(StepWork.All, times.Aggregate(default(StepWork), (all, part) => all | part.Work));
        Assert.Equal(shape.Layers.Count, times.Max(part => part.Last));
        Assert.All(times, part => Assert.True(part.Seconds is > 0 and < 60 && part.First <= part.Last && (part.First > 0 || part.Last == 0), part.ToString()));
        Assert.Equal(times.Count, times.Select(part => part.Work).Distinct().Count());
    }

    private static float[] Rates(Trainer trainer) => [.. Enumerable.Repeat(0.01f, trainer.StepsPerEpoch)];
}
