using System.IO.Compression;
using System.Text;

namespace Gpu.Training.Tests;

/// <summary>Builds NumPy arrays and archives of them for every test project.</summary>
internal static class NumpyBytes
{
    /// <summary>An array of bytes, or of what a type says of these bytes.</summary>
    internal static byte[] Npy(ReadOnlySpan<byte> content, int[] dimensions, string type = "|u1", bool isFortran = false, byte version = 1)
    {
        var shape = string.Join(", ", dimensions) + (dimensions.Length == 1 ? "," : "");
        var text = $"{{'descr': '{type}', 'fortran_order': {(isFortran ? "True" : "False")}, 'shape': ({shape}), }}";
        var start = version == 1 ? 10 : 12;
        text = text.PadRight(((text.Length + 1 + start + 63) / 64 * 64) - start - 1) + "\n";
        byte[] length = version == 1 ? [(byte)text.Length, (byte)(text.Length >> 8)] : [(byte)text.Length, (byte)(text.Length >> 8), 0, 0];
        return [0x93, .. "NUMPY"u8, version, 0, .. length, .. Encoding.ASCII.GetBytes(text), .. content];
    }

    /// <summary>An archive, as numpy.savez makes it or, compressed, as numpy.savez_compressed does.</summary>
    internal static byte[] Npz(bool isCompressed, params ReadOnlySpan<(string Name, byte[] Npy)> arrays)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, npy) in arrays)
            {
                using var entry = archive.CreateEntry(name + ".npy", isCompressed ? CompressionLevel.Fastest : CompressionLevel.NoCompression).Open();
                entry.Write(npy);
            }
        }

        return stream.ToArray();
    }
}
