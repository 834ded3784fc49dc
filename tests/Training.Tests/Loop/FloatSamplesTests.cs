using System.Runtime.InteropServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Devices.Simulator;
using Gpu.Training.Data;
using Gpu.Training.Loop;

namespace Gpu.Training.Tests.Loop;

/// <summary>Samples of floats train as those of bytes do that become the same inputs.</summary>
public class FloatSamplesTests
{
    private static readonly PixelScaling _scaling = PixelScaling.Parse("0.1307,0.3081");

    [Theory]
    [InlineData("dense", DataMode.Resident)]
    [InlineData("dense", DataMode.Streamed)]
    [InlineData("momentum", DataMode.Streamed)]
    [InlineData("online", DataMode.Resident)]
    [InlineData("unfused", DataMode.Resident)]
    public void Floats_give_the_bits_of_the_bytes_that_they_were_made_of(string configuration, DataMode mode)
    {
        using var cpu = new CpuAccelerator(new CpuOptions { Threads = 2, Strict = true });
        AssertSame(cpu, configuration, mode);
    }

    [Fact]
    public void They_do_by_the_kernels_themselves()
    {
        using var simulator = new SimulatorAccelerator();
        AssertSame(simulator, "dense", DataMode.Resident);
    }

    private static void AssertSame(ComputeAccelerator accelerator, string configuration, DataMode mode)
    {
        var bytes = Configuration.Named(configuration).Data;
        var (expected, loss) = Train(accelerator, configuration, mode, bytes);
        var (actual, other) = Train(accelerator, configuration, mode, Samples.AsFloats(bytes, _scaling));
        Assert.True(MemoryMarshal.AsBytes<float>(expected).SequenceEqual(MemoryMarshal.AsBytes<float>(actual)));
        Assert.Equal(loss, other);
    }

    private static (float[] Parameters, double Loss) Train(ComputeAccelerator accelerator, string configuration, DataMode mode, DataSet data)
    {
        var (shape, _, options) = Configuration.Named(configuration);
        using var trainer = new Trainer(accelerator, shape, data, options with { DataMode = mode, Scaling = data.AreFloats ? PixelScaling.None : _scaling });
        trainer.SetParameters(Configuration.InitialParameters(shape, seed: 1));
        trainer.TrainEpoch(0, [.. Enumerable.Repeat(0.05f, trainer.StepsPerEpoch)]);
        return (trainer.GetParameters(), trainer.Evaluate(data.Take(100)).Loss);
    }
}
