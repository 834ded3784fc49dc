using Gpu.Kernels.Devices;
using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>How an epoch is cut into runs of launches: full ones, and a last one for what remains.</summary>
/// <param name="Samples">Samples of the epoch.</param>
/// <param name="SamplesPerRun">Samples of a full run.</param>
internal readonly record struct StepPlan(int Samples, int SamplesPerRun)
{
    /// <summary>Samples that the processor evaluates at a time: their outputs stay in its caches.</summary>
    private const int ProcessorBatch = 500;

    /// <summary>Bytes of inputs and outputs that any other device evaluates at a time: enough to keep all of it busy.</summary>
    private const long DeviceBytes = 64 << 20;

    /// <summary>Runs of full size.</summary>
    internal int FullRuns => Samples / SamplesPerRun;

    /// <summary>Samples of the last run; 0 where the full ones take them all.</summary>
    internal int Remainder => Samples % SamplesPerRun;

    /// <summary>All runs.</summary>
    internal int Runs => FullRuns + (Remainder > 0 ? 1 : 0);

    /// <summary>How an evaluation or a prediction of so many samples is cut: a function of the kind of device and the network.</summary>
    internal static StepPlan ForEvaluation(ComputeAccelerator accelerator, NetworkShape shape, int samples)
    {
        var bytes = sizeof(float) * (shape.Inputs + shape.Layers.Sum(layer => (long)layer.Outputs));
        var batch = accelerator.IsHost ? ProcessorBatch : (int)Math.Max(DeviceBytes / bytes, 1);
        return new StepPlan(samples, Math.Min(samples, batch));
    }
}
