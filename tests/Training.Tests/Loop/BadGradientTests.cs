using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Devices.Simulator;
using Gpu.Kernels.Ops;
using Gpu.Kernels.Tests;
using Gpu.Kernels.Tests.Cuda;
using Gpu.Kernels.Tests.OpenCl;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Networks;
using Gpu.Training.Tests.Networks;

namespace Gpu.Training.Tests.Loop;

/// <summary>On the processor, by the kernels themselves and by their twins.</summary>
public class CpuBadGradientTests : BadGradientTests
{
    protected override void Everywhere(Action<ComputeAccelerator> test)
    {
        using var simulator = new SimulatorAccelerator(strict: true);
        test(simulator);
        using var cpu = new CpuAccelerator(new CpuOptions { Threads = 2, Strict = true });
        test(cpu);
    }
}

/// <summary>On an OpenCL device.</summary>
[Collection(nameof(OpenClCollection))]
public class OpenClBadGradientTests(OpenClDevices devices) : BadGradientTests
{
    protected override void Everywhere(Action<ComputeAccelerator> test) => test(devices.Accelerator);
}

/// <summary>On an NVIDIA device through CUDA.</summary>
[OnCuda]
public class CudaBadGradientTests(CudaDevices devices) : BadGradientTests, IClassFixture<CudaDevices>
{
    protected override void Everywhere(Action<ComputeAccelerator> test) => test(devices.Accelerator);
}

/// <summary>A step whose loss is finite and whose gradient is not is found within its epoch, and named with its layer.</summary>
public abstract class BadGradientTests
{
    private const int Poison = 40;
    private const int Classes = 4;

    protected abstract void Everywhere(Action<ComputeAccelerator> test);

    [Theory]
    [InlineData("plain", 16)]
    [InlineData("plain", 1)]
    [InlineData("momentum", 16)]
    [InlineData("clip", 16)]
    [InlineData("clip", 1)]
    public void It_is_found_in_its_epoch_and_named(string kind, int batch) => Everywhere(accelerator =>
    {
        using var trainer = Begin(accelerator, kind, batch, out var bad);
        var rates = Rates(trainer, bad);
        var state = trainer.CreateState();
        trainer.SaveState(state);
        var result = trainer.TrainEpoch(0, rates);

        // Only where each step's gradient is measured is it seen before it has ruined the next step's loss.
        Assert.Equal(kind == "clip" ? bad : bad + 1, result.FirstBadStep);
        Assert.NotNull(result.FirstBadParameter);
        trainer.RestoreState(state);
        Assert.Equal(new BadPlace(bad, "the gradient of layer 1"), trainer.Diagnose(0, rates, EpochPosition.Start, result.FirstBadStep!.Value));
    });

    [Theory]
    [InlineData(16)]
    [InlineData(1)]
    public void In_the_last_step_it_shows_in_the_parameters(int batch) => Everywhere(accelerator =>
    {
        using var trainer = Begin(accelerator, "plain", batch, out var bad);
        var rates = Rates(trainer, bad);
        var state = trainer.CreateState();
        trainer.SaveState(state);
        var result = trainer.TrainEpoch(0, rates, EpochPosition.Start, bad + 1);
        Assert.True(double.IsFinite(result.Position.Sums.TotalLoss));
        Assert.Null(result.FirstBadStep);
        Assert.NotNull(result.FirstBadParameter);
        trainer.RestoreState(state);
        Assert.Equal(new BadPlace(bad, "the gradient of layer 1"), trainer.Diagnose(0, rates, EpochPosition.Start, bad));
    });

    [Theory]
    [InlineData(16)]
    [InlineData(1)]
    public void It_is_skipped(int batch) => Everywhere(accelerator =>
    {
        using var trainer = Begin(accelerator, "skip", batch, out var bad);
        var before = trainer.GetParameters();
        var result = trainer.TrainEpoch(0, Rates(trainer, bad));
        Assert.Equal((bad, 1), (result.FirstBadStep, result.Position.Sums.SkippedSteps));
        Assert.Null(result.FirstBadParameter);
        Assert.True(double.IsFinite(result.Loss));
        Assert.Equal(before, trainer.GetParameters());
    });

    [Fact]
    public void A_gradient_whose_norm_alone_is_too_large_is_named_so() => Everywhere(accelerator =>
    {
        using var trainer = Begin(accelerator, "clip", 16, out var bad, height: 1e30f);
        var result = trainer.TrainEpoch(0, Rates(trainer, bad));
        Assert.Equal(bad, result.FirstBadStep);
        Assert.Null(result.FirstBadParameter);
        Assert.Equal(new BadPlace(bad, "the norm of the gradient"), trainer.Diagnose(0, Rates(trainer, bad), EpochPosition.Start, bad));
    });

    /// <summary>
    /// The outputs of the first layer are 0, and the weights of the last as large as numbers go: so outputs and loss are finite. They
    /// cancel out in the gradients of all samples but one, of another class. A rate of 0 leaves everything as it is up to that.
    /// </summary>
    private static Trainer Begin(ComputeAccelerator accelerator, string kind, int batch, out int badStep, float height = 3e38f)
    {
        var samples = Samples.Make(100);
        var labels = Enumerable.Range(0, samples.Count).Select(i => (byte)(i == Poison ? 0 : 1)).ToArray();
        var data = new DataSet(samples.Source, samples.Values.ToArray(), labels, samples.Height, samples.Width, Classes);
        var shape = NetworkShape.Dense(data.Features, [8], Classes, [Activation.Tanh], Activation.Identity, Loss.CrossEntropy);
        var options = new TrainerOptions
        {
            BatchSize = batch,
            Momentum = kind == "momentum" ? 0.9f : 0,
            ClipNorm = kind == "clip" ? 1 : null,
            SkipBadSteps = kind == "skip",
            Scaling = PixelScaling.None,
        };
        var order = new int[data.Count];
        options.FillOrder(order, 0);
        badStep = Array.IndexOf(order, Poison) / batch;
        options = options with { StopEvery = batch == 1 ? badStep + 1 : 0 };
        var parameters = new float[shape.ParameterCount];
        for (var unit = 0; unit < 8; unit++)
        {
            float[] weights = [-height, 0, height, 0];
            weights.CopyTo(parameters, shape.WeightOffset(1) + (unit * Classes));
        }

        var trainer = new Trainer(accelerator, shape, data, options);
        trainer.SetParameters(parameters);
        return trainer;
    }

    private static float[] Rates(Trainer trainer, int bad) => [.. Enumerable.Range(0, trainer.StepsPerEpoch).Select(step => step == bad ? 1f : 0)];
}
