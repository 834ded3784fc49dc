using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Gpu.Training.Schedules;

/// <summary>
/// Steps at the beginning of a run in which the rate rises on a straight line to where its schedule begins: step s of w has (s + 1) / (w + 1) of it,
/// and the schedule goes over the steps that are left; Goyal and others, "Accurate, large minibatch SGD" (2017). In text <c>1</c> for epochs,
/// <c>500steps</c> for steps, <c>none</c> for none.
/// </summary>
public readonly record struct WarmUp
{
    private const string StepSuffix = "steps";
    private const string None = "none";

    private WarmUp(int epochs, int steps) => (Epochs, OwnSteps) = (epochs, steps);

    private int Epochs { get; }

    private int OwnSteps { get; }

    /// <summary>Reads the text form; false where it is none.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out WarmUp? warmUp)
    {
        ArgumentNullException.ThrowIfNull(text);
        var isSteps = text.EndsWith(StepSuffix, StringComparison.Ordinal);
        var isNumber = int.TryParse(isSteps ? text[..^StepSuffix.Length] : text, NumberStyles.None, CultureInfo.InvariantCulture, out var count);
        warmUp = text == None ? default(WarmUp) : !isNumber ? null : isSteps ? new WarmUp(0, count) : new WarmUp(count, 0);
        return warmUp is not null;
    }

    /// <summary>Its steps, in epochs of so many.</summary>
    public long Steps(int stepsPerEpoch) => OwnSteps + ((long)Epochs * stepsPerEpoch);

    /// <summary>The text form.</summary>
    public override string ToString() => OwnSteps > 0 ? string.Create(CultureInfo.InvariantCulture, $"{OwnSteps}{StepSuffix}")
        : Epochs > 0 ? Epochs.ToString(CultureInfo.InvariantCulture) : None;
}
