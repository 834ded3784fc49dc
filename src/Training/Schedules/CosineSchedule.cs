namespace Gpu.Training.Schedules;

/// <summary>
/// <c>cosine</c>: on half a cosine from <c>lr</c> in the first step to <c>lr-final</c> in the last; Loshchilov and Hutter, "SGDR: stochastic gradient
/// descent with warm restarts" (2017), without restarts.
/// </summary>
public sealed record CosineSchedule : RateSchedule
{
    /// <summary>How it is named.</summary>
    internal static ScheduleKind Kind { get; } = ScheduleKind.Plain("cosine", "half a cosine to --lr-final", new CosineSchedule());

    /// <inheritdoc/>
    public override bool TakesFinal => true;

    /// <inheritdoc/>
    public override double Rate(SchedulePoint point) => Between(point.First, point.Last, point.Way);

    /// <inheritdoc/>
    public override string ToString() => Kind.Name;

    /// <summary>On half a cosine from one rate to another.</summary>
    internal static double Between(double from, double to, double way) => to + ((from - to) * 0.5 * (1 + Math.Cos(Math.PI * way)));
}
