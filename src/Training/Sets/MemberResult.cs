namespace Gpu.Training.Sets;

/// <summary>How far a run of a set came.</summary>
public enum MemberState
{
    /// <summary>It has not begun, or not been heard of.</summary>
    Waiting,

    /// <summary>It came to its end.</summary>
    Finished,

    /// <summary>It was stopped before, and can be gone on with.</summary>
    Stopped,

    /// <summary>It could not go on.</summary>
    Failed,
}

/// <summary>How the model of a run answered a part of its data.</summary>
/// <param name="Part">What the part is called: test, validation or training.</param>
/// <param name="Samples">Its samples.</param>
/// <param name="ChoseEpoch">Whether the epoch was chosen by it.</param>
/// <param name="Measures">The measures by their names, as JSON has them: accuracy, log_loss, rmse.</param>
public sealed record PartMeasures(string Part, int Samples, bool ChoseEpoch, IReadOnlyList<(string Name, double Value)> Measures)
{
    /// <summary>A measure; NaN where there is none of that name.</summary>
    public double this[string name] => Measures.Where(measure => measure.Name == name).Select(measure => measure.Value).FirstOrDefault(double.NaN);
}

/// <summary>What became of a run of a set.</summary>
/// <param name="State">How far it came.</param>
public sealed record MemberResult(MemberState State)
{
    /// <summary>Epochs that it trained.</summary>
    public int Epochs { get; init; }

    /// <summary>Seconds of training.</summary>
    public double TrainSeconds { get; init; }

    /// <summary>How its model answered what was held out; none before it came to its end.</summary>
    public IReadOnlyList<PartMeasures> Judged { get; init; } = [];

    /// <summary>Why it could not go on.</summary>
    public string? Error { get; init; }

    /// <summary>What judges it: the test samples, where it has some, else the validation samples, else those it learned from.</summary>
    public PartMeasures? Judge => Judged.MaxBy(part => part.Part switch { "test" => 2, "validation" => 1, _ => 0 });
}

/// <summary>Mean and deviation of numbers.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Mean">Their mean; NaN of none.</param>
/// <param name="Deviation">Their standard deviation, squares over one less than their number; NaN of fewer than two.</param>
public readonly record struct Spread(int Count, double Mean, double Deviation)
{
    /// <summary>That of some numbers.</summary>
    public static Spread Of(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var mean = values.Count == 0 ? double.NaN : values.Average();
        return new Spread(values.Count, mean, values.Count < 2 ? double.NaN : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1)));
    }
}
