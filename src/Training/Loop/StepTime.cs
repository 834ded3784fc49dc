namespace Gpu.Training.Loop;

/// <summary>How long a training step takes for a part of what it does.</summary>
/// <param name="Work">What it is: several things at once where launches do them together.</param>
/// <param name="First">The first layer that it is done for, from 1; 0 where it is for none.</param>
/// <param name="Last">The last one.</param>
/// <param name="Seconds">Seconds of a step.</param>
public sealed record StepTime(StepWork Work, int First, int Last, double Seconds)
{
    private static readonly string[] _works = ["gather", "forward", "loss", "backward", "update", "tally"];

    /// <summary>What it is called: <c>layer 2: forward + loss + backward</c>.</summary>
    public string Name => (First == 0 ? "" : First == Last ? $"layer {First}: " : $"layers {First} {(Last == First + 1 ? "and" : "to")} {Last}: ")
        + string.Join(" + ", _works.Where((_, bit) => ((int)Work >> bit & 1) != 0));
}
