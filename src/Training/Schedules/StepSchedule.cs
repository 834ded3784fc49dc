namespace Gpu.Training.Schedules;

/// <summary><c>step:10,0.1</c>: the rate is multiplied by a factor after every so many epochs, as PyTorch's <c>StepLR</c> does.</summary>
/// <param name="Epochs">Epochs between two changes, 1 or more.</param>
/// <param name="Factor">The factor, above 0 and at most 1.</param>
public sealed record StepSchedule(int Epochs, double Factor) : RateSchedule
{
    /// <summary>How it is named.</summary>
    internal static ScheduleKind Kind { get; } = new("step", "step:10,0.1", "times 0.1 after every 10 epochs",
        settings => settings is [var epochs, var factor] && ScheduleKind.IsFactor(factor) && ScheduleKind.IsCount(epochs, least: 1)
            ? new StepSchedule((int)epochs, factor) : null);

    /// <inheritdoc/>
    public override double Rate(SchedulePoint point) => point.First * Math.Pow(Factor, point.Epoch / Epochs);

    /// <inheritdoc/>
    public override string ToString() => Kind.Text(Epochs, Factor);
}
