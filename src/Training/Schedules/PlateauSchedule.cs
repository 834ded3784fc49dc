namespace Gpu.Training.Schedules;

/// <summary>
/// <c>plateau:10,0.1</c>: the rate is multiplied by a factor each time the loss did not get lower for more than so many epochs, as PyTorch's
/// <c>ReduceLROnPlateau</c> does with its other settings as they are: lower is by more than 1e-4 of the lowest, and a rate changes by more than 1e-8
/// or stays. The loss is that of the validation samples, without them that of the training; an epoch that
/// was not evaluated does not count.
/// </summary>
/// <param name="Patience">Epochs in a row that may be no better, 0 or more.</param>
/// <param name="Factor">The factor, above 0 and below 1.</param>
public sealed record PlateauSchedule(int Patience, double Factor) : RateSchedule
{
    private const double Threshold = 1e-4;
    private const double LeastChange = 1e-8;

    /// <summary>How it is named.</summary>
    internal static ScheduleKind Kind { get; } = new("plateau", "plateau:10,0.1", "times 0.1 when the validation loss, or without one the training loss, was no lower for more than 10 epochs",
        settings => settings is [var patience, var factor] && factor is > 0 and < 1 && ScheduleKind.IsCount(patience, least: 0)
            ? new PlateauSchedule((int)patience, factor) : null);

    /// <inheritdoc/>
    public override double Rate(SchedulePoint point)
    {
        var rate = point.First;
        for (var i = 0; i < point.State.Reductions && rate - (rate * Factor) > LeastChange; i++)
        {
            rate *= Factor;
        }

        return rate;
    }

    /// <inheritdoc/>
    public override ScheduleState Next(ScheduleState state, double loss)
    {
        if (state.Lowest is not { } lowest || loss < lowest * (1 - Threshold))
        {
            return state with { Lowest = loss, Waited = 0 };
        }

        return state.Waited < Patience
            ? state with { Waited = state.Waited + 1 }
            : state with { Waited = 0, Reductions = state.Reductions + 1 };
    }

    /// <inheritdoc/>
    public override string ToString() => Kind.Text(Patience, Factor);
}
