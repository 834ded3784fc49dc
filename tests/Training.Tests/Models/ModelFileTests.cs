using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Layers;
using Gpu.Training.Models;
using Gpu.Training.Networks;
using Gpu.Training.Tests.Networks;

namespace Gpu.Training.Tests.Models;

public class ModelFileTests
{
    internal static Model Example(ulong seed = 3, string scaling = "0.1307,0.3081")
    {
        var shape = NetworkShape.Dense(6, [5, 4], 3, [Activation.Tanh, Activation.Relu], Activation.Identity, Loss.MeanSquaredError);
        var parameters = InitialWeights.Draw(shape, WeightDistribution.Normal, WeightDistribution.Constant(0.25f), seed);
        return new Model(shape, parameters, PixelScaling.Parse(scaling), 2, 3, new ModelOrigin("cpu", seed, "1.0")) { InputMean = seed % 2 == 0 ? null : 0.1 };
    }

    private static string Refusal(string path)
    {
        var error = Assert.Throws<TrainingException>(() => ModelFile.Load(path));
        Assert.Equal(Failure.ModelFile, error.Failure);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        return error.Message;
    }

    internal static void AssertSame(Model expected, Model found)
    {
        Assert.Equal(expected.Shape, found.Shape);
        Assert.Equal(expected.Parameters, found.Parameters);
        Assert.Equal(expected.Scaling.ToString(), found.Scaling.ToString());
        Assert.Equal(
            (expected.ImageHeight, expected.ImageWidth, expected.Origin, expected.InputMean),
            (found.ImageHeight, found.ImageWidth, found.Origin, found.InputMean));
    }

    [Fact]
    public void A_model_comes_back_as_it_was_saved_and_equal_models_are_equal_files()
    {
        using var folder = new TempFolder();
        ModelFile.Save(folder.File("a"), Example());
        AssertSame(Example(), ModelFile.Load(folder.File("a")));
        ModelFile.Save(folder.File("b"), ModelFile.Load(folder.File("a")));
        Assert.Equal(File.ReadAllBytes(folder.File("a")), File.ReadAllBytes(folder.File("b")));
        ModelFile.Save(folder.File("b"), Example(seed: 4));
        Assert.NotEqual(File.ReadAllBytes(folder.File("a")), File.ReadAllBytes(folder.File("b")));
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
    }

    [Fact]
    public void The_file_is_laid_out_as_the_format_says()
    {
        using var folder = new TempFolder();
        ModelFile.Save(folder.File("a"), Example());
        var bytes = File.ReadAllBytes(folder.File("a"));
        var header = (int)BitConverter.ToUInt64(bytes, 0);
        Assert.Equal(0, header % 8);
        Assert.Equal(8 + header + (4 * Example().Parameters.Length), bytes.Length);
        using var json = System.Text.Json.JsonDocument.Parse(bytes.AsMemory(8, header));
        var bias = json.RootElement.GetProperty("layers.1.bias");
        Assert.Equal("""{"dtype":"F32","shape":[4],"data_offsets":[268,284]}""", bias.GetRawText());
        Assert.Equal("6-5-4-3", json.RootElement.GetProperty("__metadata__").GetProperty("layers").GetString());
        Assert.Equal(Example().Parameters[0], BitConverter.ToSingle(bytes, 8 + header));
    }

    /// <summary>An encoding that numbers the values of two categories, and a network whose first layer has vectors for as many, for others, or none.</summary>
    [Theory]
    [InlineData("embed 2 3 9", null)]
    [InlineData("embed 2 9 3", "expected a first layer with vectors for 3, 9 values, which the encoding numbers, found \"embed 2 9 3\": the file is damaged")]
    [InlineData("embed 2 9", "found \"embed 2 9\"")]
    [InlineData("dense 4 relu", "found \"dense 4 relu\"")]
    public void A_table_whose_values_are_numbered_wants_vectors_for_as_many(string first, string? refusal)
    {
        using var folder = new TempFolder();
        CategoryEncoding Category(string name, int values) => new(name, [.. Enumerable.Range(0, values).Select(value => $"v{value}")]) { IsEmbedded = values != 2 };
        var encoding = new TableEncoding([Category("few", 3), Category("two", 2), Category("many", 9)], null);
        var shape = NetworkShape.Of(SampleSize.Of(encoding.Features.Count), LayerKinds.ReadList($"{first}, dense 3 tanh"), 2, Activation.Identity, Loss.CrossEntropy);
        var model = new Model(shape, InitialWeights.Draw(shape, null, WeightDistribution.Constant(0), 1), PixelScaling.None, 1, shape.Inputs, new ModelOrigin("cpu", 1, "1.0"))
        {
            Names = new ModelNames(Classes: ["no", "yes"]),
            Table = new ModelTable(encoding, "answer", ["no", "yes"]),
        };
        ModelFile.Save(folder.File("a"), model);
        if (refusal is not null)
        {
            Assert.Contains(refusal, Refusal(folder.File("a")), StringComparison.Ordinal);
            return;
        }

        AssertSame(model, ModelFile.Load(folder.File("a")));
        Assert.Equal(["two=v0", "two=v1", "few", "many"], ModelFile.Load(folder.File("a")).Table!.Encoding.Features);
    }

    [Theory]
    [InlineData("6-5-4-3", "6-5-9-3", "tensor layers.1.weight of 5 x 9, found 5 x 4")]
    [InlineData("6-5-4-3", "6-5-3", "2 activations, found \"tanh,relu,identity\"")]
    [InlineData("6-5-4-3", "6", "sizes such as 784-128-10, of at most 1,000 layers")]
    [InlineData("6-5-4-3", "6-0-4-3", "must have at least 1 input")]
    [InlineData("6-5-4-3", "6-2147483647-2147483647-3", "has more")]
    [InlineData("tanh,relu", "tahn,relu", "activations in the metadata to be 3 activations")]
    [InlineData("tanh,relu", "relu,tanh", "the file was changed or is damaged")]
    [InlineData("\"mse\"", "\"msa\"", "loss in the metadata")]
    [InlineData("0.1307,", "0.1308,", "the file was changed or is damaged")]
    [InlineData("0.3081", "-1", "scale in the metadata to be unit, none or mean,deviation")]
    [InlineData("\"image_height\":\"2\"", "\"image_height\":\"3\"", "found 3 x 3")]
    [InlineData("\"image_height\":\"2\"", "\"image_height\":\"x\"", "image_height in the metadata to be a whole number of at least 1")]
    [InlineData("\"classes\":\"3\"", "\"classes\":\"4\"", "classes in the metadata to be 3, found \"4\"")]
    [InlineData("\"seed\":\"3\"", "\"seed\":\"-3\"", "seed in the metadata")]
    [InlineData("\"seed\":\"3\"", "\"seed\":\"4\"", "the file was changed or is damaged")]
    [InlineData("\"seed\":\"3\",", "", "seed in the metadata to be a whole number, found none")]
    [InlineData("gpu-dense-network", "pt", "was written by another program")]
    [InlineData("\"format_version\":\"1\"", "\"format_version\":\"2\"", "may be of a later version")]
    [InlineData("layers.2.bias", "layers.3.bias", "needs tensor layers.2.bias of 3, the file has none")]
    [InlineData("\"sha256\":", "\"sha257\":", "SHA-256 none")]
    public void Texts_that_do_not_fit_are_named(string old, string changed, string message)
    {
        using var folder = new TempFolder();
        ModelFile.Save(folder.File("a"), Example());
        SafetensorsBytes.Edit(folder.File("a"), header => header.Replace(old, changed, StringComparison.Ordinal));
        Assert.Contains(message, Refusal(folder.File("a")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_of_more_layers_than_a_network_has_is_not_taken_apart()
    {
        using var folder = new TempFolder();
        ModelFile.Save(folder.File("a"), Example());
        var layers = string.Join('-', Enumerable.Repeat("1", 1_000_000));
        SafetensorsBytes.Edit(folder.File("a"), header => header.Replace("6-5-4-3", layers, StringComparison.Ordinal));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("of at most 1,000 layers, found \"1-1-1", Refusal(folder.File("a")), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
    }

    [Fact]
    public void Reading_a_deep_network_costs_no_more_than_its_size()
    {
        // A sentence for each tensor, made before it was needed, took time and memory by the square of the layers.
        using var folder = new TempFolder();
        var shape = new NetworkShape(Enumerable.Range(0, NetworkShape.MostLayers).Select(_ => new DenseLayer(1, 1, Activation.Tanh)), Loss.CrossEntropy);
        var model = new Model(shape, new float[shape.ParameterCount], PixelScaling.Unit, 1, 1, new ModelOrigin("cpu", 1, "1"));
        ModelFile.Save(folder.File("a"), model);
        var before = GC.GetAllocatedBytesForCurrentThread();
        AssertSame(model, ModelFile.Load(folder.File("a")));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Weights_that_are_no_numbers_are_neither_written_nor_read(float wrong)
    {
        using var folder = new TempFolder();
        var model = Example();
        model.Parameters[model.Shape.BiasOffset(1) + 2] = wrong;
        var error = Assert.Throws<TrainingException>(() => ModelFile.Save(folder.File("a"), model));
        Assert.Equal(Failure.Diverged, error.Failure);
        Assert.Contains("layers.1.bias[2]", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));

        // Written below the check that Save makes, with the checksum right.
        var tensors = new (string, int[])[]
        {
            ("layers.0.weight", [6, 5]), ("layers.1.weight", [5, 4]), ("layers.2.weight", [4, 3]),
            ("layers.0.bias", [5]), ("layers.1.bias", [4]), ("layers.2.bias", [3]),
        };
        var texts = MetadataTexts.Seal("gpu-dense-network", "1", ModelMetadata.Of(model), model.Parameters);
        SafetensorsFile.Write(folder.File("a"), texts, tensors, model.Parameters);
        Assert.Contains("layers.1.bias[2] is", Refusal(folder.File("a")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_of_another_program_is_refused_in_a_sentence()
    {
        using var folder = new TempFolder();
        SafetensorsFile.Write(folder.File("a"), [new("format", "pt")], [("w", [2, 2])], new float[4]);
        Assert.Contains("was written by another program", Refusal(folder.File("a")), StringComparison.Ordinal);
        SafetensorsFile.Write(folder.File("a"), [], [("w", [2, 2])], new float[4]);
        Assert.Contains("found none", Refusal(folder.File("a")), StringComparison.Ordinal);
    }

    [Fact]
    public void Unwritable_places_are_refused()
    {
        using var folder = new TempFolder();
        var error = Assert.Throws<TrainingException>(() => ModelFile.Save(folder.File("no/such/folder"), Example()));
        Assert.Equal(Failure.Usage, error.Failure);
    }

    [Fact]
    public void Saving_over_a_model_replaces_it_and_leaves_nothing_beside()
    {
        using var folder = new TempFolder();
        ModelFile.Save(folder.File("a"), Example(seed: 4));
        ModelFile.Save(folder.File("a"), Example());
        AssertSame(Example(), ModelFile.Load(folder.File("a")));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Parts_that_do_not_fit_make_no_model()
    {
        var model = Example();
        Assert.Throws<ArgumentException>(() => new Model(model.Shape, new float[3], model.Scaling, 2, 3, model.Origin));
        Assert.Throws<ArgumentException>(() => new Model(model.Shape, model.Parameters, model.Scaling, 2, 4, model.Origin));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_damaged_file_is_refused_or_is_the_same_model(int seed)
    {
        using var folder = new TempFolder();
        ModelFile.Save(folder.File("a"), Example());
        var valid = File.ReadAllBytes(folder.File("a"));
        var random = new System.Random(seed);
        var refused = 0;
        for (var i = 0; i < 400; i++)
        {
            var bytes = (i % 4) switch
            {
                0 => valid[..random.Next(valid.Length)],
                1 => [.. valid, .. new byte[random.Next(1, 9)]],
                _ => [.. valid],
            };
            for (var flips = i % 4 < 2 ? 0 : 1 + random.Next(2); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            }

            File.WriteAllBytes(folder.File("b"), bytes);
            try
            {
                AssertSame(Example(), ModelFile.Load(folder.File("b")));
            }
            catch (TrainingException error)
            {
                Assert.Equal(Failure.ModelFile, error.Failure);
                refused++;
            }
        }

        // A flip is harmless in the spaces behind the header alone, or where it makes the length say so.
        Assert.InRange(refused, 390, 400);
    }
}
