using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using Gpu.Training.Data;

namespace Gpu.Training.Models;

/// <summary>
/// Weights as NumPy's archives of arrays: float32, not compressed, as <c>numpy.savez</c> writes them and <c>numpy.load</c> reads them. Read are archives of
/// both kinds, compressed or not, in both orders, of any numbers. Equal weights are equal files.
/// </summary>
internal static class NpzWeights
{
    /// <summary>What a header is filled up to a multiple of.</summary>
    private const int Alignment = 64;

    /// <summary>The first moment that a zip archive can tell.</summary>
    private static readonly DateTimeOffset _moment = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal static void Write(Stream stream, Model model)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var (name, tensor) in NamedWeights.Of(model))
        {
            var entry = archive.CreateEntry(name + NpzFile.Ending, CompressionLevel.NoCompression);
            entry.LastWriteTime = _moment;
            using var content = entry.Open();
            content.Write(Header(tensor));
            content.Write(MemoryMarshal.AsBytes<float>(tensor.Values));
        }
    }

    internal static NamedWeights Read(string path) => DataInput.Read(path, "weights as NumPy's arrays (.npz)", input =>
    {
        if (input.IsGzip)
        {
            throw TrainingException.BadData($"{path}: expected weights as NumPy's arrays (.npz), found a gzip file: unpack it.");
        }

        using var archive = NpzFile.Open(input);
        var tensors = new Dictionary<string, WeightTensor>(StringComparer.Ordinal);
        foreach (var entry in archive.Entries)
        {
            var name = entry.FullName.EndsWith(NpzFile.Ending, StringComparison.Ordinal) ? entry.FullName[..^NpzFile.Ending.Length] : entry.FullName;
            var tensor = NpzFile.Read(input, entry, (header, content) => new WeightTensor(header.Dimensions, NpyFile.ReadNumbers(header, content)), takesFortran: true);
            if (!tensors.TryAdd(name, tensor))
            {
                throw TrainingException.BadData($"{path}: expected each array once, found {entry.FullName} twice; save them under names of their own.");
            }
        }

        return new NamedWeights(path, tensors);
    });

    /// <summary>6 bytes that name the format, version 1.0, the length of a Python dictionary, and that, with blanks up to the alignment.</summary>
    private static byte[] Header(WeightTensor tensor)
    {
        const int before = 10;
        var sizes = string.Concat(tensor.Sizes.Select(size => string.Create(CultureInfo.InvariantCulture, $"{size}, ")));
        var shape = tensor.Sizes.Count == 1 ? sizes.TrimEnd() : sizes.TrimEnd(' ', ',');
        var text = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({shape}), }}";
        var length = ((before + text.Length + Alignment) / Alignment * Alignment) - before;
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)length, (byte)(length >> 8), .. Encoding.ASCII.GetBytes(text.PadRight(length - 1) + '\n')];
    }
}
