using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gpu.Fuzzing.Mutations;

/// <summary>Damage to safetensors files of ours: to the header, to the numbers, and to either with the checksum made right again.</summary>
internal static class SafetensorsMutations
{
    internal const string MetadataKey = "__metadata__";

    /// <summary>One kind of damage.</summary>
    internal static byte[] Mutate(byte[] bytes, FuzzRandom random)
    {
        var (header, data) = Split(bytes);
        return random.Below(38) switch
        {
            < 12 => ByteMutations.Mutate(bytes, random),
            < 24 => Join(JsonMutations.Mutate(header, random), data),
            < 28 => Sealed(Join(header, Weights(data, random))),
            < 33 => Sealed(Join(Metadata(header, random), data)),
            < 35 => Join(TextMutations.Encode(header, random), data),
            35 => Join(ByteMutations.Mutate(header, random), data),
            36 => Join([.. header, .. Enumerable.Repeat((byte)' ', random.OneIn(10) ? 3 << 20 : random.Size(3000))], data),
            _ => Tensors(header, data, random),
        };
    }

    internal static byte[] Join(byte[] header, byte[] data) => [.. BitConverter.GetBytes((ulong)header.Length), .. header, .. data];

    /// <summary>The file with the checksum that belongs to it, so that it is judged by its contents.</summary>
    internal static byte[] Sealed(byte[] bytes)
    {
        var (header, data) = Split(bytes);
        var root = JsonNode.Parse(header)!.AsObject();
        var texts = root[MetadataKey]!.AsObject();
        texts.Remove("sha256");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in texts.OrderBy(text => text.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{text.Key}={text.Value!.GetValue<string>()}\n"));
        }

        hash.AppendData(data);
        texts["sha256"] = Convert.ToHexStringLower(hash.GetHashAndReset());
        return Join(JsonSerializer.SerializeToUtf8Bytes(root), data);
    }

    private static (byte[] Header, byte[] Data) Split(byte[] bytes)
    {
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return (bytes[8..(8 + length)], bytes[(8 + length)..]);
    }

    /// <summary>Some weights that are none, or are very large or small.</summary>
    private static byte[] Weights(byte[] data, FuzzRandom random)
    {
        byte[] changed = [.. data];
        float[] finite = [-0f, float.Epsilon, float.MaxValue, 1, random.Next()];
        var weights = random.OneIn(2) ? finite : [.. finite, float.NaN, float.PositiveInfinity, float.NegativeInfinity];
        for (var times = random.Size(4); times > 0; times--)
        {
            var weight = random.Pick(weights);
            BinaryPrimitives.WriteSingleLittleEndian(changed.AsSpan(4 * random.Below(changed.Length / 4)), weight);
        }

        return changed;
    }

    /// <summary>One text of the metadata is another.</summary>
    private static byte[] Metadata(byte[] header, FuzzRandom random)
    {
        var root = JsonNode.Parse(header)!.AsObject();
        var texts = root[MetadataKey]!.AsObject();
        var key = random.Pick([.. texts.Select(text => text.Key)]);

        // A text that is an object of its own is mostly changed within.
        var isObject = texts[key]!.GetValue<string>().StartsWith('{') && !random.OneIn(4);
        texts[key] = random.Below(3) switch
        {
            _ when isObject => Encoding.UTF8.GetString(JsonMutations.Mutate(Encoding.UTF8.GetBytes(texts[key]!.GetValue<string>()), random)),
            0 => random.Pick(TextMutations.Values),
            1 => TextMutations.Long(random),
            _ => texts[random.Pick([.. texts.Select(text => text.Key)])]!.GetValue<string>(),
        };
        return JsonSerializer.SerializeToUtf8Bytes(root);
    }

    /// <summary>More tensors than the network has: empty ones, which take no data; some of many dimensions.</summary>
    private static byte[] Tensors(byte[] header, byte[] data, FuzzRandom random)
    {
        var text = Encoding.UTF8.GetString(header).TrimEnd();
        var more = new StringBuilder(text, 0, text.Length - 1, text.Length + 100);
        var many = random.OneIn(4) ? 60_000 : random.Size(300);
        var shape = random.OneIn(8) ? string.Join(',', Enumerable.Repeat("0", 1_000_000 / many)) : random.Pick(["0", "0,2147483647", "0,0,0", "4294967295,0"]);
        for (var i = 0; i < many; i++)
        {
            more.Append(CultureInfo.InvariantCulture, $$""","{{i:x}}":{"dtype":"F32","shape":[{{shape}}],"data_offsets":[{{data.Length}},{{data.Length}}]}""");
        }

        return Join(Encoding.UTF8.GetBytes(more.Append('}').ToString()), data);
    }
}
