using Gpu.Host.Streams;
using Gpu.Kernels.Devices;
using Gpu.Training;

namespace Gpu.Host.CommandLine;

/// <summary>What the program ends with; scripts depend on the numbers.</summary>
internal static class ExitCodes
{
    internal const int Done = 0;
    internal const int Unexpected = 1;
    internal const int Usage = (int)Failure.Usage;
    internal const int Data = (int)Failure.Data;
    internal const int Device = 4;
    internal const int OutOfMemory = (int)Failure.Memory;
    internal const int Diverged = (int)Failure.Diverged;
    internal const int ModelFile = (int)Failure.ModelFile;
    internal const int HungUp = 129;
    internal const int Interrupted = 130;
    internal const int Terminated = 143;

    private const string NoThread = "The system starts no more threads for this process: a limit of threads or processes (ulimit -u, or pids.max of a container) "
        + "is reached; raise it, end other programs, or give a smaller --threads.";

    /// <summary>The exit code that an error stands for.</summary>
    internal static int Of(Exception error) => Innermost(error) switch
    {
        TrainingException training => (int)training.Failure,
        OutOfMemoryException when StartsThread(Innermost(error)) => Device,
        OutOfDeviceMemoryException or OutOfMemoryException => OutOfMemory,
        DeviceException => Device,
        _ => Unexpected,
    };

    /// <summary>The one sentence that is shown for an error.</summary>
    internal static string Sentence(Exception error)
    {
        var cause = Innermost(error);
        var text = cause switch
        {
            TrainingException or DeviceException or OutputException => cause.Message,
            OutOfMemoryException when StartsThread(cause) => NoThread,
            OutOfMemoryException => "The memory of this machine does not suffice: try a smaller --batch-size or --hidden, or --limit.",
            IOException or UnauthorizedAccessException => $"Reading or writing failed: {cause.Message}",
            _ => $"Unexpected failure ({cause.GetType().Name}): {cause.Message} (--verbosity diagnostic shows where.)",
        };
        return string.Join(' ', text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    /// <summary>.NET throws the same where it has no memory and where the system gives it no thread.</summary>
    private static bool StartsThread(Exception error) => error.StackTrace?.Contains("System.Threading.Thread.Start", StringComparison.Ordinal) == true;

    /// <summary>Errors of worker threads and static constructors come wrapped.</summary>
    private static Exception Innermost(Exception error) => error switch
    {
        AggregateException { InnerExceptions.Count: 1 } or TypeInitializationException or System.Reflection.TargetInvocationException
            when error.InnerException is not null => Innermost(error.InnerException),
        _ => error,
    };
}
