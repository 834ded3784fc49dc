using System.Text.Json;
using System.Text.Json.Nodes;
using Gpu.Fuzzing.Mutations;
using Gpu.Kernels.Ops;
using Gpu.Training;
using Gpu.Training.Data;
using Gpu.Training.Layers;
using Gpu.Training.Models;
using Gpu.Training.Networks;
using Gpu.Training.Recipes;

namespace Gpu.Fuzzing.Formats;

/// <summary>Models: safetensors files with a checksum in their metadata.</summary>
internal sealed class ModelFormat : FileFormat
{
    private const string FileName = "model.safetensors";

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
        Require(model.Table is null || model.Table.Encoding.Features.Count == model.Shape.Inputs, "the table makes other inputs than the network has");
        Require(again.Table?.ToText() == model.Table?.ToText(), "the table does not come back as it was written");
    }

    public override string[] Command(string path, string helpers, string output) => ["summary", path];

    internal static byte[] Save(NetworkShape shape, int height, int width, ModelTable? table = null)
    {
        var parameters = InitialWeights.Draw(shape, WeightDistribution.Xavier, WeightDistribution.Constant(0.1f), 5);
        var path = Path.GetTempFileName();
        ModelFile.Save(path, new Model(shape, parameters, PixelScaling.Unit, height, width, new ModelOrigin("cpu", 5, "1.0.0"))
        {
            Table = table,
            Names = new ModelNames { Classes = table is { Classes.Count: > 0 } ? table.Classes : null },
        });
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
        var layers = LayerKinds.ReadList("conv 2x2x2 relu, batch-norm, max-pool 2 stride 1, layer-norm, dropout 0.5, dense 3 gelu, softmax");
        yield return new FuzzInput(FileName, Save(NetworkShape.Of(
            new SampleSize(4, 4, 1), layers, 3, Activation.Sigmoid, Loss.MeanSquaredError with { Head = LossHead.None }), 4, 4));
        var table = Table(TableTask.Classify);
        yield return new FuzzInput(FileName, Save(
            (Recipe.Default with { Hidden = [3] }).Shape(SampleSize.Of(table.Encoding.Features.Count), 2, table.Encoding), 1, table.Encoding.Features.Count, table));
        var quantity = Table(TableTask.Regress);
        yield return new FuzzInput(FileName, Save(
            NetworkShape.Dense(quantity.Encoding.Features.Count, [3], 1, [Activation.Relu], Activation.Identity, Loss.MeanSquaredError with { Head = LossHead.None }),
            1, quantity.Encoding.Features.Count, quantity));
    }

    /// <summary>What a model knows of a table with a column of each kind; towns have vectors where classes are learned, and are one-hot where a quantity is.</summary>
    private static ModelTable Table(TableTask task)
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, "size,colour,town,day,note,class\n" + string.Concat(Enumerable.Range(0, 24).Select(row =>
            $"{(row == 5 ? "?" : $"{row}")},{(row % 3 == 0 ? "red" : row % 3 == 1 ? "blue" : "")},town {row % 12},{row + 1}.1.2024,text {row},{(task == TableTask.Regress ? $"{row}.5" : row % 2 == 0 ? "x" : "y")}\n")));
        var table = TableTraining.Load([path], new TableOptions { Embedding = task == TableTask.Classify ? null : 0 }, validation: null, test: null, seed: 1).Table;
        File.Delete(path);
        return table;
    }

    protected override FuzzInput Mutate(FuzzInput valid, FuzzRandom random) => new(FileName, random.Below(20) switch
    {
        0 => Deep(random),
        1 => random.OneIn(2) ? ByteMutations.Replace(valid.Content, random) : ByteMutations.Splice(valid.Content, random.Pick(Valid).Content, random),
        _ => SafetensorsMutations.Mutate(valid.Content, random),
    });

    /// <summary>A network of very many layers of one unit, right in every other way, or with one thing wrong.</summary>
    private static byte[] Deep(FuzzRandom random)
    {
        var layers = random.Pick([2, 999, 1000, 1001, 10_000, 10_001]);
        layers = layers > 1001 && !random.OneIn(4) ? 3 : layers;
        var activations = Enumerable.Repeat(Activation.Relu, layers - 1).ToArray();
        var root = new JsonObject
        {
            [SafetensorsMutations.MetadataKey] = new JsonObject
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

        return SafetensorsMutations.Sealed(SafetensorsMutations.Join(JsonSerializer.SerializeToUtf8Bytes(root), new byte[8 * layers]));
    }
}
