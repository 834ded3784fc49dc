using System.Diagnostics;

namespace Gpu.Training.Data;

/// <summary>
/// Downloads public data sets: from the first mirror that works, resuming what was cut off, and putting a file in its place
/// only when its contents have the known SHA-256.
/// </summary>
public sealed class Downloader : IDisposable
{
    private const int AttemptsPerMirror = 4;

    private readonly DownloadOptions _options;
    private readonly HttpClient _client;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private bool _isReachable;
    private int _goodMirror;

    /// <summary>A downloader; its time until the first byte begins now.</summary>
    /// <param name="options">How to download.</param>
    public Downloader(DownloadOptions? options = null)
    {
        _options = options ?? new DownloadOptions();
        _client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = _options.ConnectTimeout })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client.DefaultRequestHeaders.UserAgent.ParseAdd("gpu-trainer");
    }

    /// <summary>Whether all files of a data set lie in a folder.</summary>
    public static bool IsComplete(PublicDataSet set, string folder)
    {
        ArgumentNullException.ThrowIfNull(set);
        return set.Files.All(file => File.Exists(Path.Combine(folder, file.Name)));
    }

    /// <summary>Fetches the files that a folder lacks.</summary>
    /// <param name="set">The data set.</param>
    /// <param name="folder">Where its files go; made when the first bytes come.</param>
    /// <exception cref="TrainingException">No mirror is reachable or has the right file, or the folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The download was cancelled.</exception>
    public async Task FetchAsync(PublicDataSet set, string folder)
    {
        ArgumentNullException.ThrowIfNull(set);
        var done = 0L;
        foreach (var file in set.Files)
        {
            if (!File.Exists(Path.Combine(folder, file.Name)))
            {
                await FetchFileAsync(set, file, folder, done).ConfigureAwait(false);
            }

            done += file.Bytes;
            Report(set, done);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task FetchFileAsync(PublicDataSet set, PublicFile file, string folder, long done)
    {
        var path = Path.Combine(folder, file.Name);
        var mirrors = _options.Mirrors ?? set.Mirrors;
        var faults = new List<string>();
        for (var tried = 0; tried < mirrors.Count; tried++)
        {
            var m = (_goodMirror + tried) % mirrors.Count;
            var fetch = new MirrorFetch(
                _client, path + ".part", _options.StallTimeout, bytes => Report(set, done + Math.Min(bytes, file.Bytes)));
            if (await TryMirrorAsync(fetch, mirrors[m], mirrors.Count - tried, file, path).ConfigureAwait(false) is not { } fault)
            {
                _goodMirror = m;
                return;
            }

            faults.Add($"{mirrors[m].Authority}: {fault}");
        }

        throw TrainingException.BadData(
            $"{set.Name}: expected {file.Name} from one of {mirrors.Count} mirrors, found none that has it ({string.Join("; ", faults)}); "
            + $"check the network and try again, or put the files into {folder}.");
    }

    /// <summary>Null when the file is in its place, else what went wrong with this mirror.</summary>
    private async Task<string?> TryMirrorAsync(MirrorFetch fetch, Uri mirror, int mirrorsLeft, PublicFile file, string path)
    {
        var part = path + ".part";
        var mostBytes = file.PlainBytes + file.Bytes;
        for (var attempt = 1; ; attempt++)
        {
            DeleteUnless(part, length => length <= mostBytes);
            var had = MirrorFetch.Length(part);
            var fault = await fetch
                .RunAsync(new Uri(mirror, file.Name), mostBytes, Patience(mirrorsLeft), _options.Cancellation).ConfigureAwait(false);
            _isReachable |= fetch.IsReached;
            fault ??= Accept(part, file, path);
            if (fault is null)
            {
                return null;
            }

            // bytes that came make another try worth while; so does a wrong start that has now been thrown away
            DeleteUnless(part, length => length > 0);
            var has = MirrorFetch.Length(part);
            if (attempt == AttemptsPerMirror || (has <= had && (had == 0 || has > 0)))
            {
                return fault;
            }
        }
    }

    /// <summary>Puts a right file in its place and deletes a wrong one, whose fault it returns.</summary>
    private static string? Accept(string part, PublicFile file, string path)
    {
        var fault = PlainDigest.Check(part, file);
        if (fault is null)
        {
            File.Move(part, path, overwrite: true);
        }
        else
        {
            File.Delete(part);
        }

        return fault;
    }

    private static void DeleteUnless(string part, Predicate<long> isLengthGood)
    {
        if (File.Exists(part) && !isLengthGood(MirrorFetch.Length(part)))
        {
            File.Delete(part);
        }
    }

    /// <summary>
    /// How long to wait for an answer: until one mirror has answered, an even part of what is left for all; later, as for any stall.
    /// </summary>
    private TimeSpan Patience(int mirrorsLeft)
    {
        if (_isReachable)
        {
            return _options.StallTimeout;
        }

        var left = (_options.FirstByteTimeout - _clock.Elapsed) / mirrorsLeft;
        return left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1);
    }

    private void Report(PublicDataSet set, long bytes) =>
        _options.Progress?.Invoke(new DownloadProgress(set.Name, bytes, set.Files.Sum(file => file.Bytes)));
}
