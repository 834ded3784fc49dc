using Gpu.Host.Reports;
using Gpu.Kernels.Devices;
using Gpu.Training.Loop;

namespace Gpu.Host.Runs;

/// <summary>Says before a run begins how much memory it needs, and refuses one that cannot have it.</summary>
internal static class MemoryCheck
{
    /// <summary>The options of the run with the place of its samples decided.</summary>
    /// <param name="run">The run.</param>
    /// <param name="accelerator">The device.</param>
    /// <param name="options">How it is trained.</param>
    /// <param name="canShrink">Whether the layers may still be chosen: not where a model or a checkpoint decides them.</param>
    /// <param name="messages">Told what is needed and what is there.</param>
    /// <exception cref="OutOfDeviceMemoryException">The run does not fit: the message says what would.</exception>
    internal static TrainerOptions Require(RunSetup run, ComputeAccelerator accelerator, TrainerOptions options, bool canShrink, Messages messages)
    {
        var data = run.Data;

        // What is held out is part of what is learned from: the host has it once.
        DataSizes[] evaluations =
        [
            .. data.Validation is { } validation ? [DataSizes.Of(validation) with { HostBytes = 0 }] : Array.Empty<DataSizes>(),
            .. data.Test is { } test ? [DataSizes.Of(test)] : Array.Empty<DataSizes>(),
        ];
        var training = DataSizes.Of(data.Train);
        var budget = MemoryBudget.Of(accelerator).With(training.HostBytes + evaluations.Sum(sizes => sizes.HostBytes));
        var plan = MemoryPlan.Make(accelerator, budget, run.Shape, options, training, evaluations);
        if (run.Recipe.Shuffle is null && plan.DataMode == DataMode.Streamed)
        {
            options = options with { Shuffle = SampleShuffle.Suited(training, budget.Host) };
            plan = MemoryPlan.Make(accelerator, budget, run.Shape, options, training, evaluations);
        }

        var needed = plan.Estimate.DeviceBytes + (budget.IsShared ? plan.Estimate.HostBytes : 0);
        if (!plan.Fits)
        {
            throw new OutOfDeviceMemoryException(
                $"Training {run.Shape} at batch size {options.BatchSize / options.Accumulate:N0} needs about {Format.Bytes(needed)} on {accelerator.Description} "
                + $"({Parts(plan.Estimate, run)}), {Shortage(plan.Estimate, budget)}: {Advice(plan, options, canShrink)}.");
        }

        var place = plan.DataMode == DataMode.Streamed ? "streamed" : "resident";
        messages.Say($"memory: about {Format.Bytes(needed)} of {Format.Bytes(budget.Free)} free, samples {place}"
            + (options.DataMode == DataMode.Auto && plan.DataMode == DataMode.Streamed ? WhyStreamed(MemoryPlan.MakesByBatch(accelerator, training)) : "")
            + (options.Shuffle.IsByBlocks ? $", shuffled by {options.Shuffle}" : ""));
        messages.Detail($"memory: {Parts(plan.Estimate, run)}");
        return options with { DataMode = plan.DataMode };
    }

    private static string WhyStreamed(bool isMade) => isMade ? ", because so large a table is encoded batch by batch" : ", because all of them do not fit";

    private static string Parts(MemoryEstimate estimate, RunSetup run) => string.Join(", ", new[]
    {
        ("weights", estimate.Parameters), ("gradients", estimate.Gradients), (string.Join(" and ", run.Recipe.Update.Slots), estimate.OptimizerState), ("average", estimate.Average), ("batch", estimate.Activations),
        ("samples", estimate.Samples), ("evaluation", estimate.Evaluation), ("copies on the host", estimate.HostBytes),
    }.Where(part => part.Item2 > 0).Select(part => $"{part.Item1} {Format.Bytes(part.Item2)}"));

    private static string Shortage(MemoryEstimate estimate, MemoryBudget budget) =>
        !estimate.IsCountable ? $"in one buffer of more than {Array.MaxLength:N0} elements, the most that there can be"
        : estimate.LargestBuffer > budget.LargestBuffer
            ? $"{Format.Bytes(estimate.LargestBuffer)} of it in one buffer, of which the device gives at most {Format.Bytes(budget.LargestBuffer)}"
        : !budget.IsShared && estimate.HostBytes > budget.Host ? $"the host has {Format.Bytes(budget.Host)} free"
        : $"{Format.Bytes(budget.Free)} are free";

    private static string Advice(MemoryPlan plan, TrainerOptions options, bool canShrink) => plan switch
    {
        { StreamingHelps: true } => "stream the samples with --data-mode streamed",
        { Accumulation: { } parts } => $"take the samples of a step in parts, --batch-size {options.BatchSize / parts} --accumulate {parts}",
        { SmallerBatch: { } batch } => $"choose a smaller batch, such as --batch-size {batch}",
        { SmallerLayers: { } layers } when canShrink => $"choose smaller layers, such as --hidden {string.Join(',', layers)}",
        _ => "use a device with more memory, or give it fewer samples",
    };
}
