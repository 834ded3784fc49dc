using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gpu.Host.Reports;

/// <summary>Writes one JSON object a line, without spaces.</summary>
/// <param name="output">Where to.</param>
/// <param name="flushEachLine">Whether each line is flushed so that a reader sees it at once.</param>
internal sealed class JsonLine(Stream output, bool flushEachLine = true)
{
    private readonly ArrayBufferWriter<byte> _line = new();

    /// <summary>Writes an object whose members <paramref name="members"/> adds.</summary>
    internal void Write(Action<Utf8JsonWriter> members)
    {
        _line.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(_line, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        _line.Write("\n"u8);
        output.Write(_line.WrittenSpan);
        if (flushEachLine)
        {
            output.Flush();
        }
    }
}

/// <summary>JSON has no NaN and no infinity: they become null.</summary>
internal static class JsonNumbers
{
    internal static void Number(this Utf8JsonWriter writer, string name, double value)
    {
        if (double.IsFinite(value))
        {
            writer.WriteNumber(name, value);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    /// <summary>A single-precision number, in as few digits as tell it apart: 0.1, not 0.10000000149011612.</summary>
    internal static void Number(this Utf8JsonWriter writer, string name, float value)
    {
        if (float.IsFinite(value))
        {
            writer.WriteNumber(name, value);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    internal static void NumberValue(this Utf8JsonWriter writer, float value)
    {
        if (float.IsFinite(value))
        {
            writer.WriteNumberValue(value);
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}
