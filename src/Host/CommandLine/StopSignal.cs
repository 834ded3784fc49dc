using System.Runtime.InteropServices;

namespace Gpu.Host.CommandLine;

/// <summary>
/// SIGINT, SIGTERM and SIGHUP as a request to stop after the running step. .NET ends the process at once on SIGTERM unless somebody
/// takes the signal, so it is taken here from the start of a run to its end. A second signal ends the process at once. Where SIGHUP is
/// ignored, as under nohup, .NET leaves it so.
/// </summary>
internal sealed class StopSignal : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    /// <summary>How long a run goes on for the sake of the line: nobody may read standard error.</summary>
    private static readonly TimeSpan _longestLine = TimeSpan.FromMilliseconds(200);

    private readonly PosixSignalRegistration[] _registrations;
    private readonly Action<string> _say;
    private int _exitCode;

    internal StopSignal(Action<string> say)
    {
        _say = say;
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel |= Take(ExitCodes.HungUp)),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel |= Take(ExitCodes.Interrupted)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => context.Cancel |= Take(ExitCodes.Terminated)),
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

    /// <summary>Says that the run is to stop and asks it to; false where that was done before.</summary>
    internal bool Take(int exitCode)
    {
        if (Interlocked.CompareExchange(ref _exitCode, exitCode, 0) != 0)
        {
            return false;
        }

        var line = Task.Run(() => _say("stopping after this step; a second signal ends the program at once"));
        ((IAsyncResult)line).AsyncWaitHandle.WaitOne(_longestLine);
        _source.Cancel();
        return true;
    }
}
