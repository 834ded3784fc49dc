using System.Runtime.InteropServices;

namespace Gpu.Host.CommandLine;

/// <summary>
/// SIGINT and SIGTERM as a request to stop after the running step. .NET ends the process at once on SIGTERM unless somebody
/// takes the signal, so it is taken here from the start of a run to its end. A second signal ends the process at once.
/// </summary>
internal sealed class StopSignal : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _exitCode;

    internal StopSignal(Action<string> say)
    {
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Take(context, ExitCodes.Interrupted, say)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Take(context, ExitCodes.Terminated, say)),
        ];
    }

    /// <summary>Cancelled by the first signal.</summary>
    internal CancellationToken Token => _source.Token;

    /// <summary>What the program ends with after a signal.</summary>
    internal int ExitCode => _exitCode;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void Take(PosixSignalContext context, int exitCode, Action<string> say)
    {
        if (Interlocked.CompareExchange(ref _exitCode, exitCode, 0) != 0)
        {
            return;
        }

        context.Cancel = true;
        say("stopping after this step; a second signal ends the program at once");
        _source.Cancel();
    }
}
