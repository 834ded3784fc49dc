using System.Text.Json;
using Gpu.Training.Data;
using Gpu.Training.Files;

namespace Gpu.Training.Models;

/// <summary>
/// Weights as one JSON object, lists within lists under the name of each tensor, so that <c>numpy.array(weights["layers.0.weight"])</c> is that tensor. Read are
/// also files that hold a list of layers, each with a list <c>neurons</c> of their weights, <c>data</c>, and their <c>bias</c>, as programs write them
/// that have an object for each neuron.
/// </summary>
internal static class JsonWeights
{
    private const long MostBytes = 1 << 28;
    private const string Expected = "weights (.json)";

    internal static void Write(Stream stream, Model model)
    {
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        foreach (var (name, tensor) in NamedWeights.Of(model))
        {
            json.WritePropertyName(name);
            WriteList(json, [.. tensor.Sizes], tensor.Values);
            json.Flush();
        }

        json.WriteEndObject();
    }

    internal static NamedWeights Read(string path)
    {
        var bytes = BoundedFile.Read(path, Expected, MostBytes, TrainingException.BadData);
        try
        {
            using var json = JsonDocument.Parse(bytes);
            return new NamedWeights(path, json.RootElement.ValueKind == JsonValueKind.Array ? ReadLayers(path, json.RootElement) : ReadNamed(path, json.RootElement));
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw TrainingException.BadData(
                $"{path}: expected a JSON object with a list of numbers, or of lists, for each tensor, found something else or a damaged file ({FirstSentence(cause.Message)}); gpu export writes such files.", cause);
        }
    }

    private static void WriteList(Utf8JsonWriter json, ReadOnlySpan<int> sizes, ReadOnlySpan<float> values)
    {
        json.WriteStartArray();
        var each = values.Length / sizes[0];
        for (var i = 0; i < sizes[0]; i++)
        {
            if (sizes.Length == 1)
            {
                json.WriteNumberValue(values[i]);
            }
            else
            {
                WriteList(json, sizes[1..], values.Slice(i * each, each));
            }
        }

        json.WriteEndArray();
    }

    private static Dictionary<string, WeightTensor> ReadNamed(string path, JsonElement json)
    {
        var tensors = new Dictionary<string, WeightTensor>(StringComparer.Ordinal);
        foreach (var member in json.EnumerateObject())
        {
            var (sizes, values) = (new List<int>(), new List<float>());
            for (var list = member.Value; list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0; list = list[0])
            {
                sizes.Add(list.GetArrayLength());
            }

            if (sizes.Count == 0 || !TryAdd(member.Value, sizes, 0, values) || !tensors.TryAdd(member.Name, new WeightTensor(sizes, [.. values])))
            {
                throw TrainingException.BadData(
                    $"{path}: expected each name once with lists of numbers that are equally long, found others for {TableCell.Show(member.Name)}; gpu export writes such files.");
            }
        }

        return tensors;
    }

    /// <summary>Adds the numbers of a list; false where a list is longer or shorter than the others, or holds no numbers.</summary>
    private static bool TryAdd(JsonElement list, List<int> sizes, int depth, List<float> values)
    {
        if (depth == sizes.Count)
        {
            var isNumber = list.ValueKind == JsonValueKind.Number;
            values.Add(isNumber ? list.GetSingle() : 0);
            return isNumber;
        }

        return list.ValueKind == JsonValueKind.Array && list.GetArrayLength() == sizes[depth] && list.EnumerateArray().All(item => TryAdd(item, sizes, depth + 1, values));
    }

    /// <summary>A neuron has the weights of what goes into it; a tensor has them input by input.</summary>
    private static Dictionary<string, WeightTensor> ReadLayers(string path, JsonElement json)
    {
        var tensors = new Dictionary<string, WeightTensor>(StringComparer.Ordinal);
        foreach (var (number, layer) in json.EnumerateArray().Index())
        {
            float[][] neurons = [.. layer.GetProperty("neurons").EnumerateArray().Select(neuron => neuron.GetProperty("data").EnumerateArray().Select(weight => weight.GetSingle()).ToArray())];
            float[] biases = [.. layer.GetProperty("neurons").EnumerateArray().Select(neuron => neuron.GetProperty("bias").GetSingle())];
            var inputs = neurons.Length == 0 ? 0 : neurons[0].Length;
            if (inputs == 0 || neurons.Any(weights => weights.Length != inputs))
            {
                throw TrainingException.BadData($"{path}: expected neurons with as many weights each in layer {number}, found others; check that it is the right file.");
            }

            tensors[NetworkTensors.NameOf(number, "weight")] = new([inputs, neurons.Length], [.. Enumerable.Range(0, inputs).SelectMany(i => neurons.Select(weights => weights[i]))]);
            tensors[NetworkTensors.NameOf(number, "bias")] = new([neurons.Length], biases);
        }

        return tensors;
    }

    private static string FirstSentence(string message) => message.Split(". ")[0].TrimEnd('.');
}
