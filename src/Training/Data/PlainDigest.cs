using System.IO.Compression;
using System.Security.Cryptography;

namespace Gpu.Training.Data;

/// <summary>Holds a downloaded file against the digest of its decompressed contents.</summary>
internal static class PlainDigest
{
    /// <summary>
    /// Null when the contents are the expected ones, else what was found. Reads no further than the expected length, however
    /// much the file would decompress to. A mirror may have decompressed the file on its way: that is right, too.
    /// </summary>
    public static string? Check(string path, PublicFile expected)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        using Stream plain = DataFile.IsGzip(file) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var piece = new byte[1 << 16];
        var length = 0L;
        try
        {
            for (int read; length <= expected.PlainBytes && (read = plain.Read(piece)) > 0; length += read)
            {
                digest.AppendData(piece, 0, read);
            }
        }
        catch (InvalidDataException)
        {
            return "it sent a damaged gzip file";
        }

        if (length > expected.PlainBytes)
        {
            return $"it sent another file, of more than {expected.PlainBytes:N0} bytes";
        }

        var found = Convert.ToHexStringLower(digest.GetHashAndReset());
        return found == expected.Sha256 ? null : $"it sent another file, of SHA-256 {found} instead of {expected.Sha256}";
    }
}
