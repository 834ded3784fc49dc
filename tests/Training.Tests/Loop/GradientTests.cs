using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Devices.Simulator;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Networks;
using Gpu.Training.Random;
using Gpu.Training.Tests.Networks;

namespace Gpu.Training.Tests.Loop;

/// <summary>The gradient of a whole network, against finite differences of a float64 network.</summary>
public class GradientTests
{
    public static TheoryData<string, Activation, Activation, Loss> Networks => new()
    {
        { "10", Activation.Relu, Activation.Relu, Loss.MeanSquaredError },
        { "30", Activation.Sigmoid, Activation.Identity, Loss.CrossEntropy },
        { "24", Activation.Relu, Activation.Identity, Loss.CrossEntropy },
        { "24,12", Activation.Sigmoid, Activation.Identity, Loss.MeanSquaredError },
        { "40,33,17,9,5", Activation.ScaledTanh, Activation.Identity, Loss.CrossEntropy },
        { "16", Activation.LeakyRelu, Activation.Tanh, Loss.BinaryCrossEntropy },
        { "", Activation.Identity, Activation.Identity, Loss.CrossEntropy },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void One_step_moves_the_weights_by_the_gradient(string hidden, Activation activation, Activation output, Loss loss)
    {
        var data = Samples.Make(37);
        AssertSteps(Shape(data, hidden, activation, output, loss), data);
    }

    public static TheoryData<Activation> AllActivations => [.. Activations.All];

    /// <summary>In hidden layers and in the last one, in batches and in a step of one sample.</summary>
    [Theory]
    [MemberData(nameof(AllActivations))]
    public void So_it_does_with_every_activation(Activation activation)
    {
        foreach (var data in new[] { Samples.Make(19), Samples.Make(1) })
        {
            AssertSteps(Shape(data, "9,7", activation, activation, Loss.CrossEntropy), data);
        }
    }

    /// <summary>Each loss with each head, and what it may be told.</summary>
    public static TheoryData<string, bool> AllLosses =>
        [.. Losses.WithHeads.Where(loss => loss.TakesClasses).Select(loss => (loss.ToString(), false)), .. Losses.All.Where(loss => loss.TakesTerms).Select(loss => (loss.ToString(), true))];

    /// <summary>Behind sigmoids, as the squared error of plain outputs is taught, on the processor's paths and in kernels.</summary>
    [Theory]
    [MemberData(nameof(AllLosses))]
    public void So_it_does_with_every_loss(string text, bool hasTerms)
    {
        var loss = Losses.Parse(text)!;
        foreach (var data in new[] { Samples.Make(19), Samples.Make(1) })
        {
            var shape = Shape(data, "9,7", Activation.Tanh, Activation.Sigmoid, loss);
            var settings = hasTerms ? new LossSettings(0.2f, [1, 3, 0.5f, 2]) : LossSettings.Plain;
            AssertSteps(shape, data, settings);
            using var simulator = new SimulatorAccelerator();
            AssertStep(simulator, shape, data, variant: null, settings);
        }
    }

    public static TheoryData<string> LossesOfQuantities => [.. Losses.WithHeads.Where(loss => loss.OfQuantities is not null).Select(loss => loss.ToString())];

    /// <summary>Of floats, and a quantity behind them.</summary>
    [Theory]
    [MemberData(nameof(LossesOfQuantities))]
    public void So_it_does_with_every_loss_of_quantities(string text)
    {
        foreach (var data in new[] { Samples.MakeQuantities(19), Samples.MakeQuantities(1) })
        {
            var shape = Shape(data, "9,7", Activation.Tanh, Activation.Identity, Losses.Parse(text)!);
            AssertSteps(shape, data);
            using var simulator = new SimulatorAccelerator();
            AssertStep(simulator, shape, data, variant: null);
        }
    }

    /// <summary>The kernels of other devices, with the last layer in one launch.</summary>
    [Theory]
    [MemberData(nameof(AllActivations))]
    public void So_it_does_with_every_activation_in_kernels(Activation activation)
    {
        var data = Samples.Make(19);
        var shape = Shape(data, "9,7", activation, activation, Loss.CrossEntropy);
        foreach (var form in new[] { OutputLayer.Fused, OutputLayer.Launches })
        {
            using var accelerator = new SimulatorAccelerator { Variants = VariantChoice.Automatic.With(OutputLayer.Choices, form) };
            AssertStep(accelerator, shape, data, variant: null);
        }
    }

    [Fact]
    public void The_check_rejects_a_doubled_gradient_and_a_missing_layer()
    {
        var data = Samples.Make(37);
        var shape = Shape(data, "24,12", Activation.Sigmoid, Activation.Identity, Loss.CrossEntropy);
        var reference = new ReferenceNetwork(shape, data, PixelScaling.Unit);
        var start = Start(shape);
        var gradient = reference.Gradient([.. start.Select(value => (double)value)]);
        AssertAlongRandomDirections(reference, shape, start, gradient, data.Count);
        var doubled = gradient.Select(value => 2 * value).ToArray();
        Assert.ThrowsAny<Exception>(() => AssertAlongRandomDirections(reference, shape, start, doubled, data.Count));
        var missing = gradient.Select((value, i) => i >= shape.BiasOffset(1) && i < shape.BiasOffset(2) ? 0 : value).ToArray();
        Assert.ThrowsAny<Exception>(() => AssertAlongRandomDirections(reference, shape, start, missing, data.Count));
        var unknown = gradient.Select((value, i) => i == 5 ? double.NaN : value).ToArray();
        Assert.ThrowsAny<Exception>(() => AssertAlongRandomDirections(reference, shape, start, unknown, data.Count));
    }

    /// <summary>
    /// Central differences along random directions, in float64: h = 1e-5 leaves about 1e-10 of truncation. Each gradient
    /// element is at the end of a chain of at most as many roundings as there are terms in the sums of all layers and the
    /// batch, forward and backward, and the subtraction from the weights adds one of the weight's own size.
    /// </summary>
    private static void AssertAlongRandomDirections(
        ReferenceNetwork reference, NetworkShape shape, float[] start, double[] found, int batch)
    {
        const double H = 1e-5;
        const double Rounding = 1.0 / (1 << 24);
        var terms = batch + (2 * shape.Layers.Sum(layer => layer.Inputs + layer.Outputs));
        for (var direction = 0; direction < 3; direction++)
        {
            var stream = new RandomStream(11, RandomPurpose.Weights, direction);
            var d = new double[found.Length];
            for (var i = 0; i < d.Length; i++)
            {
                d[i] = stream.NextNormal();
            }

            double Moved(double h) => reference.Loss([.. start.Select((value, i) => value + (h * d[i]))]);
            var expected = (Moved(H) - Moved(-H)) / (2 * H);
            var actual = found.Zip(d, (g, di) => g * di).Sum();
            var allowed = 1e-8 + found.Select((g, i) =>
                Rounding * ((terms * Math.Abs(g * d[i])) + (Math.Abs(start[i] * d[i])))).Sum();
            Assert.True(Math.Abs(actual - expected) <= allowed, $"direction {direction}: {actual} instead of {expected} +- {allowed}");
        }
    }

    /// <summary>A step on every SIMD path, with fused launches or one sample at a time, and with a launch for each operation.</summary>
    private static void AssertSteps(NetworkShape shape, DataSet data, LossSettings? settings = null)
    {
        foreach (var path in SimdPaths.Available)
        {
            using var accelerator = new CpuAccelerator(new CpuOptions { Path = path, Threads = 2, Strict = true });
            AssertStep(accelerator, shape, data, variant: null, settings);
            AssertStep(accelerator, shape, data, OnlineSgd.Unfused, settings);
        }
    }

    /// <summary>With a rate of 1 and the whole data set as one batch, the step is the gradient.</summary>
    internal static void AssertStep(ComputeAccelerator accelerator, NetworkShape shape, DataSet data, string? variant, LossSettings? settings = null)
    {
        var start = Start(shape);
        var options = new TrainerOptions { BatchSize = data.Count, StepVariant = variant, Loss = settings ?? LossSettings.Plain };
        using var trainer = new Trainer(accelerator, shape, data, options);
        trainer.SetParameters(start);
        var result = trainer.TrainEpoch(0, [1f]);
        Assert.True(double.IsFinite(result.Loss));
        var found = start.Zip(trainer.GetParameters(), (before, now) => (double)before - now).ToArray();

        // Statistics move by what was measured, not by a gradient, and a step of training does not read them.
        found.AsSpan(shape.LearnedCount).Clear();
        AssertAlongRandomDirections(new ReferenceNetwork(shape, data, PixelScaling.Unit, settings), shape, start, found, data.Count);
    }

    private static NetworkShape Shape(DataSet data, string hidden, Activation activation, Activation output, Loss loss) =>
        NetworkShape.Dense(
            data.Features, [.. hidden.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)], data.Classes,
            [activation], output, loss);

    private static float[] Start(NetworkShape shape) =>
        InitialWeights.Draw(shape, WeightDistribution.Xavier, WeightDistribution.Constant(0.1f), seed: 5);
}
