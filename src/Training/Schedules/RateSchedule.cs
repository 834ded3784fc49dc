namespace Gpu.Training.Schedules;

/// <summary>Where a step stands in a run, and between which rates the run goes.</summary>
/// <param name="Step">The step, from 0, as the schedule counts it: behind a warm-up.</param>
/// <param name="Steps">Steps that the schedule has in all.</param>
/// <param name="Epoch">The epoch of the run, from 0.</param>
/// <param name="First">The rate that was asked for, <c>lr</c>.</param>
/// <param name="Last">The rate of the last step, <c>lr-final</c>, for schedules that take one.</param>
/// <param name="State">What the schedule carries on.</param>
public readonly record struct SchedulePoint(long Step, long Steps, int Epoch, double First, double Last, ScheduleState State)
{
    /// <summary>How much of the way from the first step to the last is behind: 0 to 1.</summary>
    public double Way => Steps > 1 ? (double)Step / (Steps - 1) : 0;
}

/// <summary>
/// How the learning rate goes from the first step of a run to the last: a function of the step, and of a state that a checkpoint has, so that
/// nothing is replayed on resume. A schedule is one file; <see cref="RateSchedules"/> lists them. In text its name, with its settings behind a colon: <c>step:10,0.1</c>.
/// </summary>
public abstract record RateSchedule
{
    /// <summary>The same rate throughout.</summary>
    public static RateSchedule Constant { get; } = new ConstantSchedule();

    /// <summary>On a straight line to <c>lr-final</c>.</summary>
    public static RateSchedule Linear { get; } = new LinearSchedule();

    /// <summary>On half a cosine to <c>lr-final</c>.</summary>
    public static RateSchedule Cosine { get; } = new CosineSchedule();

    /// <summary>Whether it ends at <c>lr-final</c>.</summary>
    public virtual bool TakesFinal => false;

    /// <summary>What it carries on behind an epoch; nothing, unless it looks at losses.</summary>
    /// <param name="state">What it carried so far.</param>
    /// <param name="loss">The epoch's loss: of the validation samples, without them of the training.</param>
    public virtual ScheduleState Next(ScheduleState state, double loss) => state;

    /// <summary>The rate of a step.</summary>
    public abstract double Rate(SchedulePoint point);
}
