using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Devices.Simulator;
using Gpu.Kernels.Ops;
using Gpu.Training.Layers;
using Gpu.Training.Networks;
using Gpu.Training.Tests.Loop;

namespace Gpu.Training.Tests.Layers;

/// <summary>The gradients of networks with each kind of layer, against finite differences of the layers' own formulas in float64.</summary>
public class LayerGradientTests
{
    /// <summary>Networks with a layer of each kind at every place where it fits.</summary>
    public static TheoryData<string> Networks => [.. LayerKinds.Examples.SelectMany(Around)];

    [Theory]
    [MemberData(nameof(Networks))]
    public void The_gradient_is_that_of_the_formulas(string layers)
    {
        foreach (var data in new[] { Samples.Make(19), Samples.Make(1) })
        {
            foreach (var path in SimdPaths.Available)
            {
                using var accelerator = new CpuAccelerator(new CpuOptions { Path = path, Threads = 2, Strict = true });
                GradientTests.AssertStep(accelerator, Network(layers, data.Classes), data, variant: null);
            }
        }
    }

    /// <summary>The kernels of other devices, with the last layer in one launch and in several.</summary>
    [Theory]
    [MemberData(nameof(Networks))]
    public void So_it_is_in_kernels(string layers)
    {
        var data = Samples.Make(19);
        foreach (var form in new[] { OutputLayer.Fused, OutputLayer.Launches })
        {
            using var simulator = new SimulatorAccelerator { Variants = VariantChoice.Automatic.With(OutputLayer.Choices, form) };
            GradientTests.AssertStep(simulator, Network(layers, data.Classes), data, variant: null);
        }
    }

    /// <summary>Vectors behind numbers of values, which no other layer's outputs are: of all inputs, of the last ones, of one number, of one value.</summary>
    [Theory]
    [InlineData("embed 3 5 9 2, dense 7 tanh")]
    [InlineData("embed 8 12, dense 7 sigmoid")]
    [InlineData("embed 1 4 1 3 6 2 7, dense 5 tanh")]
    public void So_it_is_of_vectors_for_values(string layers)
    {
        var values = layers.Split(',')[0].Split(' ').Skip(2).Select(int.Parse).ToArray();
        foreach (var count in new[] { 37, 1 })
        {
            var data = Samples.MakeNumbered(count, 6, values);
            var shape = NetworkShape.Of(SampleSize.Of(6), LayerKinds.ReadList(layers), data.Classes, Activation.Identity, Loss.CrossEntropy);
            foreach (var path in SimdPaths.Available)
            {
                using var accelerator = new CpuAccelerator(new CpuOptions { Path = path, Threads = 2, Strict = true });
                GradientTests.AssertStep(accelerator, shape, data, variant: null);
            }

            using var simulator = new SimulatorAccelerator();
            GradientTests.AssertStep(simulator, shape, data, variant: null);
        }
    }

    /// <summary>The layer as the first one; between layers, where its gradient goes on to what is below; and before the last.</summary>
    internal static IEnumerable<string> Around(string layer) =>
        from layers in new[] { $"{layer}, dense 7 tanh", $"dense 36 sigmoid, {layer}, dense 7 tanh", $"conv 2x2x3 tanh, {layer}, dense 7 tanh", $"conv 2x2x2 gelu, {layer}" }
        where Fits(layers)
        select layers;

    /// <summary>Whether a window finds room: it does not behind plain numbers.</summary>
    private static bool Fits(string layers)
    {
        try
        {
            return Network(layers, 4) is not null;
        }
        catch (TrainingException cause) when (cause.Message.Contains("does not fit", StringComparison.Ordinal))
        {
            return false;
        }
    }

    private static NetworkShape Network(string layers, int classes) =>
        NetworkShape.Of(new SampleSize(6, 6, 1), LayerKinds.ReadList(layers), classes, Activation.Identity, Loss.CrossEntropy);
}
