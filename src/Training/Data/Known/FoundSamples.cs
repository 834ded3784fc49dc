namespace Gpu.Training.Data;

/// <summary>What a run did with a sample.</summary>
public enum SamplePart
{
    /// <summary>It has not kept what tells that, because its samples are very many.</summary>
    Unknown,

    /// <summary>Nothing: it has not seen it.</summary>
    New,

    /// <summary>It has learned from it.</summary>
    Learned,

    /// <summary>It has held it out for validation.</summary>
    Validation,

    /// <summary>It has held it out to be judged by, or had it as test data.</summary>
    Test,
}

/// <summary>Samples that a run was asked about.</summary>
/// <param name="Parts">What it did with each.</param>
/// <param name="AreLearned">Whether it has learned from more of them than such samples are alike by chance.</param>
public sealed record FoundSamples(IReadOnlyList<SamplePart> Parts, bool AreLearned)
{
    /// <summary>Whether nothing is unknown of any.</summary>
    public bool AreAllKnown { get; } = !Parts.Contains(SamplePart.Unknown);

    /// <summary>How many are of a part; where some are unknown, by the share of the others.</summary>
    public long CountOf(SamplePart part)
    {
        var seen = Parts.Count(other => other != SamplePart.Unknown);
        return (long)Math.Round((double)Parts.Count * Parts.Count(other => other == part) / Math.Max(1, seen));
    }
}
