using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Gpu.Training.Data;

/// <summary>What a cache of samples is made from: a file, or the files of a folder.</summary>
/// <param name="path">The file or the folder, beside which the cache lies.</param>
/// <param name="files">The file itself, or those of the folder in the order in which they are read.</param>
internal sealed class CacheSource(string path, IReadOnlyList<string> files)
{
    /// <summary>A file.</summary>
    internal CacheSource(string path) : this(path, [path]) { }

    /// <summary>The file or the folder, whole.</summary>
    internal string FullPath => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    /// <summary>Size and time as they are now: those of a file, or the sum of the sizes and a digest of names, sizes and times.</summary>
    internal SourceStamp Stamp()
    {
        if (files is [var only] && only == path)
        {
            return SourceStamp.Of(path);
        }

        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var bytes = 0L;
        foreach (var file in files)
        {
            var stamp = SourceStamp.Of(file);
            digest.AppendData(Encoding.UTF8.GetBytes($"{Path.GetRelativePath(path, file)}\n{stamp.Bytes} {stamp.Ticks}\n"));
            bytes += stamp.Bytes;
        }

        return new SourceStamp(bytes, BinaryPrimitives.ReadInt64LittleEndian(digest.GetHashAndReset()));
    }

    /// <summary>The SHA-256 of a file's content, or of the names, sizes and contents of all, in lower-case hexadecimal.</summary>
    internal string Hash()
    {
        if (files is [var only] && only == path)
        {
            return HashOf(path);
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{Path.GetRelativePath(path, file)}\n{SourceStamp.Of(file).Bytes}\n"));
            Add(hash, file, long.MaxValue);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The SHA-256 of a file, or of its first bytes, in lower-case hexadecimal.</summary>
    internal static string HashOf(string file, long most = long.MaxValue)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, file, most);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Add(IncrementalHash hash, string path, long most)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 1);
        var piece = new byte[(int)Math.Clamp(file.Length, 1, 1 << 18)];
        for (int read; (read = file.Read(piece, 0, (int)Math.Min(piece.Length, most))) > 0; most -= read)
        {
            hash.AppendData(piece, 0, read);
        }
    }
}
