using Gpu.Kernels.Ops;
using Gpu.Training.Layers;
using Gpu.Training.Networks;

namespace Gpu.Training.Tests.Networks;

public class NetworkShapeTests
{
    private static NetworkShape Dense(int inputs, int[] hidden, int outputs, Loss? loss = null) =>
        NetworkShape.Dense(inputs, hidden, outputs, [Activation.Relu], Activation.Identity, loss ?? Loss.CrossEntropy);

    [Fact]
    public void The_slab_holds_all_weights_then_all_biases()
    {
        var shape = Dense(5, [4, 3], 2);
        Assert.Equal("5-4-3-2", shape.ToString());
        Assert.Equal((38, 9, 47), (shape.WeightCount, shape.BiasCount, shape.ParameterCount));
        Assert.Equal([0, 20, 32], Enumerable.Range(0, 3).Select(shape.WeightOffset));
        Assert.Equal([20, 12, 6], Enumerable.Range(0, 3).Select(shape.WeightLength));
        Assert.Equal([38, 42, 45], Enumerable.Range(0, 3).Select(shape.BiasOffset));
        Assert.Equal([4, 3, 2], Enumerable.Range(0, 3).Select(shape.BiasLength));
        Assert.Equal((5, 2), (shape.Inputs, shape.Outputs));
    }

    [Fact]
    public void A_network_without_hidden_layers_is_linear()
    {
        var shape = Dense(3, [], 2);
        Assert.Equal([new DenseLayer(3, 2, Activation.Identity)], shape.Layers);
        Assert.Equal("3-2", shape.ToString());
    }

    [Fact]
    public void One_activation_serves_all_hidden_layers_or_each_has_its_own()
    {
        var each = NetworkShape.Dense(3, [4, 5], 2, [Activation.Tanh, Activation.Sigmoid], Activation.Relu, Loss.MeanSquaredError);
        Assert.Equal([Activation.Tanh, Activation.Sigmoid, Activation.Relu], each.Layers.Select(layer => layer.Activation));
        var error = Assert.Throws<TrainingException>(
            () => NetworkShape.Dense(3, [4, 5, 6], 2, [Activation.Tanh, Activation.Sigmoid], Activation.Relu, Loss.CrossEntropy));
        Assert.Contains("each of the 3 hidden layers, found 2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 4, 2, "Layer 0 must have at least 1 input", Failure.Usage)]
    [InlineData(3, 0, 2, "Layer 0 must have at least 1 input and 1 output", Failure.Usage)]
    [InlineData(3, 4, -1, "Layer 1 must have at least 1 input", Failure.Usage)]
    [InlineData(65536, 65536, 2, "65536-65536-2 has more", Failure.Memory)]
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue, "has more", Failure.Memory)]
    public void Impossible_sizes_are_refused(int inputs, int hidden, int outputs, string message, Failure failure)
    {
        var error = Assert.Throws<TrainingException>(() => Dense(inputs, [hidden], outputs));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(failure, error.Failure);
    }

    [Fact]
    public void Layers_must_fit_together()
    {
        var error = Assert.Throws<TrainingException>(
            () => new NetworkShape([new DenseLayer(3, 4, Activation.Relu), new DenseLayer(5, 2, Activation.Identity)], Loss.CrossEntropy));
        Assert.Contains("Layer 1 must have as many inputs as layer 0 has outputs, 4, it has 5", error.Message, StringComparison.Ordinal);
        Assert.Throws<TrainingException>(() => new NetworkShape([], Loss.CrossEntropy));
    }

    [Fact]
    public void Shapes_are_equal_by_what_they_are()
    {
        Assert.Equal(Dense(3, [4], 2), Dense(3, [4], 2));
        Assert.Equal(Dense(3, [4], 2).GetHashCode(), Dense(3, [4], 2).GetHashCode());
        Assert.NotEqual(Dense(3, [4], 2), Dense(3, [5], 2));
        Assert.NotEqual(Dense(3, [4], 2), Dense(3, [4], 2, Loss.MeanSquaredError));
    }

    [Fact]
    public void Names_and_values_belong_together()
    {
        foreach (var activation in Activations.All)
        {
            Assert.True(NetworkNames.TryActivation(NetworkNames.Of(activation), out var back));
            Assert.Equal(activation, back);
        }

        Assert.All(Losses.WithHeads, loss => Assert.Equal(loss, Losses.Parse(loss.ToString())));
        Assert.Equal(["cross-entropy", "mse", "mse none", "binary-cross-entropy", "mae", "huber"], Losses.WithHeads.Select(loss => loss.ToString()));

        Assert.Equal("relu", NetworkNames.Of(Activation.Relu));
        Assert.Null(Losses.Parse("cross-entropy none"));
        Assert.False(NetworkNames.TryActivation("Relu", out _));
    }

    [Theory]
    [InlineData("128,64", "relu", "identity", "cross-entropy", 10, null)]
    [InlineData("128,32", "relu", "identity", "cross-entropy", 10, "layer 2 has 32 outputs instead of 64")]
    [InlineData("100,64", "relu", "identity", "cross-entropy", 10, "layer 1 has 100 outputs instead of 128")]
    [InlineData("128", "relu", "identity", "cross-entropy", 10, "layer 2 has 10 outputs instead of 64")]
    [InlineData("128,64,10", "relu,relu,identity", "identity", "cross-entropy", 10, "there are 4 layers instead of 3")]
    [InlineData("128,64", "tanh,relu", "identity", "cross-entropy", 10, "layer 1 has the activation tanh instead of relu")]
    [InlineData("128,64", "relu", "relu", "cross-entropy", 10, "layer 3 has the activation relu instead of identity")]
    [InlineData("128,64", "relu", "identity", "mse", 10, "the loss is mse instead of cross-entropy")]
    [InlineData("128,64", "relu", "identity", "mse none", 10, "the loss is mse none instead of cross-entropy")]
    [InlineData("128,64", "relu", "identity", "cross-entropy", 9, "layer 3 has 9 outputs instead of 10")]
    public void The_first_difference_has_a_name(
        string hidden, string activations, string output, string loss, int classes, string? expected)
    {
        var shape = NetworkShape.Dense(784, [128, 64], 10, [Activation.Relu], Activation.Identity, Loss.CrossEntropy);
        var other = NetworkShape.Dense(
            784, [.. hidden.Split(',').Select(int.Parse)], classes, [.. activations.Split(',').Select(Parse)], Parse(output), Losses.Parse(loss)!);
        Assert.Equal(expected, shape.FirstDifference(other));
        Assert.Equal(expected is null, shape.Equals(other));
    }

    private static Activation Parse(string name) =>
        NetworkNames.TryActivation(name, out var activation) ? activation : throw new ArgumentOutOfRangeException(nameof(name));
}
