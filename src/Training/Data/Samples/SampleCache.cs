using System.Security.Cryptography;
using System.Text;
using Gpu.Training.Files;

namespace Gpu.Training.Data;

/// <summary>
/// Decoded samples of one source as a plain file: all values, then all labels, then <see cref="CacheFooter"/>. It lies beside the source,
/// or in the cache folder where that cannot be written, and holds as long as the source has the size and the time, or failing that the
/// SHA-256, that it had, and its own content the SHA-256 that it was written with.
/// </summary>
/// <param name="name">What messages call the source.</param>
/// <param name="source">The source.</param>
/// <param name="options">How it is read: another label column makes another cache.</param>
internal sealed class SampleCache(string name, CacheSource source, DataOptions options)
{
    private const string Ending = ".samples";
    private readonly SourceStamp _source = source.Stamp();
    private string? _target;

    /// <summary>Whether a file is named as a cache.</summary>
    internal static bool IsNamedSo(string path) => path.EndsWith(Ending, StringComparison.Ordinal) || path.Contains(Ending + ".", StringComparison.Ordinal);

    /// <summary>
    /// The samples, where the cache has them and the source is the one it was made from. One that was made when the names of the classes were
    /// not known yet will do where it has found the same: a run that goes on knows them from its model.
    /// </summary>
    /// <param name="features">Bytes of a sample.</param>
    internal DataSet? TryOpen(int features)
    {
        var known = TryOpen(features, options.ClassNames);
        return known is null && options.ClassNames is { } names && TryOpen(features, null) is { ClassNames: { } found } data && found.SequenceEqual(names) ? data : known;
    }

    private DataSet? TryOpen(int features, IReadOnlyList<string>? names)
    {
        foreach (var path in Places(names).Where(File.Exists))
        {
            try
            {
                using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
                if (CacheFooter.TryRead(file) is { } footer && footer.Features == features && footer.Settings == Settings(names) && IsOfSource(footer))
                {
                    return Open(path, file, footer);
                }
            }
            catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
            {
                // A cache that cannot be read is as good as none.
            }
        }

        return null;
    }

    /// <summary>A new file for the values, beside the source or in the cache folder; null where neither can be written.</summary>
    internal FileStream? Begin()
    {
        foreach (var path in Places(options.ClassNames))
        {
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                RemoveAbandoned(path);
                var file = new FileStream(AtomicFile.Temporary(path), FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16);
                _target = path;
                return file;
            }
            catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
            {
                // The next place may do.
            }
        }

        return null;
    }

    /// <summary>Completes the file that holds the values and gives it its name.</summary>
    /// <param name="file">The file.</param>
    /// <param name="data">All but the values.</param>
    internal DataSet Finish(FileStream file, DataSet data)
    {
        var sourceHash = source.Hash();
        if (source.Stamp() != _source)
        {
            throw TrainingException.BadData($"{name}: expected data that stays as it is while it is read, found that it changed; wait until nothing writes it.");
        }

        try
        {
            file.Write(data.Labels);
            file.Flush();
            CacheFooter.Of(data, Settings(options.ClassNames), _source, sourceHash, CacheSource.HashOf(file.Name, file.Position)).Write(file);
            file.Flush(flushToDisk: true);
            file.Dispose();
            if (_target is not null)
            {
                AtomicFile.Rename(file.Name, _target);
            }
        }
        catch (IOException cause)
        {
            throw TrainingException.DiskFailed(file.Name, cause);
        }

        return data.WithSamples(new FileSamples(name, _target ?? file.Name, 0, data.Count, data.Features));
    }

    /// <summary>What the cache holds is of this source: size and time say so, or else its SHA-256.</summary>
    private bool IsOfSource(CacheFooter footer) =>
        footer.Source == _source || (footer.Source.Bytes == _source.Bytes && footer.SourceHash == source.Hash());

    private DataSet? Open(string path, FileStream file, CacheFooter footer)
    {
        var content = ((long)footer.Count * footer.Features) + (footer.IsLabelled ? footer.Count : 0);
        if (CacheSource.HashOf(path, content) != footer.ContentHash)
        {
            return null;
        }

        var labels = new byte[footer.IsLabelled ? footer.Count : 0];
        file.Position = (long)footer.Count * footer.Features;
        file.ReadExactly(labels);
        return footer.IsLabelled && labels.AsSpan().ContainsAnyInRange((byte)Math.Min(footer.Classes, byte.MaxValue), byte.MaxValue) && footer.Classes <= byte.MaxValue
            ? null
            : new DataSet(name, new FileSamples(name, path, 0, footer.Count, footer.Features), labels, footer.Height, footer.Width, footer.Classes)
            {
                Columns = footer.Columns,
                ClassNames = footer.ClassNames,
                Remarks = footer.Remarks,
            };
    }

    /// <summary>Where the cache may lie, the better place first.</summary>
    private IEnumerable<string> Places(IReadOnlyList<string>? names)
    {
        var whole = source.FullPath;
        var settings = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Settings(names))))[..8];
        yield return $"{whole}.{settings}{Ending}";
        var folder = options.CacheFolder ?? Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "gpu", "data");
        var place = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(whole)))[..16];
        yield return Path.Combine(folder, $"{Path.GetFileName(whole)}.{place}.{settings}{Ending}");
    }

    /// <summary>What decides on the samples beside the source.</summary>
    private string Settings(IReadOnlyList<string>? names) => string.Join('\n',
        options.Target, string.Join('\t', options.Columns ?? []), string.Join('\t', names ?? []));

    /// <summary>Removes what a process that was killed left of the same cache; one that lives holds its file.</summary>
    private static void RemoveAbandoned(string path)
    {
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + ".*.tmp"))
        {
            try
            {
                new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.None).Dispose();
                File.Delete(file);
            }
            catch (IOException)
            {
                // Somebody writes it.
            }
        }
    }
}
