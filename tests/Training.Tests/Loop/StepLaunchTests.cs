using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Kernels.Tests;
using Gpu.Kernels.Tests.Cuda;
using Gpu.Kernels.Tests.OpenCl;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Networks;

namespace Gpu.Training.Tests.Loop;

/// <summary>Launches on an OpenCL device.</summary>
[Collection(nameof(OpenClCollection))]
public class OpenClStepLaunchTests(OpenClDevices devices) : StepLaunchTests
{
    protected override ComputeAccelerator Accelerator => devices.Accelerator;
}

/// <summary>Launches on an NVIDIA device through CUDA.</summary>
[OnCuda]
public class CudaStepLaunchTests(CudaDevices devices) : StepLaunchTests, IClassFixture<CudaDevices>
{
    protected override ComputeAccelerator Accelerator => devices.Accelerator;
}

/// <summary>Launches on what looks like a large graphics processor; the kernels are prepared and not run.</summary>
public sealed class RecordedStepLaunchTests : StepLaunchTests, IDisposable
{
    private readonly KernelRecorder _recorder = new();

    protected override ComputeAccelerator Accelerator => _recorder;

    public void Dispose() => _recorder.Dispose();
}

/// <summary>How many launches a training step is.</summary>
public abstract class StepLaunchTests
{
    private static readonly DataSet _digits = Digits.Train(500);

    protected abstract ComputeAccelerator Accelerator { get; }

    /// <summary>The classic networks in batches, and what a step may cost beside plain descent: launches on a processor and on a GPU.</summary>
    [Theory]
    [InlineData("10", Activation.Relu, Activation.Relu, "mse", 32, 0f, null, 8, 5)]
    [InlineData("30", Activation.Sigmoid, Activation.Identity, "cross-entropy", 50, 0f, null, 8, 5)]
    [InlineData("128", Activation.Relu, Activation.Identity, "cross-entropy", 32, 0f, null, 8, 5)]
    [InlineData("128", Activation.Relu, Activation.Identity, "binary-cross-entropy", 10, 0f, null, 8, 5)]
    [InlineData("128,64", Activation.Sigmoid, Activation.Identity, "mse", 32, 0f, null, 12, 8)]
    [InlineData("128", Activation.Relu, Activation.Identity, "cross-entropy", 32, 0.9f, null, 9, 6)]
    [InlineData("128", Activation.Relu, Activation.Identity, "cross-entropy", 32, 0.9f, 1f, 11, 8)]
    public void A_step_is_a_few_launches(
        string hidden, Activation activation, Activation output, string loss, int batch, float momentum, float? clip, int processor, int gpu)
    {
        AssertLaunches(Accelerator, hidden, activation, output, Losses.Parse(loss)!, batch, momentum, clip, Accelerator.Traits.IsGpu ? gpu : processor);
    }

    /// <summary>
    /// Gather; product, bias-add, activation; product, bias-add; softmax, loss, softmax backward; product, activation backward; the gradients of two
    /// weights and two biases; optimizer; tally.
    /// </summary>
    [Fact]
    public void A_step_that_fuses_nothing_is_a_launch_for_each_operation() => AssertLaunches(
        Accelerator, "128", Activation.Relu, Activation.Identity, Loss.CrossEntropy, 32, 0, null, 17, OnlineSgd.Unfused);

    private protected static void AssertLaunches(ComputeAccelerator accelerator, string hidden, Activation activation, Activation output, Loss loss,
        int batch, float momentum, float? clip, int expected, string? variant = null)
    {
        int[] sizes = [.. hidden.Split(',').Select(int.Parse)];
        var shape = NetworkShape.Dense(_digits.Features, sizes, _digits.Classes, [activation], output, loss);
        var options = new TrainerOptions { BatchSize = batch, Momentum = momentum, L2 = momentum * 1e-4f, ClipNorm = clip, StepVariant = variant };
        using var trainer = new Trainer(accelerator, shape, _digits, options);
        TestContext.Current.TestOutputHelper?.WriteLine($"{accelerator.Description}: {trainer.LaunchesPerRun} launches a step of {shape}");
        Assert.Equal(expected, trainer.LaunchesPerRun);
    }
}
