using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;

namespace Gpu.Training.Loop;

/// <summary>What a step finds out of each of its samples.</summary>
/// <param name="Losses">The loss of each.</param>
/// <param name="Correct">1 for each that was answered right, else 0.</param>
internal readonly record struct SampleScores(DeviceView<float> Losses, DeviceView<int> Correct)
{
    /// <summary>Those of rows one behind the other.</summary>
    internal SampleScores Slice(int first, int rows) => new(Losses.Slice(first, rows), Correct.Slice(first, rows));

    /// <summary>Adds up losses and answers and moves the cursor on: the last launch of a step.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="state">Where they are added up.</param>
    /// <param name="control">Where every step's gradient is measured, what decides on the step.</param>
    internal Launch PrepareTally(ComputeAccelerator accelerator, StepState state, DeviceView<float>? control = null) =>
        Tally.Prepare(accelerator, Losses, Correct, Losses.Length, control, state.Totals, state.Counts, state.Cursor);
}

/// <summary>Room for <see cref="SampleScores"/> on a device.</summary>
internal sealed class ScoreRoom(ComputeAccelerator accelerator, int samples) : IDisposable
{
    private readonly DeviceBuffer<float> _losses = accelerator.Allocate<float>(samples);
    private readonly DeviceBuffer<int> _correct = accelerator.Allocate<int>(samples);

    internal SampleScores All => new(_losses, _correct);

    public void Dispose()
    {
        _correct.Dispose();
        _losses.Dispose();
    }
}
