using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;

namespace Gpu.Training.Loop;

/// <summary>What is read back where an epoch ends, or a part of it.</summary>
/// <param name="Sums">The epoch's sums so far.</param>
/// <param name="BadParameter">The first parameter that is not finite; null where all are.</param>
/// <param name="GradientNorm">The norm of the gradient that was measured last; 0 where none was.</param>
/// <param name="Updates">How many updates were counted since the run began.</param>
internal readonly record struct StepReadings(EpochSums Sums, int? BadParameter, double GradientNorm, int Updates);

/// <summary>
/// What changes from step to step, kept on the device so that a step is always the same launches with the same arguments:
/// the cursor, the learning rate of every step of the epoch, and the sums that are read back once at the end.
/// </summary>
internal sealed class StepState : IDisposable
{
    private const int TotalsLength = 2;

    private readonly DeviceBuffer<float> _floats;
    private readonly DeviceBuffer<int> _counts;

    internal StepState(ComputeAccelerator accelerator, int steps)
    {
        Cursor = accelerator.Allocate<int>(StepCursor.Length);
        Rates = accelerator.Allocate<float>(steps);
        _floats = accelerator.Allocate<float>(TotalsLength + StepControl.Length);
        _counts = accelerator.Allocate<int>(StepCounts.Length);
    }

    internal DeviceBuffer<int> Cursor { get; }

    internal DeviceBuffer<float> Rates { get; }

    /// <summary>The sum of the losses and its compensation (Kahan).</summary>
    internal DeviceView<float> Totals => _floats.View.Slice(0, TotalsLength);

    /// <summary>See <see cref="StepControl"/>.</summary>
    internal DeviceView<float> Control => _floats.View.Slice(TotalsLength, StepControl.Length);

    /// <summary>See <see cref="StepCounts"/>.</summary>
    internal DeviceView<int> Counts => _counts;

    /// <summary>The index of the first parameter that is not finite.</summary>
    internal DeviceView<int> BadParameter => _counts.View.Slice(StepCounts.BadParameter, 1);

    /// <summary>Sets the sums to 0 and the cursor to a sample of the order.</summary>
    internal void BeginAt(int firstSample) => Begin(step: 0, firstSample, globalStep: 0, epoch: 0, sums: default, updates: 0);

    /// <summary>Sets the cursor and the sums.</summary>
    internal void Begin(int step, int firstSample, int globalStep, int epoch, EpochSums sums, int updates)
    {
        Span<int> cursor = stackalloc int[StepCursor.Length];
        cursor.Clear();
        cursor[StepCursor.Step] = step;
        cursor[StepCursor.Sample] = firstSample;
        cursor[StepCursor.GlobalStep] = globalStep;
        cursor[StepCursor.Updates] = updates;
        cursor[StepCursor.Epoch] = epoch;
        Cursor.CopyFrom(cursor);

        Span<float> floats = stackalloc float[TotalsLength + StepControl.Length];
        floats.Clear();
        (floats[0], floats[1]) = (sums.Loss, sums.Compensation);
        floats[TotalsLength + StepControl.Scale] = 1;
        floats[TotalsLength + StepControl.Applies] = 1;
        _floats.CopyFrom(floats);

        Span<int> counts = stackalloc int[StepCounts.Length];
        counts.Clear();
        counts[StepCounts.Correct] = sums.Correct;
        counts[StepCounts.BadStep] = sums.FirstBadStep ?? StepCounts.None;
        counts[StepCounts.SkippedSteps] = sums.SkippedSteps;
        counts[StepCounts.SkippedSamples] = sums.SkippedSamples;
        counts[StepCounts.BadParameter] = StepCounts.None;
        _counts.CopyFrom(counts);
    }

    /// <summary>Waits for the launches and reads the sums.</summary>
    internal StepReadings Read()
    {
        Span<float> floats = stackalloc float[TotalsLength + StepControl.Length];
        Span<int> counts = stackalloc int[StepCounts.Length];
        Span<int> cursor = stackalloc int[StepCursor.Length];
        Cursor.CopyTo(cursor);
        _floats.CopyTo(floats);
        _counts.CopyTo(counts);
        var sums = new EpochSums(floats[0], floats[1], counts[StepCounts.Correct])
        {
            FirstBadStep = Index(counts[StepCounts.BadStep]),
            SkippedSteps = counts[StepCounts.SkippedSteps],
            SkippedSamples = counts[StepCounts.SkippedSamples],
        };
        return new StepReadings(sums, Index(counts[StepCounts.BadParameter]), floats[TotalsLength + StepControl.Norm], cursor[StepCursor.Updates]);
    }

    private static int? Index(int found) => found == StepCounts.None ? null : found;

    public void Dispose()
    {
        _counts.Dispose();
        _floats.Dispose();
        Rates.Dispose();
        Cursor.Dispose();
    }
}
