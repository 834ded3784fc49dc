using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Accelerators.Cpu;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Ops;
using Gpu.Kernels.Tests.Cuda;
using Gpu.Kernels.Tests.OpenCl;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Networks;

namespace Gpu.Training.Tests.Loop;

/// <summary>Steps on an OpenCL device.</summary>
[Collection(nameof(OpenClCollection))]
public class OpenClStepTests(OpenClDevices devices) : DeviceStepTests
{
    protected override ComputeAccelerator Accelerator => devices.Accelerator;
}

/// <summary>Steps on an NVIDIA device through CUDA.</summary>
public class CudaStepTests(CudaDevices devices) : DeviceStepTests, IClassFixture<CudaDevices>
{
    protected override ComputeAccelerator Accelerator => devices.Accelerator;
}

/// <summary>What a training step costs a device, and that it takes the step of the definition.</summary>
public abstract class DeviceStepTests
{
    protected abstract ComputeAccelerator Accelerator { get; }

    [Theory]
    [InlineData(1, DataMode.Resident)]
    [InlineData(32, DataMode.Resident)]
    [InlineData(32, DataMode.Streamed)]
    public void Nothing_is_read_back_before_an_epoch_has_ended(int batch, DataMode mode)
    {
        using var accelerator = new CountingAccelerator(Accelerator);
        var shape = NetworkShape.Dense(36, [24], 4, [Activation.Relu], Activation.Identity, Loss.CrossEntropy);
        var reads = new[] { 40, 400 }.Select(samples =>
        {
            using var trainer = new Trainer(accelerator, shape, Samples.Make(samples), new TrainerOptions { BatchSize = batch, DataMode = mode });
            trainer.SetParameters(Configuration.InitialParameters(shape, 1));
            var before = accelerator.Reads;
            Assert.True(double.IsFinite(trainer.TrainEpoch(0, Enumerable.Repeat(0.1f, trainer.StepsPerEpoch).ToArray()).Loss));
            return accelerator.Reads - before;
        }).ToList();
        Assert.Equal([2, 2], reads);
    }

    /// <summary>With a rate of 1 and the whole data set as one batch, the step is the gradient; the subtraction rounds once more.</summary>
    [Theory]
    [InlineData("24", Activation.Sigmoid, 37)]
    [InlineData("40,33", Activation.Tanh, 64)]
    [InlineData("16", Activation.Tanh, 1)]
    public void A_step_lies_within_the_bounds_of_the_gradient_here_and_on_the_processor(string hidden, Activation activation, int batch)
    {
        var data = Samples.Make(batch);
        int[] sizes = [.. hidden.Split(',').Select(int.Parse)];
        var shape = NetworkShape.Dense(data.Features, sizes, data.Classes, [activation], Activation.Identity, Loss.CrossEntropy);
        var start = Configuration.InitialParameters(shape, 1);
        var expected = GradientErrors.Of(shape, data, start);
        using var cpu = new CpuAccelerator(new CpuOptions { Threads = 1 });
        var ends = new ComputeAccelerator[] { Accelerator, cpu }.Select(accelerator => Step(accelerator, shape, data, start)).ToList();
        for (var i = 0; i < start.Length; i++)
        {
            var allowed = expected.Allowed[i] + (Reference64.Rounding * (Math.Abs(start[i]) + Math.Abs(expected.Values[i])));
            foreach (var end in ends)
            {
                var found = (double)start[i] - end[i];
                Assert.True(Math.Abs(found - expected.Values[i]) <= allowed, $"parameter {i}: {found} instead of {expected.Values[i]} +- {allowed}");
            }
        }

        // Bounds that would let another gradient pass prove nothing.
        var norm = Math.Sqrt(expected.Values.Sum(value => value * value));
        Assert.True(Math.Sqrt(expected.Allowed.Sum(value => value * value)) <= 1e-2 * norm);
    }

    private static float[] Step(ComputeAccelerator accelerator, NetworkShape shape, DataSet data, float[] start)
    {
        using var trainer = new Trainer(accelerator, shape, data, new TrainerOptions { BatchSize = data.Count });
        trainer.SetParameters(start);
        trainer.TrainEpoch(0, [1f]);
        return trainer.GetParameters();
    }
}
