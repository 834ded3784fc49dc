using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Ops;
using Gpu.Training.Loop;
using Gpu.Training.Networks;

namespace Gpu.Training.Tests.Loop;

/// <summary>A training step makes no garbage, on any thread.</summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public class AllocationTests
{
    [Theory]
    [InlineData(1, DataMode.Resident, false)]
    [InlineData(32, DataMode.Resident, false)]
    [InlineData(32, DataMode.Resident, true)]
    [InlineData(32, DataMode.Streamed, false)]
    public void A_thousand_steps_allocate_nothing(int batch, DataMode mode, bool isTimed)
    {
        var data = Samples.Make(1000 * batch / 4, height: 28, width: 28);
        var shape = NetworkShape.Dense(784, [128], 4, [Activation.Relu], Activation.Identity, Loss.CrossEntropy);
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 2 });
        using var trainer = TrainerTests.Begin(accelerator, shape, data, new TrainerOptions { BatchSize = batch, DataMode = mode, TimesSteps = isTimed });
        var rates = Enumerable.Repeat(0.01f, trainer.StepsPerEpoch).ToArray();
        trainer.TrainEpoch(0, rates);

        // The runtime may allocate for itself now and then (timers, tiering): the best of a few tries is the steps' own.
        var least = Enumerable.Range(1, 5).Min(attempt =>
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var pass = 0; pass < 4; pass++)
            {
                trainer.TrainEpoch((4 * attempt) + pass, rates);
            }

            return GC.GetTotalAllocatedBytes(precise: true) - before;
        });
        Assert.Equal(0, least);
    }
}
