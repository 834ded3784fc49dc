using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Gpu.Training.Files;

namespace Gpu.Training.Models;

/// <summary>A tensor of a safetensors file: 32-bit floats, row after row.</summary>
/// <param name="Name">Its name, unique in the file.</param>
/// <param name="Shape">Its sizes, outermost first.</param>
/// <param name="Begin">Where its first byte stands, counted from the end of the header.</param>
/// <param name="End">Where the byte behind its last one stands.</param>
internal sealed record SafetensorsTensor(string Name, int[] Shape, long Begin, long End)
{
    /// <summary>The sizes as text, such as 784 x 128.</summary>
    internal string ShapeText => Shape.Length == 0 ? "a single number" : string.Join(" x ", Shape);
}

/// <summary>
/// A file of the safetensors format (huggingface.co/docs/safetensors): 8 bytes, the length of the header, little-endian; the
/// header, a JSON object that gives each tensor's type, shape and place, and texts under <c>__metadata__</c>, filled up with
/// spaces so that the data begins at a multiple of 8; then the tensors' bytes without gaps. Only 32-bit floats are read.
/// </summary>
internal sealed class SafetensorsFile
{
    private const int LengthBytes = sizeof(ulong);

    /// <summary>More header than any network of ours has; the format's own limit is 100 MB.</summary>
    private const int MaxHeaderBytes = 4 << 20;

    private readonly float[] _data;

    private SafetensorsFile(SafetensorsHeader header, float[] data) => (Header, _data) = (header, data);

    /// <summary>Tensors and metadata.</summary>
    internal SafetensorsHeader Header { get; }

    /// <summary>The numbers of a tensor.</summary>
    internal ReadOnlySpan<float> Data(SafetensorsTensor tensor) =>
        _data.AsSpan((int)(tensor.Begin / sizeof(float)), (int)((tensor.End - tensor.Begin) / sizeof(float)));

    /// <summary>Reads a whole file and checks its structure.</summary>
    /// <exception cref="TrainingException">The file is missing, cut off, damaged, or none of this format.</exception>
    internal static SafetensorsFile Read(string path)
    {
        RequireLittleEndian();
        return SourceFile.Read(path, "a model or checkpoint (.safetensors)", TrainingException.BadModelFile, stream =>
        {
            var headerBytes = ReadHeaderBytes(stream, path);
            var dataBytes = stream.Length - stream.Position;
            var header = SafetensorsHeader.Parse(headerBytes, dataBytes, path);
            if (dataBytes / sizeof(float) > Array.MaxLength)
            {
                throw TrainingException.BadModelFile($"{path} must hold at most {Array.MaxLength:N0} numbers, it holds {dataBytes / sizeof(float):N0}.");
            }

            var data = new float[dataBytes / sizeof(float)];
            ReadExactly(stream, data);
            return new SafetensorsFile(header, data);
        });
    }

    /// <summary>What the metadata of a file, whose tensors may be of any kind, says under <c>format</c>; null where that is nothing.</summary>
    /// <exception cref="TrainingException">It has no header.</exception>
    internal static string? ReadFormat(string path) =>
        SourceFile.Read(path, "a model or checkpoint (.safetensors)", TrainingException.BadModelFile, stream =>
        {
            try
            {
                using var header = JsonDocument.Parse(ReadHeaderBytes(stream, path));
                return header.RootElement.ValueKind == JsonValueKind.Object
                    && header.RootElement.TryGetProperty(SafetensorsHeader.MetadataKey, out var texts) && texts.ValueKind == JsonValueKind.Object
                    && texts.TryGetProperty(MetadataTexts.FormatKey, out var format) && format.ValueKind == JsonValueKind.String ? format.GetString() : null;
            }
            catch (JsonException cause)
            {
                throw TrainingException.BadModelFile($"{path}: expected a header in JSON, found other bytes: it is damaged, or none.", cause);
            }
        });

    /// <summary>Writes a file whose data are slabs of numbers, cut into tensors in their order.</summary>
    /// <param name="path">The file to write or replace, whole or not at all.</param>
    /// <param name="metadata">Texts, in the order in which they are written.</param>
    /// <param name="tensors">Names and shapes; together they make up the slabs.</param>
    /// <param name="slabs">The numbers.</param>
    internal static void Write(string path, IEnumerable<KeyValuePair<string, string>> metadata,
        IEnumerable<(string Name, int[] Shape)> tensors, params float[][] slabs) =>
        AtomicFile.Write(path, Content(metadata, tensors, slabs));

    /// <summary>What <see cref="Write"/> writes, for other ways to write it.</summary>
    internal static Action<Stream> Content(IEnumerable<KeyValuePair<string, string>> metadata,
        IEnumerable<(string Name, int[] Shape)> tensors, params float[][] slabs)
    {
        RequireLittleEndian();
        var header = SafetensorsHeader.Format(metadata, tensors, alignment: LengthBytes);
        var length = new byte[LengthBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        return stream =>
        {
            stream.Write(length);
            stream.Write(header);
            foreach (var chunk in slabs.SelectMany(Chunks))
            {
                stream.Write(MemoryMarshal.AsBytes(chunk.Span));
            }
        };
    }

    private static byte[] ReadHeaderBytes(FileStream stream, string path)
    {
        const string what = "expected a safetensors model";
        if (stream.Length < LengthBytes)
        {
            throw TrainingException.BadModelFile($"{path}: {what}, found a file of {stream.Length} bytes: it is cut off, or none.");
        }

        Span<byte> lengthBytes = stackalloc byte[LengthBytes];
        stream.ReadExactly(lengthBytes);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        var most = (ulong)Math.Min(MaxHeaderBytes, stream.Length - LengthBytes);
        if (length < 2 || length > most)
        {
            throw TrainingException.BadModelFile(
                $"{path}: {what} whose header has 2 to {most:N0} bytes, its first 8 bytes say {length:N0}: the file is damaged, cut off, or none.");
        }

        var header = new byte[length];
        stream.ReadExactly(header);
        return header;
    }

    private static void ReadExactly(FileStream stream, float[] data)
    {
        foreach (var chunk in Chunks(data))
        {
            stream.ReadExactly(MemoryMarshal.AsBytes(chunk.Span));
        }
    }

    /// <summary>Parts of a slab whose bytes an int can count.</summary>
    private static IEnumerable<Memory<float>> Chunks(float[] slab)
    {
        const int chunk = 1 << 24;
        for (var first = 0; first < slab.Length; first += Math.Min(chunk, slab.Length - first))
        {
            yield return slab.AsMemory(first, Math.Min(chunk, slab.Length - first));
        }
    }

    private static void RequireLittleEndian()
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Model files are read and written on little-endian machines only.");
        }
    }
}
