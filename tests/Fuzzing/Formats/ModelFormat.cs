using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gpu.Fuzzing.Mutations;
using Gpu.Kernels.Ops;
using Gpu.Training;
using Gpu.Training.Data;
using Gpu.Training.Models;
using Gpu.Training.Networks;

namespace Gpu.Fuzzing.Formats;

/// <summary>Models: safetensors files with a checksum in their metadata.</summary>
internal sealed class ModelFormat : FileFormat
{
    private const string FileName = "model.safetensors";
    private const string MetadataKey = "__metadata__";

    public override string Name => "model";

    public override Failure Failure => Failure.ModelFile;

    public override void Read(string path)
    {
        var model = ModelFile.Load(path);
        Require(model.Parameters.Length == model.Shape.ParameterCount, "the weights are not as many as the network has");
        Require(model.Parameters.All(float.IsFinite), "a weight is not finite");
        Require((long)model.ImageHeight * model.ImageWidth == model.Shape.Inputs, "the image has another size than the network");
        Require(float.IsNormal(model.Scaling.Scale) && float.IsFinite(model.Scaling.Offset), "the scaling is none");
        var copy = path + ".copy";
        ModelFile.Save(copy, model);
        var again = ModelFile.Load(copy);
        Require(again.Shape.Equals(model.Shape) && again.Parameters.AsSpan().SequenceEqual(model.Parameters), "it does not come back as it was written");
    }

    public override string[] Command(string path, string helpers, string output) => ["summary", path];

    internal static byte[] Save(NetworkShape shape, int height, int width)
    {
        var parameters = new float[shape.ParameterCount];
        InitialWeights.Fill(shape, new WeightDistribution(WeightRule.Xavier), 0.1f, 5, parameters);
        var path = Path.GetTempFileName();
        ModelFile.Save(path, new Model(shape, parameters, PixelScaling.Unit, height, width, new ModelOrigin("cpu", 5, "1.0.0")));
        var bytes = File.ReadAllBytes(path);
        File.Delete(path);
        return bytes;
    }

    /// <summary>A network for the tables of <see cref="CsvFormat"/>: four pixels, three classes.</summary>
    internal static byte[] Small() =>
        Save(NetworkShape.Dense(4, [3], 3, [Activation.Relu], Activation.Identity, Loss.CrossEntropy), 2, 2);

    protected override IEnumerable<FuzzInput> MakeValid()
    {
        yield return new FuzzInput(FileName, Small());
        yield return new FuzzInput(FileName, Save(
            NetworkShape.Dense(6, [5, 4], 3, [Activation.Tanh, Activation.Sigmoid], Activation.Relu, Loss.MeanSquaredError), 2, 3));
        yield return new FuzzInput(FileName, Save(
            NetworkShape.Dense(4, [], 2, [Activation.Relu], Activation.Identity, Loss.BinaryCrossEntropy), 1, 4));
    }

    protected override FuzzInput Mutate(FuzzInput valid, FuzzRandom random)
    {
        var bytes = valid.Content;
        var (header, data) = Split(bytes);
        return new FuzzInput(FileName, random.Below(40) switch
        {
            < 12 => ByteMutations.Mutate(bytes, random),
            < 24 => Join(JsonMutations.Mutate(header, random), data),
            < 28 => Sealed(Join(header, Weights(data, random))),
            < 33 => Sealed(Join(Metadata(header, random), data)),
            < 35 => Join(TextMutations.Encode(header, random), data),
            35 => Join(ByteMutations.Mutate(header, random), data),
            36 => Join([.. header, .. Enumerable.Repeat((byte)' ', random.OneIn(10) ? 3 << 20 : random.Size(3000))], data),
            37 => Deep(random),
            38 => Tensors(header, data, random),
            _ => random.OneIn(2) ? ByteMutations.Replace(bytes, random) : ByteMutations.Splice(bytes, random.Pick(Valid).Content, random),
        });
    }

    private static (byte[] Header, byte[] Data) Split(byte[] bytes)
    {
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return (bytes[8..(8 + length)], bytes[(8 + length)..]);
    }

    private static byte[] Join(byte[] header, byte[] data) => [.. BitConverter.GetBytes((ulong)header.Length), .. header, .. data];

    /// <summary>Some weights that are none, or are very large or small.</summary>
    private static byte[] Weights(byte[] data, FuzzRandom random)
    {
        byte[] changed = [.. data];
        for (var times = random.Size(4); times > 0; times--)
        {
            var weight = random.Pick([float.NaN, float.PositiveInfinity, float.NegativeInfinity, -0f, float.Epsilon, float.MaxValue, 1, (float)random.Next()]);
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
        texts[key] = random.Below(3) switch
        {
            0 => random.Pick(TextMutations.Values),
            1 => TextMutations.Long(random),
            _ => texts[random.Pick([.. texts.Select(text => text.Key)])]!.GetValue<string>(),
        };
        return JsonSerializer.SerializeToUtf8Bytes(root);
    }

    /// <summary>A network of very many layers of one unit, right in every other way, or with one thing wrong.</summary>
    private static byte[] Deep(FuzzRandom random)
    {
        var layers = random.Pick([2, 999, 1000, 1001, 10_000, 10_001]);
        layers = layers > 1001 && !random.OneIn(4) ? 3 : layers;
        var activations = Enumerable.Repeat(Activation.Relu, layers - 1).ToArray();
        var root = new JsonObject
        {
            [MetadataKey] = new JsonObject
            {
                ["format"] = "gpu-dense-network",
                ["format_version"] = "1",
                ["layers"] = string.Join('-', Enumerable.Repeat("1", layers + 1)),
                ["activations"] = string.Join(',', Enumerable.Repeat("relu", random.OneIn(4) ? layers + 1 : layers)),
                ["loss"] = "mse",
                ["scale"] = "unit",
                ["image_height"] = "1",
                ["image_width"] = "1",
                ["classes"] = "1",
                ["device"] = "cpu",
                ["seed"] = "1",
                ["program_version"] = "1",
            },
        };
        for (var i = 0; i < 2 * layers; i++)
        {
            root[i < layers ? $"layers.{i}.weight" : $"layers.{i - layers}.bias"] = new JsonObject
            {
                ["dtype"] = "F32",
                ["shape"] = i < layers ? new JsonArray(1, 1) : new JsonArray(1),
                ["data_offsets"] = new JsonArray(4 * i, 4 * (i + 1)),
            };
        }

        return Sealed(Join(JsonSerializer.SerializeToUtf8Bytes(root), new byte[8 * layers]));
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

    /// <summary>The file with the checksum that belongs to it, so that it is judged by its contents.</summary>
    private static byte[] Sealed(byte[] bytes)
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
}
