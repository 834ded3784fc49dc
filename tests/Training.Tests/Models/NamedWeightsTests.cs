using System.Runtime.InteropServices;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Layers;
using Gpu.Training.Models;
using Gpu.Training.Networks;

namespace Gpu.Training.Tests.Models;

/// <summary>Weights by name, in the formats of other programs, come back with their bits, and what does not fit is refused by its name.</summary>
public sealed class NamedWeightsTests : IDisposable
{
    private static readonly NetworkShape _dense = NetworkShape.Dense(3, [2], 2, [Activation.Relu], Activation.Identity, Loss.CrossEntropy);
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Formats => [.. WeightFormats.All.Select(format => format.Name)];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Weights_come_back_with_their_bits_and_equal_ones_are_equal_files(string name)
    {
        var plans = LayerKinds.ReadList("conv 3x2x4 relu, batch-norm, max-pool 2, layer-norm, dropout 0.5, dense 3 gelu");
        var shape = NetworkShape.Of(new SampleSize(6, 5, 1), plans, 3, Activation.Identity, Loss.CrossEntropy);
        var slab = new float[shape.ParameterCount];
        var random = new System.Random(3);
        foreach (ref var number in slab.AsSpan())
        {
            number = BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)) is var drawn && float.IsFinite(drawn) ? drawn : -0f;
        }

        var model = new Model(shape, slab, PixelScaling.Unit, 6, 5, new ModelOrigin("cpu", 1, "1"));
        var format = WeightFormats.Of($"x.{name}")!;
        WeightFormats.Save(format, Path($"a.{name}"), model);
        WeightFormats.Save(format, Path($"b.{name}"), model);
        Assert.Equal(MemoryMarshal.Cast<float, int>(slab).ToArray(), MemoryMarshal.Cast<float, int>(format.Read(Path($"a.{name}")).For(shape)).ToArray());
        Assert.Equal(File.ReadAllBytes(Path($"a.{name}")), File.ReadAllBytes(Path($"b.{name}")));
        Assert.Null(format.Read(Path($"a.{name}")).DenseHidden());
    }

    [Theory]
    [InlineData(false, "<f8", false)]
    [InlineData(true, "<f8", true)]
    [InlineData(true, "<f4", true)]
    [InlineData(false, ">f4", false)]
    [InlineData(true, "|i1", false)]
    public void Arrays_are_read_compressed_or_not_of_any_type_and_order(bool isCompressed, string type, bool isFortran)
    {
        byte[] Array(double[] numbers, params int[] sizes)
        {
            var inOrder = isFortran && sizes.Length == 2 ? Enumerable.Range(0, numbers.Length).Select(i => numbers[(i % sizes[0] * sizes[1]) + (i / sizes[0])]) : numbers;
            byte[] Bytes(double number) => type switch
            {
                "<f8" => BitConverter.GetBytes(number),
                "<f4" => BitConverter.GetBytes((float)number),
                ">f4" => [.. BitConverter.GetBytes((float)number).Reverse()],
                _ => [(byte)(sbyte)number],
            };
            return NumpyBytes.Npy([.. inOrder.SelectMany(Bytes)], sizes, type, isFortran);
        }

        File.WriteAllBytes(Path("w.npz"), NumpyBytes.Npz(
            isCompressed, ("layers.1.bias", Array([9, -10], 2)), ("layers.0.weight", Array([1, 2, 3, 4, 5, 6], 3, 2)), ("layers.0.bias", Array([7, 8], 2)), ("layers.1.weight", Array([1, -2, 3, -4], 2, 2))));
        var weights = WeightFormats.Of("w.npz")!.Read(Path("w.npz"));
        Assert.Equal([1, 2, 3, 4, 5, 6, 1, -2, 3, -4, 7, 8, 9, -10], weights.For(_dense));
        Assert.Equal([2], weights.DenseHidden()!);
    }

    /// <summary>A list of layers whose neurons have the weights of what goes into them, as the first of the articles saves its network.</summary>
    [Fact]
    public void Layers_of_neurons_are_read_as_tensors()
    {
        var weights = Json("""
            [{"label": "hidden", "ncount": 2, "wcount": 3, "neurons": [{"data": [1, 3, 5], "bias": 7, "wcount": 3}, {"data": [2, 4, 6], "bias": 8, "wcount": 3}]},
             {"label": "output", "neurons": [{"data": [1, 3], "bias": 9}, {"data": [-2, -4], "bias": -10}]}]
            """);
        Assert.Equal([1, 2, 3, 4, 5, 6, 1, -2, 3, -4, 7, 8, 9, -10], weights.For(_dense));
    }

    [Theory]
    [InlineData("""{"layers.0.weight": [[1, 2], [3, 4]], "layers.0.bias": [0, 0]}""", "expected layers.0.weight of 3 x 2 for the network 3-2-2, found 2 x 2: name the network of these weights with --hidden or --layers.")]
    [InlineData("""{"w": [1]}""", "expected layers.0.weight of 3 x 2 for the network 3-2-2, found none of that name")]
    [InlineData("""{"layers.0.weight": [[1, 2], [3]]}""", "lists of numbers that are equally long, found others for 'layers.0.weight'")]
    [InlineData("""{"layers.0.weight": [[1, 2], [3, "4"]]}""", "found others for 'layers.0.weight'")]
    [InlineData("""{"a": [1], "a": [1]}""", "expected each name once")]
    [InlineData("""{"a": []}""", "found others for 'a'")]
    [InlineData("""{"a": [1, }""", "something else or a damaged file")]
    [InlineData("""[{"neurons": [{"data": [1, 2], "bias": 1}, {"data": [1], "bias": 1}]}]""", "expected neurons with as many weights each in layer 0")]
    [InlineData("""[{"nodes": []}]""", "something else or a damaged file")]
    [InlineData("17", "something else or a damaged file")]
    public void What_does_not_fit_is_named(string json, string expected)
    {
        var refused = Assert.Throws<TrainingException>(() => Json(json).For(_dense));
        Assert.Equal(Failure.Data, refused.Failure);
        Assert.StartsWith(Path("w.json"), refused.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(", \"layers.2.bias\": [1]", "expected the 4 tensors of the network 3-2-2, found 'layers.2.bias' besides")]
    [InlineData("", "expected finite weights, layers.0.bias[1] is")]
    public void Too_many_tensors_and_numbers_beyond_floats_are_refused(string more, string expected)
    {
        var text = $$"""{"layers.0.weight": [[1, 2], [3, 4], [5, 6]], "layers.0.bias": [0, {{(more.Length > 0 ? "0" : "1e300")}}], "layers.1.weight": [[1, 2], [3, 4]], "layers.1.bias": [0, 0]{{more}}}""";
        Assert.Contains(expected, Assert.Throws<TrainingException>(() => Json(text).For(_dense)).Message, StringComparison.Ordinal);
    }

    private string Path(string name) => System.IO.Path.Combine(_folder.Path, name);

    private NamedWeights Json(string text)
    {
        File.WriteAllText(Path("w.json"), text);
        return WeightFormats.Of("w.json")!.Read(Path("w.json"));
    }
}
