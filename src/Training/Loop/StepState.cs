using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Ops;

namespace Gpu.Training.Loop;

/// <summary>
/// What changes from step to step, kept on the device so that a step is always the same launches with the same arguments:
/// the cursor, the learning rate of every step of the epoch, and the sums that are read back once at the end.
/// </summary>
internal sealed class StepState : IDisposable
{
    private readonly DeviceBuffer<float> _totals;
    private readonly DeviceBuffer<int> _counts;

    internal StepState(ComputeAccelerator accelerator, int steps)
    {
        Cursor = accelerator.Allocate<int>(StepCursor.Length);
        Rates = accelerator.Allocate<float>(steps);
        _totals = accelerator.Allocate<float>(2);
        _counts = accelerator.Allocate<int>(1);
    }

    internal DeviceBuffer<int> Cursor { get; }

    internal DeviceBuffer<float> Rates { get; }

    /// <summary>The sum of the losses and its compensation (Kahan).</summary>
    internal DeviceView<float> Totals => _totals;

    /// <summary>The number of correct answers.</summary>
    internal DeviceView<int> Counts => _counts;

    /// <summary>Sets the sums to 0 and the cursor to a sample of the order.</summary>
    internal void BeginAt(int firstSample) => Begin(step: 0, firstSample, globalStep: 0, sums: default);

    /// <summary>Sets the cursor and the sums.</summary>
    internal void Begin(int step, int firstSample, int globalStep, EpochSums sums)
    {
        Span<int> cursor = stackalloc int[StepCursor.Length];
        cursor.Clear();
        cursor[StepCursor.Step] = step;
        cursor[StepCursor.Sample] = firstSample;
        cursor[StepCursor.GlobalStep] = globalStep;
        Cursor.CopyFrom(cursor);
        _totals.CopyFrom([sums.Loss, sums.Compensation]);
        _counts.CopyFrom([sums.Correct]);
    }

    /// <summary>Waits for the launches and reads the sums.</summary>
    internal EpochSums Read()
    {
        Span<float> totals = stackalloc float[2];
        Span<int> counts = stackalloc int[1];
        _totals.CopyTo(totals);
        _counts.CopyTo(counts);
        return new EpochSums(totals[0], totals[1], counts[0]);
    }

    public void Dispose()
    {
        _counts.Dispose();
        _totals.Dispose();
        Rates.Dispose();
        Cursor.Dispose();
    }
}
