namespace Gpu.Training.Schedules;

/// <summary>
/// <c>one-cycle</c>: on half a cosine from 1/25 of <c>lr</c> up to <c>lr</c> in the first 30 % of the steps, then down to 1/10,000 of where it began;
/// Smith and Topin, "Super-convergence" (2018), with the defaults of PyTorch's <c>OneCycleLR</c>, whose momentum is left alone here.
/// </summary>
public sealed record OneCycleSchedule : RateSchedule
{
    private const double StartShare = 1 / 25.0;
    private const double EndShare = StartShare / 1e4;
    private const double RisingShare = 0.3;

    /// <summary>How it is named.</summary>
    internal static ScheduleKind Kind { get; } = ScheduleKind.Plain("one-cycle", "up to --lr in 30 % of the steps, then down", new OneCycleSchedule());

    /// <inheritdoc/>
    public override double Rate(SchedulePoint point)
    {
        var top = (RisingShare * point.Steps) - 1;
        var (start, end) = (point.First * StartShare, point.First * EndShare);
        return point.Step <= top
            ? CosineSchedule.Between(start, point.First, top > 0 ? point.Step / top : 1)
            : CosineSchedule.Between(point.First, end, (point.Step - Math.Max(top, 0)) / Math.Max(point.Steps - 1 - Math.Max(top, 0), 1));
    }

    /// <inheritdoc/>
    public override string ToString() => Kind.Name;
}
