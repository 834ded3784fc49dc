using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Gpu.Training.Checkpoints;

/// <summary>How often a checkpoint is written: every so many epochs, or every so many steps of an epoch and at its end.</summary>
public readonly record struct CheckpointInterval
{
    private const string StepSuffix = "steps";

    private CheckpointInterval(int epochs, int steps) => (Epochs, Steps) = (epochs, steps);

    /// <summary>At the end of every epoch.</summary>
    public static CheckpointInterval EveryEpoch { get; } = new(1, 0);

    /// <summary>At the end of every tenth epoch.</summary>
    public static CheckpointInterval EveryTenEpochs { get; } = new(10, 0);

    /// <summary>Epochs between two checkpoints.</summary>
    public int Epochs { get; }

    /// <summary>Steps between two checkpoints within an epoch; 0 for none within.</summary>
    public int Steps { get; }

    /// <summary>Reads <c>1</c> or <c>500steps</c>; false where the text is none of these.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out CheckpointInterval? interval)
    {
        ArgumentNullException.ThrowIfNull(text);
        var isSteps = text.EndsWith(StepSuffix, StringComparison.Ordinal);
        var number = isSteps ? text[..^StepSuffix.Length] : text;
        var isNumber = int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0;
        interval = !isNumber ? null : isSteps ? new CheckpointInterval(1, count) : new CheckpointInterval(count, 0);
        return interval is not null;
    }

    /// <summary>The steps at whose multiples an epoch must be able to end, where it goes on from a step: their common divisor.</summary>
    public int StopEvery(int from) => (int)System.Numerics.BigInteger.GreatestCommonDivisor(Steps, from);

    /// <summary>The text form.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(Steps > 0 ? Steps : Epochs)}{(Steps > 0 ? StepSuffix : "")}");
}
