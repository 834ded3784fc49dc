using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;

namespace Gpu.Training.Data;

/// <summary>Size and time of a source: while both stay, so does its content.</summary>
/// <param name="Bytes">Its length.</param>
/// <param name="Ticks">When it was written last, in ticks of 100 ns, universal time.</param>
internal readonly record struct SourceStamp(long Bytes, long Ticks)
{
    /// <summary>That of a file as it is now.</summary>
    internal static SourceStamp Of(string path)
    {
        var file = new FileInfo(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path);
        return new SourceStamp(file.Length, file.LastWriteTimeUtc.Ticks);
    }
}

/// <summary>
/// What stands at the end of a cache of samples: a JSON object, its SHA-256, its length (8 bytes, little-endian), and 8 bytes that name the
/// format.
/// </summary>
internal sealed record CacheFooter
{
    private const int TailBytes = 32 + 8 + 8;
    private const int MostBytes = 64 << 20;

    /// <summary>Samples.</summary>
    public required int Count { get; init; }

    /// <summary>Rows of an image.</summary>
    public required int Height { get; init; }

    /// <summary>Columns of an image.</summary>
    public required int Width { get; init; }

    /// <summary>Classes; 0 without labels.</summary>
    public required int Classes { get; init; }

    /// <summary>Whether a label for each sample stands behind the values.</summary>
    public required bool IsLabelled { get; init; }

    /// <summary>Names of the columns, or null.</summary>
    public required string[]? Columns { get; init; }

    /// <summary>Names of the classes, or null.</summary>
    public required string[]? ClassNames { get; init; }

    /// <summary>What was said of the source.</summary>
    public required string[] Remarks { get; init; }

    /// <summary>How the source was read.</summary>
    public required string Settings { get; init; }

    /// <summary>Size and time of the source.</summary>
    public required SourceStamp Source { get; init; }

    /// <summary>SHA-256 of the source, in lower-case hexadecimal.</summary>
    public required string SourceHash { get; init; }

    /// <summary>SHA-256 of all that stands before the footer, in lower-case hexadecimal.</summary>
    public required string ContentHash { get; init; }

    /// <summary>Bytes of a sample.</summary>
    internal int Features => Height * Width;

    private static ReadOnlySpan<byte> Magic => "GPUSMPL1"u8;

    /// <summary>That of a data set.</summary>
    internal static CacheFooter Of(DataSet data, string settings, SourceStamp source, string sourceHash, string contentHash) => new()
    {
        Count = data.Count,
        Height = data.Height,
        Width = data.Width,
        Classes = data.Classes,
        IsLabelled = data.IsLabelled,
        Columns = data.Columns?.ToArray(),
        ClassNames = data.ClassNames?.ToArray(),
        Remarks = [.. data.Remarks],
        Settings = settings,
        Source = source,
        SourceHash = sourceHash,
        ContentHash = contentHash,
    };

    /// <summary>Reads the footer of a file; null where it is none, or does not go with the file's length.</summary>
    internal static CacheFooter? TryRead(FileStream file)
    {
        Span<byte> tail = stackalloc byte[TailBytes];
        if (file.Length < TailBytes)
        {
            return null;
        }

        file.Seek(-TailBytes, SeekOrigin.End);
        file.ReadExactly(tail);
        var length = BinaryPrimitives.ReadInt64LittleEndian(tail[32..]);
        if (!tail[40..].SequenceEqual(Magic) || length < 0 || length > Math.Min(MostBytes, file.Length - TailBytes))
        {
            return null;
        }

        var json = new byte[length];
        file.Seek(-TailBytes - length, SeekOrigin.End);
        file.ReadExactly(json);
        if (!SHA256.HashData(json).AsSpan().SequenceEqual(tail[..32]))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<CacheFooter>(json) is { } footer && footer.IsOf(file.Length - TailBytes - length) ? footer : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes it where the file stands.</summary>
    internal void Write(Stream file)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(this);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        file.Write(json);
        file.Write(SHA256.HashData(json));
        file.Write(length);
        file.Write(Magic);
    }

    /// <summary>Whether values and labels fill as many bytes.</summary>
    private bool IsOf(long bytes) => Count is > 0 && Count <= SampleStore.MostSamples && Height > 0 && Width > 0
        && (long)Height * Width <= IdxFile.MaximumBytes && Classes is >= 0 and <= 256 && (Classes > 0) == IsLabelled && Remarks is not null
        && Columns?.Contains(null!) != true && ClassNames?.Contains(null!) != true
        && (Columns is null || Columns.Length == Features) && (ClassNames is null || ClassNames.Length == Classes)
        && bytes == ((long)Count * Features) + (IsLabelled ? Count : 0);
}
