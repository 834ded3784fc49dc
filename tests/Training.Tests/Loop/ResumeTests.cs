using System.Runtime.InteropServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Networks;

namespace Gpu.Training.Tests.Loop;

/// <summary>
/// A run that is cut anywhere, carried over into another trainer and gone on with gives the bits of one that never stopped: its
/// weights, and the loss and answers of every epoch.
/// </summary>
public class ResumeTests
{
    private const int Epochs = 3;

    public static TheoryData<string, DataMode, int> Cuts => [.. from name in Configuration.Names
                                                                from mode in new[] { DataMode.Resident, DataMode.Streamed }
                                                                from every in new[] { 1, 3, 5000 }
                                                                select (name, mode, every)];

    [Theory]
    [MemberData(nameof(Cuts))]
    public void A_run_cut_anywhere_ends_with_the_bits_of_a_whole_one(string configuration, DataMode mode, int every)
    {
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 2, Strict = true });
        AssertSame(accelerator, configuration, mode, every);
    }

    [Fact]
    public void A_pass_can_be_cancelled_and_gone_on_with()
    {
        var (shape, data, options) = Configuration.Named("momentum");
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 1 });
        using var source = new CancellationTokenSource();
        using var trainer = Create(accelerator, shape, data, options);
        var rates = Rates(trainer, 0);
        var first = trainer.TrainEpoch(0, rates, samples => CancelAt(source, samples, 96), source.Token);
        Assert.Equal((3, 96, false), (first.Position.Step, first.Samples, first.Completed));
        var second = trainer.TrainEpoch(0, rates, first.Position, trainer.StepsPerEpoch);
        Assert.True(second.Completed);
        using var whole = Create(accelerator, shape, data, options);
        Assert.Equal(whole.TrainEpoch(0, rates).Position, second.Position);
        AssertSameBits(whole.GetParameters(), trainer.GetParameters());
    }

    /// <summary>A launch takes as many samples as divide the wish, up to 1000; progress is told of after 1 in 200 launches.</summary>
    [Theory]
    [InlineData(0, 1000)]
    [InlineData(1, 10)]
    [InlineData(250, 250)]
    [InlineData(1002, 501)]
    public void Single_samples_can_stop_where_it_was_asked_for(int stopEvery, int expected)
    {
        var (shape, _, options) = Configuration.Named("online");
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 1 });
        using var trainer = Create(accelerator, shape, Samples.Make(2100), options with { StopEvery = stopEvery });
        using var source = new CancellationTokenSource();
        Assert.Equal(expected, trainer.TrainEpoch(0, Rates(trainer, 0), samples => source.Cancel(), source.Token).Samples);
    }

    [Fact]
    public void A_place_where_no_launch_ends_is_refused()
    {
        var (shape, data, options) = Configuration.Named("online");
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 1 });
        using var trainer = Create(accelerator, shape, data, options with { StopEvery = 100 });
        foreach (var step in new[] { -100, 50, 433 })
        {
            var error = Assert.Throws<ArgumentException>(
                () => trainer.TrainEpoch(0, Rates(trainer, 0), new EpochPosition(step, default), trainer.StepsPerEpoch));
            Assert.Contains("multiples of 100", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_state_of_another_kind_is_refused()
    {
        var (shape, data, options) = Configuration.Named("momentum");
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 1 });
        using var trainer = Create(accelerator, shape, data, options);
        Assert.Throws<ArgumentException>(() => trainer.RestoreState(new TrainerState(shape, new float[shape.ParameterCount], OptimizerState.None)));
    }

    [Fact]
    public void Evaluation_can_be_cancelled_and_disturbs_nothing()
    {
        var (shape, data, options) = Configuration.Named("plain");
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 1 });
        using var trainer = Create(accelerator, shape, data, options);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => trainer.Evaluate(data, source.Token));
        var half = trainer.TrainEpoch(0, Rates(trainer, 0), EpochPosition.Start, 5);
        trainer.Evaluate(data);
        trainer.TrainEpoch(0, Rates(trainer, 0), half.Position, trainer.StepsPerEpoch);
        using var whole = Create(accelerator, shape, data, options);
        whole.TrainEpoch(0, Rates(whole, 0));
        AssertSameBits(whole.GetParameters(), trainer.GetParameters());
    }

    internal static void AssertSame(ComputeAccelerator accelerator, string configuration, DataMode mode, int every)
    {
        var (shape, data, options) = Configuration.Named(configuration);
        options = options with { DataMode = mode };
        using var whole = Create(accelerator, shape, data, options);
        var expected = Enumerable.Range(0, Epochs).Select(epoch => whole.TrainEpoch(epoch, Rates(whole, epoch)).Position).ToList();
        var found = TrainInParts(accelerator, shape, data, options with { StopEvery = every }, every, out var state);
        Assert.Equal(expected, found);
        AssertSameBits(whole.GetParameters(), state.Parameters);
        AssertSameBits(whole.GetResult(), state.Average ?? state.Parameters);
    }

    /// <summary>Every part of so many steps in a trainer of its own.</summary>
    private static List<EpochPosition> TrainInParts(ComputeAccelerator accelerator, NetworkShape shape, DataSet data,
        TrainerOptions options, int every, out TrainerState state)
    {
        var ends = new List<EpochPosition>();
        state = Configuration.InitialState(shape, options);
        var position = EpochPosition.Start;
        while (ends.Count < Epochs)
        {
            using var trainer = Create(accelerator, shape, data, options);
            trainer.RestoreState(state);

            // Where an epoch is cut into hundreds of parts, several of them in one trainer make the same point.
            for (var part = 0; part < (every == 1 ? 20 : 1) && ends.Count < Epochs; part++)
            {
                var until = Math.Min(position.Step + every, trainer.StepsPerEpoch);
                var result = trainer.TrainEpoch(ends.Count, Rates(trainer, ends.Count), position, until);
                Assert.Equal(until, result.Position.Step);
                position = result.Completed ? EpochPosition.Start : result.Position;
                ends.AddRange(result.Completed ? [result.Position] : []);
            }

            trainer.SaveState(state);
        }

        return ends;
    }

    private static Trainer Create(ComputeAccelerator accelerator, NetworkShape shape, DataSet data, TrainerOptions options)
    {
        var trainer = new Trainer(accelerator, shape, data, options);
        trainer.SetParameters(Configuration.InitialParameters(shape, 1));
        return trainer;
    }

    private static float[] Rates(Trainer trainer, int epoch) =>
        [.. Enumerable.Range(0, trainer.StepsPerEpoch).Select(step => 0.05f / (1 + epoch + (0.01f * step)))];

    private static void CancelAt(CancellationTokenSource source, int samples, int limit)
    {
        if (samples >= limit)
        {
            source.Cancel();
        }
    }

    private static void AssertSameBits(float[] expected, float[] actual) =>
        Assert.True(MemoryMarshal.AsBytes<float>(expected).SequenceEqual(MemoryMarshal.AsBytes<float>(actual)));
}
