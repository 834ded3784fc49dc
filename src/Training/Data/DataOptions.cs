namespace Gpu.Training.Data;

/// <summary>How data is found and loaded.</summary>
public sealed record DataOptions
{
    /// <summary>Read the first so many training samples and no more; null for all. Test samples are not limited.</summary>
    public int? Limit { get; init; }

    /// <summary>Where test samples come from, as a SPEC; null for the test part of the training data.</summary>
    public string? TestSpec { get; init; }

    /// <summary>The column of a table that holds the labels; null for one that is called <c>label</c>.</summary>
    public string? Target { get; init; }

    /// <summary>Whether samples without labels are refused, because they are to be learned from.</summary>
    internal bool NeedsLabels { get; init; }

    /// <summary>Which of several data sets in one folder is meant, as <c>letters</c> of EMNIST; null where there is one.</summary>
    public string? Split { get; init; }

    /// <summary>The columns that samples must have, in their order, as a model knows them; null where any will do.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>The names of the classes, as a model or <c>--label-names</c> knows them; null where the data decides.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Bytes of decoded samples (of tables, pictures, compressed files) that are kept in memory; more go to a cache on the disk.</summary>
    public long MemoryLimit { get; init; } = 512L << 20;

    /// <summary>The folder that holds downloads, one folder a data set.</summary>
    public string DataFolder { get; init; } = "data";

    /// <summary>The folder for caches that cannot lie beside their source; null for <c>gpu/data</c> in the user's cache folder.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>How data sets are downloaded.</summary>
    public DownloadOptions Download { get; init; } = new();
}
