using Gpu.Kernels.Devices;

namespace Gpu.Training.Loop;

/// <summary>What a launch of a training step does; a fused one does several of these.</summary>
[Flags]
public enum StepWork
{
    /// <summary>Fetches the samples of the batch and makes inputs of them.</summary>
    Gather = 1,

    /// <summary>Outputs from inputs.</summary>
    Forward = 2,

    /// <summary>Losses, answers, and the gradient by the outputs of the last layer.</summary>
    Loss = 4,

    /// <summary>Gradients, of what a layer reads and of what it learns.</summary>
    Backward = 8,

    /// <summary>The optimizer's step, with what decides on it and what follows from it.</summary>
    Update = 16,

    /// <summary>Adds up the losses and right answers of the epoch.</summary>
    Tally = 32,

    /// <summary>A whole step.</summary>
    All = Gather | Forward | Loss | Backward | Update | Tally,
}

/// <summary>A launch of a training step, and what it does.</summary>
/// <param name="Launch">The launch.</param>
/// <param name="Work">What it does.</param>
/// <param name="First">The first layer that it does it for, from 1; 0 where it is for none.</param>
/// <param name="Last">The last one.</param>
internal sealed record StepLaunch(Launch Launch, StepWork Work, int First = 0, int Last = 0)
{
    /// <summary>Launches that do the same.</summary>
    internal static IEnumerable<StepLaunch> All(IEnumerable<Launch> launches, StepWork work, int first = 0, int last = 0) =>
        launches.Select(launch => new StepLaunch(launch, work, first, last));

    /// <summary>The launches as one that a device runs.</summary>
    internal static Launch Sequence(ComputeAccelerator accelerator, string name, IEnumerable<StepLaunch> launches) =>
        accelerator.Sequence(name, [.. launches.Select(one => one.Launch)]);

    /// <summary>What is run in it one after the other, as far as a sequence tells.</summary>
    internal static IEnumerable<Launch> Leaves(Launch launch) =>
        launch is LaunchSequence sequence ? sequence.Launches.SelectMany(Leaves) : [launch];
}
