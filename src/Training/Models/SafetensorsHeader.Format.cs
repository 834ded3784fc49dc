using System.Text.Json;

namespace Gpu.Training.Models;

/// <summary>How a header is written.</summary>
internal sealed partial class SafetensorsHeader
{
    /// <summary>The bytes of a header, filled up with spaces.</summary>
    internal static byte[] Format(IEnumerable<KeyValuePair<string, string>> metadata, IEnumerable<(string Name, int[] Shape)> tensors,
        int alignment)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteStartObject(MetadataKey);
            foreach (var (key, value) in metadata)
            {
                writer.WriteString(key, value);
            }

            writer.WriteEndObject();
            var begin = 0L;
            foreach (var (name, shape) in tensors)
            {
                begin = WriteTensor(writer, name, shape, begin);
            }

            writer.WriteEndObject();
        }

        while (stream.Length % alignment != 0)
        {
            stream.WriteByte((byte)' ');
        }

        return stream.ToArray();
    }

    private static long WriteTensor(Utf8JsonWriter writer, string name, int[] shape, long begin)
    {
        var end = begin + (sizeof(float) * shape.Aggregate(1L, (product, size) => product * size));
        writer.WriteStartObject(name);
        writer.WriteString("dtype", FloatType);
        writer.WriteStartArray("shape");
        foreach (var size in shape)
        {
            writer.WriteNumberValue(size);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("data_offsets");
        writer.WriteNumberValue(begin);
        writer.WriteNumberValue(end);
        writer.WriteEndArray();
        writer.WriteEndObject();
        return end;
    }
}
