namespace Gpu.Training.Data;

/// <summary>What is held out of a table for validation where nothing is said.</summary>
/// <param name="Split">The part.</param>
/// <param name="Above">Tables of at most so many rows have none held out.</param>
public sealed record UsualSplit(Split Split, int Above)
{
    /// <summary>What is held out of so many rows; null for nothing.</summary>
    internal Split? Of(int rows) => rows > Above ? Split : null;
}
