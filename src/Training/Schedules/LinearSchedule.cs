namespace Gpu.Training.Schedules;

/// <summary><c>linear</c>: on a straight line from <c>lr</c> in the first step to <c>lr-final</c> in the last.</summary>
public sealed record LinearSchedule : RateSchedule
{
    /// <summary>How it is named.</summary>
    internal static ScheduleKind Kind { get; } = ScheduleKind.Plain("linear", "a straight line to --lr-final", new LinearSchedule());

    /// <inheritdoc/>
    public override bool TakesFinal => true;

    /// <inheritdoc/>
    public override double Rate(SchedulePoint point) => point.First + ((point.Last - point.First) * point.Way);

    /// <inheritdoc/>
    public override string ToString() => Kind.Name;
}
