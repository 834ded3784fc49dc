namespace Gpu.Training.Schedules;

/// <summary><c>exponential:0.95</c>: the rate is multiplied by a factor after each epoch, as PyTorch's <c>ExponentialLR</c> does.</summary>
/// <param name="Factor">The factor, above 0 and at most 1.</param>
public sealed record ExponentialSchedule(double Factor) : RateSchedule
{
    /// <summary>How it is named.</summary>
    internal static ScheduleKind Kind { get; } = new("exponential", "exponential:0.95", "times 0.95 after each epoch",
        settings => settings is [var factor] && ScheduleKind.IsFactor(factor) ? new ExponentialSchedule(factor) : null);

    /// <inheritdoc/>
    public override double Rate(SchedulePoint point) => point.First * Math.Pow(Factor, point.Epoch);

    /// <inheritdoc/>
    public override string ToString() => Kind.Text(Factor);
}
