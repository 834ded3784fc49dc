using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

/// <summary>What a device reaches at most, measured on the device itself: what other operations reach is a share of it.</summary>
/// <param name="FlopsPerSecond">Floating-point operations a second of <see cref="FmaChains"/>.</param>
/// <param name="BytesPerSecond">Bytes read and written a second by <see cref="Copy"/>, from memory beyond the caches.</param>
public sealed record DevicePeak(double FlopsPerSecond, double BytesPerSecond)
{
    private const double LongEnough = 0.02;
    private const int Repeats = 15;
    private const int MostCopied = 64 << 20;
    private const int MostRounds = 1 << 20;

    /// <summary>Measures both, in some tenths of a second.</summary>
    public static DevicePeak Measure(ComputeAccelerator accelerator)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        return new DevicePeak(Arithmetic(accelerator), Bandwidth(accelerator));
    }

    /// <summary>The share of the peak that an operation reaches: of arithmetic where it counts operations, else of memory.</summary>
    /// <param name="declaration">The operation.</param>
    /// <param name="seconds">How long it takes.</param>
    public double Share(OperationCase declaration, double seconds)
    {
        ArgumentNullException.ThrowIfNull(declaration);
        return declaration.Flops > 0 ? declaration.Flops / seconds / FlopsPerSecond : declaration.Bytes / seconds / BytesPerSecond;
    }

    /// <summary>Enough lanes for every compute unit several times over, and rounds until the launch itself no longer counts.</summary>
    private static double Arithmetic(ComputeAccelerator accelerator)
    {
        var traits = accelerator.Traits;
        var count = (int)Math.Clamp(4L * traits.ComputeUnits * traits.LargestGroup, 1 << 14, 1 << 22);
        using var x = Zeros(accelerator, count);
        using var y = Zeros(accelerator, count);
        for (var rounds = 16; ; rounds *= 4)
        {
            var launch = FmaChains.Prepare(accelerator, x, rounds, y);
            if (Best(accelerator, launch, 1) >= LongEnough || rounds >= MostRounds)
            {
                return (double)FmaChains.FlopsPerRound * rounds * count / Best(accelerator, launch, Repeats);
            }
        }
    }

    private static double Bandwidth(ComputeAccelerator accelerator)
    {
        var memory = accelerator.Memory;
        var most = Math.Min(MostCopied, Math.Min(memory.LargestAllocationBytes, memory.AvailableBytes / 16) / sizeof(float));
        for (var count = 1 << 20; ; count *= 4)
        {
            using var x = Zeros(accelerator, count);
            using var y = Zeros(accelerator, count);
            var launch = Copy.Prepare(accelerator, x, y);
            if (Best(accelerator, launch, 1) >= LongEnough || 4L * count > most)
            {
                return 2.0 * sizeof(float) * count / Best(accelerator, launch, Repeats);
            }
        }
    }

    /// <summary>Written once, so that the memory is really there before it is timed.</summary>
    private static DeviceBuffer<float> Zeros(ComputeAccelerator accelerator, int count)
    {
        var buffer = accelerator.Allocate<float>(count);
        buffer.CopyFrom(new float[count]);
        return buffer;
    }

    /// <summary>Seconds of the fastest of so many runs, after one that does not count.</summary>
    private static double Best(ComputeAccelerator accelerator, Launch launch, int runs)
    {
        accelerator.Measure(launch, 1);
        return Enumerable.Range(0, runs).Min(_ => accelerator.Measure(launch, 1));
    }
}
