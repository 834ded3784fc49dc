using System.Text.Json;
using Gpu.Training.Data;
using Gpu.Training.Export;
using Gpu.Training.Layers;
using Gpu.Training.Models;
using Gpu.Training.Networks;

namespace Gpu.Export.Tests;

/// <summary>Every kind of layer, activation, scaling and head answers in ONNX Runtime as it answers here.</summary>
public class OnnxModelTests
{
    /// <summary>Forms of layers that have more words than the example of their kind.</summary>
    private static readonly string[] _forms =
    [
        "conv 3x2x4 stride 2x1 padding 1 gelu", "max-pool 3 stride 2 padding 1", "max-pool 3x2 stride 1x2", "avg-pool 3 stride 2 padding 1", "avg-pool 2x3",
        "conv 11x8x6 relu",
    ];

    /// <summary>Where a layer may stand: first, behind a picture and behind numbers, and before either.</summary>
    private static readonly string[] _places =
        ["{0}", "conv 3x3x4 tanh, {0}", "conv 2x2x3, {0}, conv 2x2x2 relu", "dense 40 tanh, {0}", "dense 12, {0}, {0}", "conv 3x3x4, batch-norm, relu, {0}, dense 9 relu"];

    public static TheoryData<string> Layers => [.. LayerKinds.Examples.Concat(_forms)
        .SelectMany(layer => _places.Select(place => string.Format(System.Globalization.CultureInfo.InvariantCulture, place, layer))).Where(RandomModels.Fit)];

    public static TheoryData<string> AllActivations => [.. NetworkNames.Activations];

    public static TheoryData<string> Heads => [.. Losses.WithHeads.Where(loss => loss.TakesClasses).Select(loss => loss.ToString())];

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_layer_answers_as_here(string layers) => Answers.RequireSame(RandomModels.Of(layers), RandomModels.Images());

    [Fact]
    public void Every_kind_of_layer_is_tried_first_and_behind_others() => Assert.All(LayerKinds.Examples, layer =>
    {
        string[] tried = [.. Layers.Select(row => row.Data).Where(words => words.Contains(layer, StringComparison.Ordinal))];
        Assert.Contains(layer, tried);
        Assert.True(tried.Length >= 3, $"{layer}: {string.Join("; ", tried)}");
    });

    [Theory]
    [MemberData(nameof(AllActivations))]
    public void An_activation_answers_as_here(string activation)
    {
        Answers.RequireSame(RandomModels.Of($"conv 3x3x4 {activation}, dense 30 {activation}, {activation}"), RandomModels.Images());
        Answers.RequireSame(RandomModels.Of($"dense 30 {activation}", spread: 4), RandomModels.Images());
    }

    [Theory]
    [InlineData("unit")]
    [InlineData("none")]
    [InlineData("0.1307,0.3081")]
    [InlineData("0,0.06274509803921569")]
    public void Bytes_are_scaled_as_here(string scale)
    {
        Assert.True(PixelScaling.TryParse(scale, out var scaling));
        Answers.RequireSame(RandomModels.Of("dense 20 tanh", scaling: scaling), RandomModels.Images());
        Answers.RequireSame(RandomModels.Of("conv 3x3x5 relu, max-pool 2", scaling: scaling, spread: 0.3f), RandomModels.Images());
    }

    [Theory]
    [MemberData(nameof(Heads))]
    public void A_head_answers_as_here(string loss) => Answers.RequireSame(RandomModels.Of("dense 20 relu", Losses.Parse(loss)), RandomModels.Images());

    /// <summary>Where sigmoids are 1 in all classes, the largest output is the answer all the same.</summary>
    [Fact]
    public void A_label_goes_by_the_outputs_and_not_by_probabilities_that_are_all_1()
    {
        var model = RandomModels.Of("dense 20 relu", Loss.BinaryCrossEntropy, spread: 300);
        var (labels, probabilities) = Answers.Run(Answers.FileOf(model), RandomModels.Images());
        Assert.Contains(probabilities.Chunk(RandomModels.Classes), row => row.Count(p => p == 1) > 1);
        Answers.RequireSame(model, RandomModels.Images(), labels, probabilities);
    }

    /// <summary>Numbers from 0 to 255 and, by the other scaling, from 0 to 16 with fractions: values, none of them, and what lies between two.</summary>
    [Theory]
    [InlineData("none", 3, 200, 88)]
    [InlineData("none", 3, 200, 80)]
    [InlineData("0,0.06274509803921569", 5, 9, 30)]
    [InlineData("0,0.06274509803921569", 1, 9, 1)]
    public void Numbers_of_values_become_their_vectors(string scale, int width, int values, int inputs)
    {
        Assert.True(PixelScaling.TryParse(scale, out var scaling));
        var words = $"embed {width} {string.Join(' ', Enumerable.Range(0, inputs).Select(input => values - (input % 3)))}, dense 9 tanh";
        Answers.RequireSame(RandomModels.Of(words, scaling: scaling, spread: scaling.Scale == 1 ? 0.1f : 1), RandomModels.Images());
    }

    [Fact]
    public void A_batch_may_have_any_length()
    {
        var (model, images) = (RandomModels.Of("conv 3x3x4 relu, max-pool 2"), RandomModels.Images());
        Answers.RequireSame(model, images.Select([3]));
        Answers.RequireSame(model, images.Select([.. Enumerable.Range(0, 500).Select(i => i % images.Count)]));
    }

    [Fact]
    public void A_file_says_what_it_is_and_equal_models_are_equal_files()
    {
        var model = RandomModels.Of("dense 20 relu");
        var file = OnnxFile.Of(model, [new("recipe", "{}")]);
        var texts = file.MetadataProps.ToDictionary(text => text.Key, text => text.Value);
        Assert.Equal(("gpu", "0.1.0"), (file.ProducerName, file.ProducerVersion));
        Assert.Equal(["0", "1", "2", "3", "4"], JsonSerializer.Deserialize<string[]>(texts["classes"])!);
        Assert.Equal(("88: dense 20 relu, dense 5", "cross-entropy", "unit", "cpu", "7", "{}"), (texts["network"], texts["loss"], texts["scale"], texts["device"], texts["seed"], texts["recipe"]));
        Assert.Equal(Answers.FileOf(model), Answers.FileOf(model));
        var named = new Model(model.Shape, model.Parameters, model.Scaling, model.ImageHeight, model.ImageWidth, model.Origin)
        {
            Names = new ModelNames(Classes: ["shirt", "coat", "dress \"long\"", "Schuhe für Regen", ""]),
        };
        var classes = OnnxFile.Of(named, []).MetadataProps.Single(text => text.Key == "classes").Value;
        Assert.Equal(["shirt", "coat", "dress \"long\"", "Schuhe für Regen", "4"], JsonSerializer.Deserialize<string[]>(classes)!);
    }

    [Fact]
    public void A_wrong_weight_is_found()
    {
        var model = RandomModels.Of("dense 20 relu");
        var (labels, probabilities) = Answers.Run(Answers.FileOf(model), RandomModels.Images());
        probabilities[17] = float.NaN;
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Answers.RequireSame(model, RandomModels.Images(), labels, probabilities));
    }
}
