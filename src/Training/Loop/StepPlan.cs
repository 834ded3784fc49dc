namespace Gpu.Training.Loop;

/// <summary>How an epoch is cut into runs of launches: full ones, and a last one for what remains.</summary>
/// <param name="Samples">Samples of the epoch.</param>
/// <param name="SamplesPerRun">Samples of a full run.</param>
internal readonly record struct StepPlan(int Samples, int SamplesPerRun)
{
    /// <summary>Runs of full size.</summary>
    internal int FullRuns => Samples / SamplesPerRun;

    /// <summary>Samples of the last run; 0 where the full ones take them all.</summary>
    internal int Remainder => Samples % SamplesPerRun;

    /// <summary>All runs.</summary>
    internal int Runs => FullRuns + (Remainder > 0 ? 1 : 0);
}
