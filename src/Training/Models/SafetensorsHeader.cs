using System.Text.Json;
using System.Text.Unicode;

namespace Gpu.Training.Models;

/// <summary>The header of a safetensors file; see <see cref="SafetensorsFile"/>.</summary>
internal sealed partial class SafetensorsHeader
{
    /// <summary>The texts in the header.</summary>
    internal const string MetadataKey = "__metadata__";

    private const string FloatType = "F32";
    private const int MaxDepth = 8;

    /// <summary>More tensors and dimensions than any file of ours has: a small file must not ask for much memory.</summary>
    private const int MaxTensors = 10_000;
    private const int MaxRank = 8;

    private readonly Dictionary<string, string> _metadata = [];
    private readonly Dictionary<string, SafetensorsTensor> _tensors = [];
    private readonly string _path;

    private SafetensorsHeader(string path) => _path = path;

    /// <summary>The texts that go with the tensors.</summary>
    internal IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>The tensors by name.</summary>
    internal IReadOnlyDictionary<string, SafetensorsTensor> Tensors => _tensors;

    /// <summary>Reads a header and checks that its tensors fill the data without gap, overlap or rest.</summary>
    /// <param name="json">The header's bytes.</param>
    /// <param name="dataBytes">How many bytes stand behind it.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="TrainingException">The header is no header, or does not go with the data.</exception>
    internal static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long dataBytes, string path)
    {
        var header = new SafetensorsHeader(path);
        if (!Utf8.IsValid(json))
        {
            throw header.Refuse("a header in UTF-8", "other bytes");
        }

        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
            header.ReadRoot(ref reader);
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException)
        {
            throw header.Refuse("a header in JSON", $"what is none ({cause.Message.Split(". ")[0].TrimEnd('.')})", cause);
        }

        header.CheckPlaces(dataBytes);
        return header;
    }

    private void ReadRoot(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject, "an object of tensors");
        var hasMetadata = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (name != MetadataKey)
            {
                ReadTensor(ref reader, name);
            }
            else if (!hasMetadata)
            {
                hasMetadata = true;
                ReadMetadata(ref reader);
            }
            else
            {
                throw Refuse($"one {MetadataKey}", "two");
            }
        }

        // Goes on to the end: anything behind the object is an error of the reader's.
        while (reader.Read())
        {
        }
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject, $"an object of texts as {MetadataKey}");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            Expect(ref reader, JsonTokenType.String, $"a text as {MetadataKey} {key}");
            if (!_metadata.TryAdd(key, reader.GetString()!))
            {
                throw Refuse($"one {MetadataKey} {key}", "two");
            }
        }
    }

    private void ReadTensor(ref Utf8JsonReader reader, string name)
    {
        Expect(ref reader, JsonTokenType.StartObject, $"an object as tensor {name}");
        string? type = null;
        List<long>? shape = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            var isNew = key switch
            {
                "dtype" => type is null,
                "shape" => shape is null,
                "data_offsets" => offsets is null,
                _ => throw Refuse($"dtype, shape and data_offsets of tensor {name}", $"a key {key}"),
            };
            if (!isNew)
            {
                throw Refuse($"one {key} of tensor {name}", "two");
            }

            if (key == "dtype")
            {
                Expect(ref reader, JsonTokenType.String, $"a text as dtype of tensor {name}");
                type = reader.GetString()!;
            }
            else if (key == "shape")
            {
                shape = ReadNumbers(ref reader, $"shape of tensor {name}");
            }
            else
            {
                offsets = ReadNumbers(ref reader, $"data_offsets of tensor {name}");
            }
        }

        if (_tensors.Count == MaxTensors)
        {
            throw Refuse($"at most {MaxTensors:N0} tensors", "more");
        }

        if (!_tensors.TryAdd(name, MakeTensor(name, type, shape, offsets)))
        {
            throw Refuse($"one tensor {name}", "two");
        }
    }

    private SafetensorsTensor MakeTensor(string name, string? type, List<long>? shape, List<long>? offsets)
    {
        if (type != FloatType)
        {
            throw Refuse($"tensor {name} of type {FloatType}", type is null ? "none" : $"type {type}, which this program does not read");
        }

        if (shape is null || shape.Exists(size => size > int.MaxValue))
        {
            throw Refuse($"a shape of tensor {name} with sizes up to {int.MaxValue:N0}", shape is null ? "none" : "a larger one");
        }

        if (offsets is not { Count: 2 } || offsets[1] < offsets[0])
        {
            throw Refuse($"two data_offsets in order for tensor {name}", offsets is null ? "none" : string.Join(", ", offsets));
        }

        var count = shape.Aggregate((UInt128)1, (product, size) => UInt128.Min(product * (UInt128)size, ulong.MaxValue));
        var tensor = new SafetensorsTensor(name, [.. shape.Select(size => (int)size)], offsets[0], offsets[1]);
        return (UInt128)(tensor.End - tensor.Begin) == count * sizeof(float)
            ? tensor
            : throw Refuse($"{count * sizeof(float):N0} bytes for tensor {name} of {tensor.ShapeText}", $"{tensor.End - tensor.Begin:N0}");
    }

    private List<long> ReadNumbers(ref Utf8JsonReader reader, string what)
    {
        Expect(ref reader, JsonTokenType.StartArray, $"a list as {what}");
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0)
            {
                throw Refuse($"whole numbers of 0 or more as {what}", "something else");
            }

            if (numbers.Count == MaxRank)
            {
                throw Refuse($"at most {MaxRank} numbers as {what}", "more");
            }

            numbers.Add(number);
        }

        return numbers;
    }

    private void CheckPlaces(long dataBytes)
    {
        var end = 0L;
        foreach (var tensor in _tensors.Values.OrderBy(tensor => tensor.Begin).ThenBy(tensor => tensor.End))
        {
            if (tensor.Begin != end)
            {
                throw Refuse($"tensor {tensor.Name} to begin at byte {end:N0}, where the one before it ends", $"byte {tensor.Begin:N0}");
            }

            end = tensor.End;
        }

        if (end != dataBytes)
        {
            throw Refuse($"{end:N0} bytes of tensors behind the header", dataBytes < end ? $"{dataBytes:N0}: the file is cut off" : $"{dataBytes:N0}");
        }
    }

    private void Expect(ref Utf8JsonReader reader, JsonTokenType type, string what)
    {
        if (!reader.Read() || reader.TokenType != type)
        {
            throw Refuse(what, "something else");
        }
    }

    private TrainingException Refuse(string expected, string found, Exception? cause = null)
    {
        const int longest = 200;
        string Shorten(string text) => text.Length > longest ? text[..longest] + "..." : text;
        return TrainingException.BadModelFile(
            $"{_path}: expected {Shorten(expected)}, found {Shorten(found)}: the file is damaged or no model of this program.", cause);
    }
}
