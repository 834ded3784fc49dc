using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Ops;
using Gpu.Training.Loop;
using Gpu.Training.Networks;

namespace Gpu.Training.Tests.Loop;

/// <summary>Where samples go, whether a run fits, and what would make it fit.</summary>
public sealed class MemoryPlanTests : IDisposable
{
    private const long Mega = 1_000_000;
    private static readonly DataSizes _samples = new(100_000, 784, Density: 0.2);
    private readonly CpuAccelerator _accelerator = new(new CpuOptions { Threads = 1 });

    public void Dispose() => _accelerator.Dispose();

    [Theory]
    [InlineData(1000, DataMode.Auto, true, DataMode.Resident)]
    [InlineData(60, DataMode.Auto, true, DataMode.Streamed)]
    [InlineData(60, DataMode.Resident, false, DataMode.Resident)]
    [InlineData(1000, DataMode.Streamed, true, DataMode.Streamed)]
    [InlineData(1, DataMode.Auto, false, DataMode.Streamed)]
    public void Samples_stay_on_the_device_where_they_fit(long megabytes, DataMode asked, bool fits, DataMode mode)
    {
        var plan = Plan(megabytes * Mega, [128], new TrainerOptions { DataMode = asked });
        Assert.Equal((fits, mode), (plan.Fits, plan.DataMode));
        Assert.Equal(mode == DataMode.Streamed, plan.Estimate.Samples < _samples.Features * _samples.Count);
    }

    /// <summary>3.9 MB of samples; what else the run needs is less than 1 MB, streamed copies included.</summary>
    [Theory]
    [InlineData(4, true)]
    [InlineData(6, false)]
    public void A_trainer_that_is_not_told_goes_by_the_plan(int megabytes, bool isStreamed)
    {
        var data = Samples.Make(950, height: 64, width: 64);
        using var late = new LateAccelerator { MemoryBytes = megabytes * Mega };
        var shape = NetworkShape.Dense(data.Features, [4], 4, [Activation.Relu], Activation.Identity, Loss.CrossEntropy);
        using (new Trainer(late, shape, data, new TrainerOptions()))
        {
            Assert.Equal(isStreamed, late.Memory.AllocatedBytes < data.Values.Length);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => SampleFeed.Create(late, data, DataMode.Auto, samplesPerRun: 32));
    }

    /// <summary>A table of 300 MB as the network takes it, which the columns hold already, and of which an evaluation would have a copy, too.</summary>
    [Fact]
    public void What_the_processor_makes_of_a_large_table_it_makes_batch_by_batch()
    {
        var table = _samples with { ValueBytes = sizeof(float), AreMade = true };
        var shape = NetworkShape.Dense(table.Features, [16], 10, [Activation.Relu], Activation.Identity, Loss.CrossEntropy);
        MemoryPlan Make(ComputeAccelerator accelerator, DataSizes sizes) =>
            MemoryPlan.Make(accelerator, new MemoryBudget(4000 * Mega, 4000 * Mega, 4000 * Mega, accelerator.IsHost), shape, new TrainerOptions(), sizes, sizes);
        var plan = Make(_accelerator, table);
        Assert.Equal((true, DataMode.Streamed), (plan.Fits, plan.DataMode));
        Assert.True(plan.Estimate.DeviceBytes < table.Bytes / 10 && plan.Estimate.HostBytes < table.Bytes / 10, $"{plan.Estimate.DeviceBytes} and {plan.Estimate.HostBytes} bytes");

        // Those that are there as they are, or few, or for a device with memory of its own, lie there.
        using var graphics = new KernelRecorder();
        Assert.Equal(DataMode.Resident, Make(_accelerator, table with { AreMade = false }).DataMode);
        Assert.Equal(DataMode.Resident, Make(_accelerator, table with { Count = 40_000 }).DataMode);
        Assert.Equal(DataMode.Resident, Make(graphics, table).DataMode);
    }

    [Fact]
    public void Streaming_is_proposed_where_residence_was_asked_for()
    {
        var plan = Plan(60 * Mega, [128], new TrainerOptions { DataMode = DataMode.Resident });
        Assert.True(plan.StreamingHelps);
        Assert.False(Plan(1 * Mega, [128], new TrainerOptions { DataMode = DataMode.Resident }).StreamingHelps);
        Assert.False(Plan(1 * Mega, [128], new TrainerOptions { DataMode = DataMode.Auto }).StreamingHelps);
    }

    /// <summary>The samples fit, and the outputs of all layers for so many of them at once do not.</summary>
    [Fact]
    public void A_step_in_parts_is_proposed_where_it_helps_and_it_does()
    {
        var options = new TrainerOptions { BatchSize = 50_000 };
        var plan = Plan(100 * Mega, [128], options);
        Assert.False(plan.Fits);
        Assert.Equal(0, 50_000 % plan.Accumulation!.Value);
        Assert.True(Plan(100 * Mega, [128], options with { Accumulate = plan.Accumulation.Value }).Fits);
        var fewer = Enumerable.Range(1, plan.Accumulation.Value - 1).Last(parts => 50_000 % parts == 0);
        Assert.False(Plan(100 * Mega, [128], options with { Accumulate = fewer }).Fits);
    }

    [Fact]
    public void A_smaller_batch_is_proposed_where_it_helps_and_it_does()
    {
        var plan = Plan(20 * Mega, [128], new TrainerOptions { BatchSize = 50_000 });
        Assert.False(plan.Fits);
        Assert.Equal((true, false), (plan.SmallerBatch is > 0 and < 50_000, plan.SmallerLayers is not null));
        Assert.True(Plan(20 * Mega, [128], new TrainerOptions { BatchSize = plan.SmallerBatch!.Value }).Fits);
        Assert.False(Plan(20 * Mega, [128], new TrainerOptions { BatchSize = 2 * plan.SmallerBatch!.Value }).Fits);
    }

    [Fact]
    public void Smaller_layers_are_proposed_where_no_batch_helps_and_they_do()
    {
        int[] hidden = [20_000, 4_000];
        var plan = Plan(200 * Mega, hidden, new TrainerOptions { Momentum = 0.9f });
        Assert.False(plan.Fits);
        Assert.Null(plan.SmallerBatch);
        Assert.Equal(5, plan.SmallerLayers![0] / plan.SmallerLayers[1]);
        Assert.True(Plan(200 * Mega, [.. plan.SmallerLayers], new TrainerOptions { Momentum = 0.9f }).Fits);
        Assert.False(Plan(200 * Mega, [.. plan.SmallerLayers.Select(size => 2 * size)], new TrainerOptions { Momentum = 0.9f }).Fits);
    }

    [Fact]
    public void Nothing_is_proposed_where_nothing_helps()
    {
        var plan = Plan(1000, [128], new TrainerOptions { DataMode = DataMode.Resident });
        Assert.Equal((false, false, null, null), (plan.Fits, plan.StreamingHelps, plan.SmallerBatch, plan.SmallerLayers));
    }

    [Fact]
    public void A_buffer_larger_than_the_device_gives_out_does_not_fit()
    {
        var (shape, options) = (Shape([1000]), new TrainerOptions());
        var estimate = MemoryEstimate.Of(_accelerator, shape, options, _samples);
        Assert.Equal(784L * 100_000, estimate.LargestBuffer);
        Assert.True(new MemoryBudget(long.MaxValue, estimate.LargestBuffer, long.MaxValue, IsShared: false).Holds(estimate));
        Assert.False(new MemoryBudget(long.MaxValue, estimate.LargestBuffer - 1, long.MaxValue, IsShared: false).Holds(estimate));
        Assert.False(new MemoryBudget(long.MaxValue, long.MaxValue, estimate.HostBytes, IsShared: false).Holds(estimate));
        Assert.False(new MemoryBudget(estimate.DeviceBytes, long.MaxValue, long.MaxValue, IsShared: false).Holds(estimate));

        // Streamed, no buffer is that large.
        var budget = new MemoryBudget(long.MaxValue, 10 * Mega, long.MaxValue, IsShared: false);
        var plan = MemoryPlan.Make(_accelerator, budget, shape, options, _samples);
        Assert.Equal((true, DataMode.Streamed), (plan.Fits, plan.DataMode));
    }

    [Fact]
    public void A_buffer_that_cannot_be_counted_does_not_fit_whatever_there_is()
    {
        var plan = Plan(long.MaxValue / 2, [4_000], new TrainerOptions { BatchSize = 1_000_000 }, _samples with { Count = 1_000_000 });
        Assert.False(plan.Fits);
        Assert.False(plan.Estimate.IsCountable);
        Assert.Equal(500_000, plan.SmallerBatch);
    }

    private MemoryPlan Plan(long bytes, int[] hidden, TrainerOptions options, DataSizes? samples = null) => MemoryPlan.Make(
        _accelerator, new MemoryBudget(bytes, bytes, bytes, IsShared: true), Shape(hidden), options, samples ?? _samples);

    private static NetworkShape Shape(int[] hidden) =>
        NetworkShape.Dense(784, hidden, 10, [Activation.Relu], Activation.Identity, Loss.CrossEntropy);
}
