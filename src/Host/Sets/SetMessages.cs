using System.Text;
using Gpu.Host.Reports;

namespace Gpu.Host.Sets;

/// <summary>What the runs of a set say: each line once, whichever of them says it, behind the name of the run.</summary>
/// <param name="messages">What the set says.</param>
internal sealed class SetMessages(Messages messages)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);

    /// <summary>The messages of a run.</summary>
    /// <param name="run">Its name; null for what concerns all of them.</param>
    /// <param name="isGuide">Whether it says all that a lone run would; others only warn.</param>
    internal Messages Of(string? run, bool isGuide)
    {
        var verbosity = isGuide || messages.Verbosity < Verbosity.Minimal ? messages.Verbosity : Verbosity.Minimal;
        return new Messages(new Lines(this, run), verbosity, columns: null);
    }

    private void Say(string? run, string line)
    {
        lock (_lock)
        {
            if (_said.Add(line))
            {
                // What is said here has passed the verbosity of the run.
                messages.Insist(run is null ? line : $"{run}: {line}");
            }
        }
    }

    private sealed class Lines(SetMessages set, string? run) : StringWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void WriteLine(string? value) => set.Say(run, value ?? "");
    }
}
