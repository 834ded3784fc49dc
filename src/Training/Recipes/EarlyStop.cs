using System.Globalization;
using Gpu.Training.Checkpoints;

namespace Gpu.Training.Recipes;

/// <summary>
/// When a run ends before its last epoch (Prechelt, "Early stopping - but when?", 1998): after so many epochs that brought no better
/// validation score. The model is that of the best epoch then.
/// </summary>
/// <param name="Patience">Epochs without a gain, at least 1.</param>
/// <param name="Gain">What a gain must exceed: as a share of the validation samples answered right, or in the loss where as many are; 0 or more.</param>
public sealed record EarlyStop(int Patience, float Gain = 0)
{
    private const int MostPatience = 1_000_000;

    /// <summary>Reads the text form, such as <c>10</c> or <c>10,0.001</c>; null where it is none.</summary>
    public static EarlyStop? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        var gain = 0f;
        return parts.Length <= 2 && SettingText.TryInteger(parts[0], out var patience) && patience is >= 1 and <= MostPatience
            && (parts.Length == 1 || (SettingText.TrySingle(parts[1], out gain) && gain >= 0 && float.IsFinite(gain)))
            ? new EarlyStop(patience, gain) : null;
    }

    /// <summary>Whether a score is a gain over the last one that was.</summary>
    /// <param name="score">The epoch's.</param>
    /// <param name="before">The last gain; null before the first.</param>
    /// <param name="samples">Validation samples.</param>
    public bool IsGain(BestEpoch score, BestEpoch? before, int samples) => double.IsFinite(score.Loss) && (before is not { } last
        || score.Correct - last.Correct > Gain * (double)samples
        || (score.Correct >= last.Correct && last.Loss - score.Loss > Gain));

    /// <summary>Whether a run is over: behind an epoch that was evaluated, since others can say nothing of a gain.</summary>
    /// <param name="progress">How far it has come.</param>
    /// <param name="evalEvery">Epochs from one evaluation to the next.</param>
    public bool Ends(RunProgress progress, int evalEvery)
    {
        ArgumentNullException.ThrowIfNull(progress);
        return progress.LastGain is { } gain && progress.Position.Step == 0 && progress.Epoch % evalEvery == 0 && progress.Epoch - gain.Epoch >= Patience;
    }

    /// <summary>The text form.</summary>
    public override string ToString() => Gain == 0 ? SettingText.Of(Patience) : string.Create(CultureInfo.InvariantCulture, $"{Patience},{Gain}");
}
