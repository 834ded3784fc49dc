namespace Gpu.Training.Data;

/// <summary>How far a download is.</summary>
/// <param name="Name">The data set.</param>
/// <param name="Bytes">What has arrived of all its files.</param>
/// <param name="Total">What all its files have.</param>
public readonly record struct DownloadProgress(string Name, long Bytes, long Total);

/// <summary>How downloads are made.</summary>
public sealed record DownloadOptions
{
    /// <summary>Told of each piece that arrives, from any thread.</summary>
    public Action<DownloadProgress>? Progress { get; init; }

    /// <summary>Stops the download; what has arrived is kept for the next time.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Addresses to use instead of the well-known mirrors; each ends in a slash.</summary>
    public IReadOnlyList<Uri>? Mirrors { get; init; }

    /// <summary>How long a mirror may take to accept a connection.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long all mirrors together may take until the first byte: after it, the network counts as reachable.</summary>
    public TimeSpan FirstByteTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a mirror may send nothing once bytes have flowed.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(20);
}
