using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Gpu.Training.Data;
using Gpu.Training.Files;
using Gpu.Training.Layers;
using Gpu.Training.Models;
using Onnx;
using DataType = Onnx.TensorProto.Types.DataType;

namespace Gpu.Training.Export;

/// <summary>
/// Models as ONNX files, which other programs run: what is done to bytes or to the columns of a table, the network, and what it answers, in one graph
/// of standard operators (set 19). Equal models are equal files.
/// </summary>
public static class OnnxFile
{
    /// <summary>The version of the operators: the first whose Equal compares texts.</summary>
    private const long Operators = 19;

    /// <summary>The version of the format that these operators came with.</summary>
    private const long Format = 9;

    /// <summary>Bytes that a file may have: its lengths are 32 bits.</summary>
    private const long MostBytes = int.MaxValue;

    /// <summary>Bytes of a file beside its weights.</summary>
    private const long Room = 1 << 24;

    /// <summary>As texts stand in metadata: readable.</summary>
    private static readonly JsonSerializerOptions _json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a model, whole or not at all.</summary>
    /// <param name="path">The file to write or replace.</param>
    /// <param name="model">The model.</param>
    /// <param name="origin">What else its metadata is to say, such as the recipe and the score of its run.</param>
    /// <exception cref="TrainingException">The model is too large for the format, or the file cannot be written.</exception>
    public static void Save(string path, Model model, IEnumerable<KeyValuePair<string, string>> origin)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(origin);
        var bytes = (sizeof(float) * (long)model.Shape.ParameterCount) + Room;
        if (bytes > MostBytes)
        {
            throw TrainingException.BadUsage(
                $"{path}: expected a model that an ONNX file has room for, {MostBytes:N0} bytes, found {model.Shape.ParameterCount:N0} weights: write them to a file .npz.");
        }

        var written = Of(model, origin);
        AtomicFile.Write(path, stream => written.WriteTo(stream));
    }

    /// <summary>The model as it stands in a file.</summary>
    internal static ModelProto Of(Model model, IEnumerable<KeyValuePair<string, string>> origin)
    {
        var graph = new OnnxGraph();
        var (value, columns) = model.Table is { } table ? OnnxColumns.Add(graph, table.Encoding) : (Bytes(graph, model), []);
        for (var l = 0; l < model.Shape.Layers.Count; l++)
        {
            value = model.Shape.Layers[l].Export(new OnnxPlace(graph, value, Tensors(model, l)));
        }

        OnnxAnswers.Add(graph, model, value);
        var file = new ModelProto
        {
            IrVersion = Format,
            ProducerName = "gpu",
            ProducerVersion = model.Origin.ProgramVersion,
            Graph = graph.Proto,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = Operators } },
        };
        file.MetadataProps.AddRange(Texts(model, columns).Concat(origin).Select(text => new StringStringEntryProto { Key = text.Key, Value = text.Value }));
        return file;
    }

    /// <summary>Images or rows of bytes, scaled as the model was trained.</summary>
    private static OnnxValue Bytes(OnnxGraph graph, Model model)
    {
        var bytes = model.ImageHeight > 1
            ? graph.Input("image", DataType.Uint8, model.ImageHeight, model.ImageWidth) : graph.Input("values", DataType.Uint8, model.ImageWidth);
        var scaled = graph.Node("Mul", [graph.Cast(bytes, DataType.Float), graph.Number(model.Scaling.Scale)]);
        var moved = model.Scaling.Offset == 0 ? scaled : graph.Node("Add", [scaled, graph.Number(model.Scaling.Offset)]);
        return new OnnxValue(new OnnxPlace(graph, default, []).Shaped(moved, model.Shape.Input), model.Shape.Input);
    }

    private static OnnxTensor[] Tensors(Model model, int layer) => [.. model.Shape.TensorsOf(layer).Select(tensor => new OnnxTensor(
        NetworkTensors.NameOf(tensor), tensor.Tensor.Sizes, model.Parameters.AsMemory(tensor.Offset, tensor.Length)))];

    /// <summary>What the model says of itself.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Texts(Model model, IReadOnlyList<string> columns)
    {
        yield return new("network", $"{model.Shape.Input}: {LayerKinds.WriteList(model.Shape.Layers.Select(layer => layer.Words))}");
        yield return new("loss", model.Shape.Loss.ToString());
        yield return new("device", model.Origin.Device);
        yield return new("seed", MetadataTexts.Text(model.Origin.Seed));
        if (model.Table?.Encoding.Target is null)
        {
            yield return new("classes", JsonSerializer.Serialize(Enumerable.Range(0, model.Shape.Outputs).Select(model.Names.NameOf), _json));
        }

        if (model.Table is not { } table)
        {
            yield return new("scale", model.Scaling.ToString());
            yield break;
        }

        yield return new("target", table.Target);
        ColumnEncoding[] used = [.. table.Encoding.Columns.Where(column => column.Features.Count > 0)];
        yield return new("columns", new JsonArray([.. used.Zip(columns, Describe)]).ToJsonString(_json));
    }

    private static JsonNode Describe(ColumnEncoding column, string input)
    {
        var said = new JsonObject { ["input"] = input, ["column"] = column.Name };
        if (column is CategoryEncoding category)
        {
            said["kind"] = ColumnKinds.NameOf(ColumnKind.Category);
            said["values"] = new JsonArray([.. category.Values.OfType<string>().Select(value => (JsonNode)value)]);
        }
        else
        {
            said["kind"] = ColumnKinds.NameOf(column is NumberEncoding { Days: not null } ? ColumnKind.Date : ColumnKind.Number);
        }

        said["encoding"] = column.Describe();
        return said;
    }
}
