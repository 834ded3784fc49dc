using Gpu.Host.Runs;
using Gpu.Training.Metrics;

namespace Gpu.Host.Reports;

/// <summary>What there is to say before the first epoch; <paramref name="IsQuantity"/> where no classes are learned.</summary>
internal sealed record RunStart(string Device, int Parameters, int Epochs, int TrainingSamples, bool HasValidation, bool HasTest, bool IsQuantity = false);

/// <summary>What there is to say after an epoch; <paramref name="GradientNorm"/> is that of its last step, null where it was not measured.</summary>
internal sealed record EpochReport(
    int Epoch, Evaluation Train, Evaluation? Validation, Evaluation? Test, double TrainSeconds, double SamplesPerSecond, float LearningRate,
    double? GradientNorm = null);

/// <summary>What there is to say at the end; <paramref name="Last"/> is null where no epoch came to its end.</summary>
internal sealed record RunEnd(int Epochs, EpochReport? Last, double TrainSeconds, string Model, bool Stopped)
{
    /// <summary>The best epoch, with what judged it; null before the first.</summary>
    internal string? Best { get; init; }

    /// <summary>How the model that is left answers what was held out, part by part; none where that is not asked for.</summary>
    internal IReadOnlyList<PartScore> Judged { get; init; } = [];

    /// <summary>What to do next, as commands.</summary>
    internal IReadOnlyList<string> Next { get; init; } = [];
}

/// <summary>Somebody who is told how a training run goes.</summary>
internal interface ITrainingReport
{
    void Start(RunStart start);

    /// <summary>Called often, with the samples of the epoch that are done; must cost next to nothing.</summary>
    void Progress(int epoch, int samples);

    void Epoch(EpochReport epoch);

    void End(RunEnd end);
}
