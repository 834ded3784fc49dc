namespace Gpu.Training.Schedules;

/// <summary><c>constant</c>: the rate that was asked for, in every step.</summary>
public sealed record ConstantSchedule : RateSchedule
{
    /// <summary>How it is named.</summary>
    internal static ScheduleKind Kind { get; } = ScheduleKind.Plain("constant", "the same throughout", new ConstantSchedule());

    /// <inheritdoc/>
    public override double Rate(SchedulePoint point) => point.First;

    /// <inheritdoc/>
    public override string ToString() => Kind.Name;
}
