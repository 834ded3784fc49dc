using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Layers;
using Gpu.Training.Loop;
using Gpu.Training.Networks;

namespace Gpu.Training.Tests;

public class LayerProbeTests
{
    private static readonly NetworkShape _shape = new([new DenseLayer(2, 3, Activation.Relu), new DenseLayer(3, 2, Activation.Identity)], Loss.CrossEntropy);

    /// <summary>Two pixels of 0 or 255, all four pictures, of which those with the first pixel are of class 1.</summary>
    private static readonly DataSet _data = new("four", [0, 0, 255, 0, 0, 255, 255, 255], [0, 1, 0, 1], 1, 2, 2);

    [Fact]
    public void Dead_units_flat_outputs_and_sizes_are_those_that_can_be_counted()
    {
        // Unit 1 is x1, unit 2 is x1 - x2, unit 3 is -1, always below 0.
        float[] parameters = [1, 1, 0, 0, -1, 0, 1, 0, 0, 1, 0, 0, 0, 0, -1, 0, 0];
        using var probe = new LayerProbe(_shape, _data, new TrainerOptions());
        var layers = probe.Measure(parameters, epoch: 1);
        Assert.Equal(4, probe.Samples);
        Assert.Equal([(1, 3, 1), (2, 2, 0)], layers.Select(layer => (layer.Layer, layer.Units, layer.Dead)));

        // Outputs above 0: x1 of two pictures, x1 - x2 of one, so that 9 of 12 are flat.
        Assert.Equal(0.75, layers[0].Saturated, 1e-9);
        Assert.Equal(Math.Sqrt(3 / 12.0), layers[0].Output, 1e-6);
        Assert.True(double.IsNaN(layers[1].Saturated) && double.IsNaN(layers[0].Update));
        Assert.Equal(12, layers[0].Outputs.Counts.Sum());
        Assert.Equal(9, layers[0].Outputs.Counts[0]);
    }

    [Fact]
    public void The_gradient_is_that_of_the_mean_loss_and_movement_is_counted_by_epochs()
    {
        // All sums of the last layer are 0, so that the gradient of its biases is the mean of (1/2 - 1, 1/2), and of the opposite for the other class: 0.
        var parameters = new float[_shape.ParameterCount];
        using var probe = new LayerProbe(_shape, _data, new TrainerOptions());
        Assert.Equal(0, probe.Measure(parameters, epoch: 1)[1].Gradient, 1e-7);

        // With hidden outputs of 1 for all samples of class 1, and 0 for the others, the weights of the first hidden unit get -+1/2 of half of them.
        parameters[0] = 1;
        var second = probe.Measure(parameters, epoch: 2);
        Assert.Equal(Math.Sqrt(2) / 4, second[1].Gradient, 1e-6);
        parameters[0] = 1.5f;
        Assert.Equal(0.25, probe.Measure(parameters, epoch: 4)[0].Update, 1e-6);
    }
}
