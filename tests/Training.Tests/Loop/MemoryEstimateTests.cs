using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Devices.Simulator;
using Gpu.Kernels.Ops;
using Gpu.Kernels.Tests.OpenCl;
using Gpu.Training.Augmentation;
using Gpu.Training.Data;
using Gpu.Training.Layers;
using Gpu.Training.Loop;
using Gpu.Training.Networks;

namespace Gpu.Training.Tests.Loop;

/// <summary>What is worked out from sizes is what a run then allocates.</summary>
public class MemoryEstimateTests
{
    public static TheoryData<string> Configurations => [.. All.Keys];

    /// <summary>Names that the OpenCL tests use, too.</summary>
    internal static IReadOnlyDictionary<string, (int[] Hidden, TrainerOptions Options)> All { get; } = new Dictionary<string, (int[], TrainerOptions)>
    {
        ["plain"] = ([128], new()),
        ["not measured"] = ([128], new() { MeasureGradient = false }),
        ["linear"] = ([], new() { BatchSize = 100 }),
        ["deep"] = ([300, 200, 100], new() { BatchSize = 64, L2 = 0.1f }),
        ["wide"] = ([600, 600], new() { BatchSize = 100 }),
        ["momentum"] = ([500], new() { BatchSize = 20, Momentum = 0.9f }),
        ["averaged"] = ([128], new() { Ema = 0.9f }),
        ["averaged, one at a time"] = ([128], new() { BatchSize = 1, Ema = 0.9f }),
        ["clipped"] = ([257], new() { BatchSize = 33, ClipNorm = 1 }),
        ["dense"] = ([64], new() { BatchSize = 256, Scaling = PixelScaling.Parse("0.1,0.3") }),
        ["dense slices"] = ([300], new() { BatchSize = 60, Scaling = PixelScaling.Parse("0.1,0.3") }),
        ["dense slices, momentum"] = ([300], new() { BatchSize = 60, Momentum = 0.9f, Scaling = PixelScaling.Parse("0.1,0.3") }),
        ["dense slices, too wide"] = ([400], new() { BatchSize = 60, Scaling = PixelScaling.Parse("0.1,0.3") }),
        ["streamed"] = ([128], new() { BatchSize = 64, DataMode = DataMode.Streamed }),
        ["large batch"] = ([128], new() { BatchSize = 5000 }),
        ["unfused"] = ([128], new() { StepVariant = OnlineSgd.Unfused }),
        ["weighted"] = ([128], new() { Loss = new(0.1f, [1, 2, 3, 4]) }),
        ["online"] = ([100, 16], new() { BatchSize = 1 }),
        ["kept sums"] = ([128, 64], new() { BatchSize = 64 }),
        ["kept sums, unfused"] = ([128], new() { StepVariant = OnlineSgd.Unfused }),
        ["kept sums, online"] = ([100, 16], new() { BatchSize = 1 }),
        ["floats"] = ([128], new()),
        ["floats, streamed"] = ([128], new() { BatchSize = 64, DataMode = DataMode.Streamed }),
        ["floats, one at a time"] = ([100], new() { BatchSize = 1 }),
        ["layers"] = ([128], new() { BatchSize = 64 }),
        ["layers, skipping"] = ([128], new() { BatchSize = 64, SkipBadSteps = true }),
        ["augmented"] = ([128], new() { BatchSize = 100, Augmentation = AugmentationWords.Read("shift:2,elastic:36/5.5,noise:0.1") }),
        ["augmented, streamed"] = ([128], new() { BatchSize = 64, DataMode = DataMode.Streamed, Augmentation = AugmentationWords.Read("rotate:15") }),
        ["online, streamed"] = ([100], new() { BatchSize = 1, DataMode = DataMode.Streamed }),
    };

    [Theory]
    [MemberData(nameof(Configurations))]
    public void The_processor_allocates_what_was_estimated(string configuration)
    {
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 1 });
        AssertEstimate(accelerator, configuration);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("momentum")]
    [InlineData("layers")]
    [InlineData("dense slices")]
    public void So_does_the_simulator(string configuration)
    {
        using var accelerator = new SimulatorAccelerator();
        AssertEstimate(accelerator, configuration);
    }

    /// <summary>The products of a graphics processor may keep parts of their sums.</summary>
    [Theory]
    [InlineData("plain", null)]
    [InlineData("plain", "split-k")]
    [InlineData("linear", "split-k")]
    [InlineData("momentum", "split-k")]
    [InlineData("deep", null)]
    [InlineData("streamed", "plain")]
    [InlineData("floats", null)]
    [InlineData("kept sums", null)]
    [InlineData("augmented", null)]
    [InlineData("augmented, streamed", null)]
    public void So_does_a_graphics_processor(string configuration, string? product)
    {
        var variants = product is null ? VariantChoice.Automatic : VariantChoice.Automatic.With(MatMul.Choices, product);
        using var accelerator = new KernelRecorder { Variants = variants };
        AssertEstimate(accelerator, configuration, evaluates: false);
    }

    [Fact]
    public void The_host_keeps_what_was_estimated()
    {
        var shape = NetworkShape.Dense(1000, [1000], 10, [Activation.Relu], Activation.Identity, Loss.CrossEntropy);
        var estimate = MemoryEstimate.Of(null, shape, new TrainerOptions { Momentum = 0.9f }, new DataSizes(10, 1000, 1));
        Assert.Equal(3 * 4L * shape.ParameterCount, estimate.HostBytes, tolerance: 1000);
    }

    /// <summary>Holds the estimate against what a trainer and its evaluator take.</summary>
    internal static void AssertEstimate(ComputeAccelerator accelerator, string configuration, bool evaluates = true)
    {
        var (hidden, options) = All[configuration];
        var (train, test) = (Samples.Make(1030, 28, 28), Samples.Make(620, 28, 28));
        (train, test) = configuration.StartsWith("floats", StringComparison.Ordinal)
            ? (Samples.AsFloats(train, PixelScaling.Unit), Samples.AsFloats(test, PixelScaling.Unit)) : (train, test);
        var activation = configuration.StartsWith("kept sums", StringComparison.Ordinal) ? Activation.Gelu : Activation.Relu;
        var shape = NetworkShape.Dense(784, hidden, 4, [activation], Activation.Identity, Loss.CrossEntropy);
        if (configuration.StartsWith("layers", StringComparison.Ordinal))
        {
            var layers = LayerKinds.ReadList("conv 3x3x4 relu, batch-norm, max-pool 2, avg-pool 2, dense 300 gelu, dropout 0.5, relu");
            shape = NetworkShape.Of(new SampleSize(28, 28, 1), layers, 4, Activation.Identity, Loss.CrossEntropy);
        }

        var estimate = MemoryEstimate.Of(accelerator, shape, options, DataSizes.Of(train), evaluates ? [DataSizes.Of(test)] : []);
        var before = accelerator.Memory.AllocatedBytes;
        using var trainer = new Trainer(accelerator, shape, train, options);
        if (evaluates)
        {
            trainer.Evaluate(test);
        }

        var taken = accelerator.Memory.AllocatedBytes - before;
        Assert.True(
            Math.Abs(estimate.DeviceBytes - taken) <= (0.005 * taken) + 1000, $"{configuration}: {taken:N0} bytes were taken, {estimate.DeviceBytes:N0} estimated");
        Assert.InRange(estimate.LargestBuffer, estimate.DeviceBytes / 20, estimate.DeviceBytes);
    }
}

/// <summary>The same on an OpenCL device.</summary>
[Collection(nameof(OpenClCollection))]
public class OpenClMemoryTests(OpenClDevices devices)
{
    [Theory]
    [InlineData("plain")]
    [InlineData("deep")]
    [InlineData("streamed")]
    [InlineData("unfused")]
    public void The_device_allocates_what_was_estimated(string configuration) =>
        MemoryEstimateTests.AssertEstimate(devices.Accelerator, configuration);
}
