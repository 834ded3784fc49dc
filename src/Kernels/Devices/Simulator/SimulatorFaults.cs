using System.Diagnostics;

namespace Gpu.Kernels.Devices.Simulator;

/// <summary>
/// What ILGPU's CPU accelerator asserts while a kernel runs, above all that an index lies inside its view. It asserts on a thread of its own,
/// where the default listener ends the process, and one that throws does too: this one records, the launch goes on, and fails at its end.
/// </summary>
internal sealed class SimulatorFaults : TraceListener
{
    private static readonly Lock _lock = new();

    /// <summary>The first fault, or null.</summary>
    internal string? First { get; private set; }

    /// <summary>
    /// Runs a launch with this listener in place of all others. One at a time, whichever accelerators they are of: listeners are the whole
    /// process's.
    /// </summary>
    /// <returns>The first fault, or null.</returns>
    internal static string? During(Action launch)
    {
        lock (_lock)
        {
            using var faults = new SimulatorFaults();
            TraceListener[] others = [.. Trace.Listeners.Cast<TraceListener>()];
            Trace.Listeners.Clear();
            Trace.Listeners.Add(faults);
            try
            {
                launch();
            }
            finally
            {
                Trace.Listeners.Clear();
                Trace.Listeners.AddRange(others);
            }

            return faults.First;
        }
    }

    /// <inheritdoc/>
    public override void Fail(string? message, string? detailMessage) =>
        First ??= string.IsNullOrEmpty(detailMessage) ? message ?? "an assertion failed" : $"{message}: {detailMessage}";

    /// <inheritdoc/>
    public override void Fail(string? message) => Fail(message, null);

    /// <inheritdoc/>
    public override void Write(string? message)
    {
        // Only failures are of interest.
    }

    /// <inheritdoc/>
    public override void WriteLine(string? message) => Write(message);
}
