namespace Gpu.Host.Streams;

/// <summary>Standard output or standard error cannot be written. The message is one sentence for the user.</summary>
internal sealed class OutputException : IOException
{
    /// <summary>A stream that failed.</summary>
    /// <param name="stream">What it is called.</param>
    /// <param name="why">What the system says, without a point.</param>
    /// <param name="cause">What went wrong, where something did.</param>
    internal OutputException(string stream, string why, Exception? cause = null)
        : base($"{stream} cannot be written ({why}): make room, or send it elsewhere.", cause) => Why = why;

    /// <summary>What the system says.</summary>
    internal string Why { get; }
}
