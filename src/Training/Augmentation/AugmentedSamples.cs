using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;

namespace Gpu.Training.Augmentation;

/// <summary>Samples as a run with a seed sees them in one of its epochs, made on the processor.</summary>
public static class AugmentedSamples
{
    /// <summary>Makes some, in the order in which they are named.</summary>
    /// <param name="augmentation">What is done to them.</param>
    /// <param name="data">Where they are from.</param>
    /// <param name="samples">Their numbers in it; at least one.</param>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <exception cref="TrainingException">They are no images.</exception>
    public static DataSet Make(ImageAugmentation augmentation, DataSet data, ReadOnlySpan<int> samples, ulong seed, int epoch)
    {
        ArgumentNullException.ThrowIfNull(augmentation);
        ArgumentNullException.ThrowIfNull(data);
        AugmentationFit.Require(augmentation, data);
        var some = data.Select(samples);
        using var cpu = new CpuAccelerator(new CpuOptions { Threads = 1 });
        using var operation = new AugmentBatch(cpu, AugmentationFit.Shape(some.Count, data.Height, data.Features), augmentation, seed);
        using var values = cpu.Allocate<byte>(some.Values.Length);
        using var labels = cpu.Allocate<byte>(some.Count);
        using var order = cpu.Allocate<int>(some.Count);
        using var numbers = cpu.Allocate<int>(some.Count);
        using var cursor = cpu.Allocate<int>(StepCursor.Length);
        using var batch = cpu.Allocate<byte>(values.Length);
        values.CopyFrom(some.Values);
        order.CopyFrom([.. Enumerable.Range(0, some.Count)]);
        numbers.CopyFrom(samples);
        cursor.CopyFrom([epoch], StepCursor.Epoch);
        operation.Prepare(new AugmentMemory
        {
            Values = values,
            Labels = labels,
            Order = order,
            Samples = numbers,
            Cursor = cursor,
            Batch = batch,
            BatchLabels = labels,
        }).Run();
        return some.WithSamples(new MemorySamples(batch.ToArray(), data.Features));
    }
}
