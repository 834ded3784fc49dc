using Gpu.Training.Sets;

namespace Gpu.Host.Sets;

/// <summary>Somebody who is told how a set of runs goes.</summary>
internal interface ISetReport
{
    /// <summary>A run has ended, or was stopped.</summary>
    void Ended(SetResults results, int index);

    /// <summary>All have.</summary>
    /// <param name="results">What became of them.</param>
    /// <param name="folder">The folder of the set.</param>
    /// <param name="goOn">The command that goes on, where they were stopped before their ends; else null.</param>
    void End(SetResults results, string folder, string? goOn);
}
