using Gpu.Training.Files;

namespace Gpu.Training;

/// <summary>Why a run cannot go on. The host turns each into its exit code.</summary>
public enum Failure
{
    /// <summary>The disk is full or fails.</summary>
    Disk = 1,

    /// <summary>Wrong usage, a wrong recipe, an output folder that exists or cannot be written.</summary>
    Usage = 2,

    /// <summary>Data that cannot be read or is wrong.</summary>
    Data = 3,

    /// <summary>More memory than there is, or than one buffer can have.</summary>
    Memory = 5,

    /// <summary>The loss or the weights became NaN or infinite.</summary>
    Diverged = 6,

    /// <summary>A model or checkpoint file that is missing, damaged or foreign.</summary>
    ModelFile = 7,
}

/// <summary>
/// An error the user can act on: one sentence that says what was expected, what was found and where, and what to do. It may quote
/// a stranger's file: what cannot be seen in it, such as a line break, is shown as an escape.
/// </summary>
public sealed class TrainingException : Exception
{
    /// <summary>An unexpected failure.</summary>
    public TrainingException() { }

    /// <summary>A failure of usage.</summary>
    public TrainingException(string message) : base(VisibleText.Of(message)) { }

    /// <summary>A failure of usage with its cause.</summary>
    public TrainingException(string message, Exception innerException) : base(VisibleText.Of(message), innerException) { }

    /// <summary>A failure of a stated kind.</summary>
    public TrainingException(Failure failure, string message, Exception? innerException = null)
        : base(VisibleText.Of(message), innerException) => Failure = failure;

    /// <summary>The kind, whose value is the exit code.</summary>
    public Failure Failure { get; } = Failure.Usage;

    /// <summary>Data that cannot be read or is wrong.</summary>
    public static TrainingException BadData(string message, Exception? cause = null) => new(Failure.Data, message, cause);

    /// <summary>A model file that is missing, damaged or foreign.</summary>
    public static TrainingException BadModelFile(string message, Exception? cause = null) => new(Failure.ModelFile, message, cause);

    /// <summary>Wrong usage.</summary>
    public static TrainingException BadUsage(string message, Exception? cause = null) => new(Failure.Usage, message, cause);

    /// <summary>Whether a file could not be written because the disk is full: ENOSPC of POSIX, ERROR_DISK_FULL of Windows.</summary>
    public static bool IsDiskFull(Exception cause) => cause is IOException { HResult: 28 or unchecked((int)0x80070070) };

    /// <summary>A file that cannot be written because the disk is full, fails, or is gone.</summary>
    public static TrainingException DiskFailed(string path, Exception cause)
    {
        ArgumentNullException.ThrowIfNull(cause);
        return new(Failure.Disk,
            $"{path} cannot be written ({cause.Message.TrimEnd('.')}): make room or put the folder back; what was written before is whole.", cause);
    }
}
