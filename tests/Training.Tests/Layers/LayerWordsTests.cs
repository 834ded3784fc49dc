using Gpu.Kernels.Ops;
using Gpu.Training.Layers;
using Gpu.Training.Networks;

namespace Gpu.Training.Tests.Layers;

/// <summary>What layers are called, what they are between, and what is said of words that are none.</summary>
public class LayerWordsTests
{
    public static TheoryData<string> Kinds => [.. LayerKinds.Examples];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Words_are_read_back_as_the_layer_that_wrote_them(string words)
    {
        var layer = LayerKinds.Read(words).At(new SampleSize(28, 28, 3));
        Assert.Equal(words, layer.Words);
        Assert.Equal(layer, LayerKinds.Read(layer.Words).At(layer.Input.IsFlat ? SampleSize.Of(28 * 28 * 3) : layer.Input));
    }

    [Theory]
    [InlineData("dense 500 relu", "dense 500 relu", "500")]
    [InlineData("  dense   500 ", "dense 500", "500")]
    [InlineData("relu", "activation relu", "28x28x1")]
    [InlineData("conv 5x5x20 relu", "conv 5x5x20 relu", "24x24x20")]
    [InlineData("conv 3x2x7 stride 2x1 padding 1 gelu", "conv 3x2x7 stride 2x1 padding 1 gelu", "14x29x7")]
    [InlineData("conv 3x3x8 stride 1 padding 0", "conv 3x3x8", "26x26x8")]
    [InlineData("max-pool 2", "max-pool 2", "14x14x1")]
    [InlineData("max-pool 3 stride 2 padding 1", "max-pool 3 stride 2 padding 1", "14x14x1")]
    [InlineData("max-pool 2 stride 2", "max-pool 2", "14x14x1")]
    [InlineData("avg-pool 3x2 stride 1x2", "avg-pool 3x2 stride 1x2", "26x14x1")]
    [InlineData("global-avg-pool", "global-avg-pool", "1")]
    [InlineData("dropout 0.20", "dropout 0.2", "28x28x1")]
    [InlineData("flatten", "flatten", "784")]
    [InlineData("embed  8 57 120", "embed 8 57 120", "798")]
    [InlineData("leaky-relu", "activation leaky-relu", "28x28x1")]
    [InlineData("leaky-relu 0.20", "leaky-relu 0.2", "28x28x1")]
    public void A_layer_has_words_and_a_size(string words, string expected, string size)
    {
        var layer = LayerKinds.Read(words).At(new SampleSize(28, 28, 1));
        Assert.Equal((expected, size), (layer.Words, layer.Output.ToString()));
    }

    [Theory]
    [InlineData("dens 500", "Expected a layer such as ", "found \"dens 500\"; did you mean dense?")]
    [InlineData("xyzzyx", "Expected a layer such as ", "found \"xyzzyx\".")]
    [InlineData("dense relu", "\"dense relu\"", "the number of outputs is missing, or no whole number of at least 1.")]
    [InlineData("dense 0", "\"dense 0\"", "the number of outputs is missing, or no whole number of at least 1.")]
    [InlineData("dense 5 relo", "\"relo\" is no activation; did you mean relu?", "")]
    [InlineData("dense 5 relu 6", "\"6\" is too much.", "")]
    [InlineData("dropout 1", "no number from 0 to below 1", "dropout 0.5")]
    [InlineData("dropout NaN", "no number from 0 to below 1", "")]
    [InlineData("embed 8", "how many values the last inputs have is missing, or no whole number of at least 1", "embed 8 57")]
    [InlineData("embed 8 57 0", "how many values the last inputs have is missing, or no whole number of at least 1", "embed 8 57")]
    [InlineData("embed 8 2147483647 2", "all vectors together have more than 2,147,483,591 numbers", "")]
    [InlineData("leaky-relu 1.5", "no number from 0 to below 1", "leaky-relu 0.2")]
    [InlineData("conv 5x5", "window and filters, such as 5x5x20, is missing", "")]
    [InlineData("max-pool", "the size of the window is missing", "")]
    [InlineData("max-pool 2 stride", "behind stride there must be one or two whole numbers of at least 1", "")]
    [InlineData("", "found nothing between commas.", "")]
    public void Words_that_are_no_layer_are_refused_with_what_was_expected(string words, string expected, string more)
    {
        var message = Assert.Throws<TrainingException>(() => LayerKinds.Read(words)).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains(more, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_window_that_does_not_fit_is_refused_with_the_size_before_it()
    {
        var plans = LayerKinds.ReadList("max-pool 5, max-pool 9");
        var message = Assert.Throws<TrainingException>(() => NetworkShape.Behind(new SampleSize(28, 28, 1), plans)).Message;
        Assert.Contains("The layer \"max-pool 9\" does not fit behind 5x5x1", message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_inputs_with_values_than_there_are_inputs_are_refused() => Assert.Contains("there are 3 inputs with values, but 2 goes in",
        Assert.Throws<TrainingException>(() => NetworkShape.Behind(SampleSize.Of(5), LayerKinds.ReadList("dense 2, embed 8 5 5 5"))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_network_is_what_was_asked_for_with_a_dense_layer_for_the_classes()
    {
        var shape = NetworkShape.Of(
            new SampleSize(28, 28, 1), LayerKinds.ReadList("max-pool 2, dense 50 relu, dropout 0.5"), 10, Activation.Identity, Loss.CrossEntropy);
        Assert.Equal("28x28x1: max-pool 2, dense 50 relu, dropout 0.5, dense 10", shape.ToString());
        Assert.Equal((196 * 50) + 50 + (50 * 10) + 10, shape.ParameterCount);
        Assert.Equal((196 * 50) + (50 * 10), shape.MultiplyAdds);
        Assert.False(shape.IsDense);
        Assert.True(NetworkShape.Of(new SampleSize(28, 28, 1), LayerKinds.ReadList("dense 5 relu"), 10, Activation.Identity, Loss.CrossEntropy)
            .Equals(NetworkShape.Dense(784, [5], 10, [Activation.Relu], Activation.Identity, Loss.CrossEntropy)));
    }

    [Theory]
    [InlineData("784", 1, 1, 784)]
    [InlineData("28x28", 28, 28, 1)]
    [InlineData("32x30x3", 32, 30, 3)]
    public void Sizes_are_read(string text, int height, int width, int channels)
    {
        Assert.True(SampleSize.TryParse(text, out var size));
        Assert.Equal(new SampleSize(height, width, channels), size);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("28x")]
    [InlineData("2x2x2x2")]
    [InlineData("-3")]
    [InlineData("65536x65536")]
    public void What_is_no_size_is_refused(string text) => Assert.False(SampleSize.TryParse(text, out _));
}
