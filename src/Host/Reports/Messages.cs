using Gpu.Host.Streams;

namespace Gpu.Host.Reports;

/// <summary>What the program says beside its results: on standard error, as much of it as the verbosity asks for.</summary>
/// <param name="error">Standard error.</param>
/// <param name="verbosity">How much is said.</param>
/// <param name="columns">The columns of the terminal at this moment; null where standard error is none.</param>
internal sealed class Messages(TextWriter error, Verbosity verbosity, Func<int>? columns)
{
    private const int UsualColumns = 80;
    private readonly Lock _lock = new();
    private int _shown;

    /// <summary>Messages on this process's standard error.</summary>
    internal static Messages OnStandardError(Verbosity verbosity) => new(
        Console.Error, verbosity, !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb" ? StandardStreams.ErrorColumns : null);

    /// <summary>Whether a line may be drawn over.</summary>
    internal bool IsAnimated => columns is not null && verbosity >= Verbosity.Normal;

    /// <summary>The longest line that a terminal shows on one line at this moment: one column less than it has, where the cursor stands.</summary>
    internal int LineWidth => Math.Max(1, (columns?.Invoke() is > 0 and var width ? width : UsualColumns) - 1);

    /// <summary>How much is said.</summary>
    internal Verbosity Verbosity => verbosity;

    /// <summary>Something that went on.</summary>
    internal void Say(string text) => Write(Verbosity.Normal, text);

    /// <summary>Something only a curious reader wants.</summary>
    internal void Detail(string text) => Write(Verbosity.Detailed, text);

    /// <summary>Something that is likely a mistake.</summary>
    internal void Warn(string text) => Write(Verbosity.Minimal, $"warning: {text}");

    /// <summary>Something nobody may miss: shown at every verbosity.</summary>
    internal void Insist(string text) => Write(Verbosity.Quiet, text);

    /// <summary>Shows a line, of at most <see cref="LineWidth"/>, that the next one replaces.</summary>
    internal void Animate(string line)
    {
        lock (_lock)
        {
            error.Write("\r" + line.PadRight(Math.Min(_shown, LineWidth)));
            error.Flush();
            _shown = line.Length;
        }
    }

    /// <summary>Removes the animated line, so that something else can be written where it stood.</summary>
    internal void Clear()
    {
        lock (_lock)
        {
            if (_shown > 0)
            {
                error.Write("\r" + new string(' ', Math.Min(_shown, LineWidth)) + "\r");
                error.Flush();
                _shown = 0;
            }
        }
    }

    private void Write(Verbosity least, string text)
    {
        if (verbosity < least)
        {
            return;
        }

        lock (_lock)
        {
            Clear();
            error.WriteLine(text);
        }
    }
}
