using System.Globalization;
using System.Text;
using Gpu.Training.Loop;
using Gpu.Training.Models;
using Gpu.Training.Recipes;
using Gpu.Training.Schedules;

namespace Gpu.Training.Checkpoints;

/// <summary>
/// What stands in a checkpoint beside the texts of a model: <c>epoch</c>, epochs behind it; <c>step</c>, steps of the next one;
/// <c>steps</c>, since the run began; <c>updates</c>, those of the optimizer since then, left out before there was one that counts them; <c>epoch_loss</c>, <c>epoch_loss_compensation</c> and <c>epoch_correct</c>, the running sums of
/// that epoch; <c>epoch_bad_step</c>, none or its first bad one, <c>epoch_skipped_steps</c> and <c>epoch_skipped_samples</c>; <c>epoch_seconds</c> and
/// <c>train_seconds</c>; <c>gradient_norm</c>, none or that of the epoch's last step; <c>restores</c>; <c>schedule_lowest</c>, <c>schedule_waited</c> and <c>schedule_reductions</c>, which older files lack; <c>best_epoch</c>, 0 for none, <c>best_correct</c>, <c>best_loss</c>;
/// <c>gain_epoch</c>, <c>gain_correct</c>, <c>gain_loss</c>, the last gain of a run that may end early, left out of others;
/// <c>data_sha256</c>; <c>device_name</c>; and <c>recipe</c>, the run's <c>recipe.json</c>.
/// </summary>
internal sealed record CheckpointMetadata(RunProgress Progress, int Updates, Recipe Recipe, string DataHash, string DeviceName)
{
    private const string EpochKey = "epoch";
    private const string StepKey = "step";
    private const string StepsKey = "steps";
    private const string UpdatesKey = "updates";
    private const string LossKey = "epoch_loss";
    private const string CompensationKey = "epoch_loss_compensation";
    private const string CorrectKey = "epoch_correct";
    private const string BadStepKey = "epoch_bad_step";
    private const string SkippedStepsKey = "epoch_skipped_steps";
    private const string SkippedSamplesKey = "epoch_skipped_samples";
    private const string EpochSecondsKey = "epoch_seconds";
    private const string TrainSecondsKey = "train_seconds";
    private const string NormKey = "gradient_norm";
    private const string RestoresKey = "restores";
    private const string LowestKey = "schedule_lowest";
    private const string WaitedKey = "schedule_waited";
    private const string ReductionsKey = "schedule_reductions";
    private const string BestEpochKey = "best_epoch";
    private const string BestCorrectKey = "best_correct";
    private const string BestLossKey = "best_loss";
    private const string GainEpochKey = "gain_epoch";
    private const string GainCorrectKey = "gain_correct";
    private const string GainLossKey = "gain_loss";
    private const string DataKey = "data_sha256";
    private const string DeviceNameKey = "device_name";
    private const string RecipeKey = "recipe";
    private const string None = "none";
    private const int HashDigits = 64;

    /// <summary>The texts of a checkpoint, in the order in which they are written.</summary>
    internal static IReadOnlyList<KeyValuePair<string, string>> Of(Checkpoint checkpoint)
    {
        var progress = checkpoint.Progress;
        var sums = progress.Position.Sums;
        var best = progress.Best ?? default;
        return
        [
            new(EpochKey, MetadataTexts.Text(progress.Epoch)),
            new(StepKey, MetadataTexts.Text(progress.Position.Step)),
            new(StepsKey, MetadataTexts.Text(progress.Steps)),
            new(UpdatesKey, MetadataTexts.Text(checkpoint.Optimizer.Updates)),
            new(LossKey, MetadataTexts.Text(sums.Loss)),
            new(CompensationKey, MetadataTexts.Text(sums.Compensation)),
            new(CorrectKey, MetadataTexts.Text(sums.Correct)),
            new(BadStepKey, sums.FirstBadStep is { } bad ? MetadataTexts.Text(bad) : None),
            new(SkippedStepsKey, MetadataTexts.Text(sums.SkippedSteps)),
            new(SkippedSamplesKey, MetadataTexts.Text(sums.SkippedSamples)),
            new(EpochSecondsKey, MetadataTexts.Text(progress.EpochSeconds)),
            new(TrainSecondsKey, MetadataTexts.Text(progress.TrainSeconds)),
            new(NormKey, progress.GradientNorm is { } norm ? MetadataTexts.Text(norm) : None),
            new(RestoresKey, MetadataTexts.Text(progress.Restores)),
            new(LowestKey, progress.Schedule.Lowest is { } lowest ? MetadataTexts.Text(lowest) : None),
            new(WaitedKey, MetadataTexts.Text(progress.Schedule.Waited)),
            new(ReductionsKey, MetadataTexts.Text(progress.Schedule.Reductions)),
            new(BestEpochKey, MetadataTexts.Text(best.Epoch)),
            new(BestCorrectKey, MetadataTexts.Text(best.Correct)),
            new(BestLossKey, MetadataTexts.Text(best.Loss)),
            .. progress.LastGain is { } gain ? Gain(gain) : [],
            new(DataKey, checkpoint.DataHash),
            new(DeviceNameKey, checkpoint.DeviceName),
            new(RecipeKey, Encoding.UTF8.GetString(RecipeFile.Format(checkpoint.Recipe))),
        ];
    }

    private static KeyValuePair<string, string>[] Gain(BestEpoch gain) =>
    [
        new(GainEpochKey, MetadataTexts.Text(gain.Epoch)), new(GainCorrectKey, MetadataTexts.Text(gain.Correct)), new(GainLossKey, MetadataTexts.Text(gain.Loss)),
    ];

    /// <summary>Reads the texts of a checkpoint.</summary>
    /// <exception cref="TrainingException">One is missing or wrong.</exception>
    internal static CheckpointMetadata Parse(MetadataTexts source)
    {
        var steps = 0L;
        source.Require(StepsKey, text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out steps) ? text : null, "a whole number");
        var best = new BestEpoch(
            source.RequireInteger(BestEpochKey, least: 0), source.RequireInteger(BestCorrectKey, least: 0), source.RequireDouble(BestLossKey));
        var progress = new RunProgress
        {
            Epoch = source.RequireInteger(EpochKey, least: 0),
            Position = new EpochPosition(source.RequireInteger(StepKey, least: 0), ReadSums(source)),
            Steps = steps,
            EpochSeconds = source.RequireDouble(EpochSecondsKey),
            TrainSeconds = source.RequireDouble(TrainSecondsKey),
            GradientNorm = source.RequireText(NormKey) == None ? null : source.RequireDouble(NormKey),
            Restores = source.RequireInteger(RestoresKey, least: 0),
            Schedule = source.Texts.ContainsKey(LowestKey) ? ReadSchedule(source) : default,
            Best = best.Epoch == 0 ? null : best,
            LastGain = source.Texts.ContainsKey(GainEpochKey)
                ? new(source.RequireInteger(GainEpochKey, least: 1), source.RequireInteger(GainCorrectKey, least: 0), source.RequireDouble(GainLossKey)) : null,
        };
        var hash = source.Require(DataKey, text => text.Length == HashDigits && text.All(char.IsAsciiHexDigitLower) ? text : null, "a SHA-256");
        var recipe = ReadRecipe(source);
        RequirePlace(progress, recipe, source.Path);
        var updates = source.Texts.ContainsKey(UpdatesKey) ? source.RequireInteger(UpdatesKey, least: 0) : 0;
        return new CheckpointMetadata(progress, updates, recipe, hash, source.RequireText(DeviceNameKey));
    }

    /// <summary>Checks that a run can have come to where the texts say it stands.</summary>
    private static void RequirePlace(RunProgress progress, Recipe recipe, string path)
    {
        var isPlace = progress.Epoch <= recipe.Epochs && progress.Steps >= (long)progress.Epoch + progress.Position.Step
            && (progress.Best?.Epoch ?? 0) <= progress.Epoch && (progress.LastGain?.Epoch ?? 0) <= progress.Epoch && progress.EpochSeconds >= 0 && progress.TrainSeconds >= 0;
        if (!isPlace)
        {
            throw TrainingException.BadModelFile(
                $"{path}: expected a place that a run of {recipe.Epochs:N0} epochs comes to, found {progress.Epoch:N0} epochs and "
                + $"{progress.Position.Step:N0} steps behind it, {progress.Steps:N0} steps in all: the file is damaged.");
        }
    }

    private static EpochSums ReadSums(MetadataTexts source) =>
        new(source.RequireSingle(LossKey), source.RequireSingle(CompensationKey), source.RequireInteger(CorrectKey, least: 0))
        {
            FirstBadStep = source.RequireText(BadStepKey) == None ? null : source.RequireInteger(BadStepKey, least: 0),
            SkippedSteps = source.RequireInteger(SkippedStepsKey, least: 0),
            SkippedSamples = source.RequireInteger(SkippedSamplesKey, least: 0),
        };

    private static ScheduleState ReadSchedule(MetadataTexts source) => new(
        source.RequireText(LowestKey) == None ? null : source.RequireDouble(LowestKey), source.RequireInteger(WaitedKey, least: 0),
        source.RequireInteger(ReductionsKey, least: 0));

    private static Recipe ReadRecipe(MetadataTexts source)
    {
        var text = source.RequireText(RecipeKey);
        try
        {
            return RecipeFile.Parse(Encoding.UTF8.GetBytes(text), $"{source.Path}, recipe").ToRecipe();
        }
        catch (TrainingException cause)
        {
            throw TrainingException.BadModelFile($"{cause.Message.TrimEnd('.')}: the file is damaged or of another version.", cause);
        }
    }
}
