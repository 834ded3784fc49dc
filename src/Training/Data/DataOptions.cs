namespace Gpu.Training.Data;

/// <summary>How data is found and loaded.</summary>
public sealed record DataOptions
{
    /// <summary>Take the first so many training samples; null for all. Test samples are not limited.</summary>
    public int? Limit { get; init; }

    /// <summary>Where test samples come from, as a SPEC; null for the test part of the training data.</summary>
    public string? TestSpec { get; init; }

    /// <summary>The folder that holds downloads, one folder a data set.</summary>
    public string DataFolder { get; init; } = "data";

    /// <summary>How data sets are downloaded.</summary>
    public DownloadOptions Download { get; init; } = new();

}
