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
    /// <param name="isOpen">Whether some have not come to their ends, and can be gone on with.</param>
    void End(SetResults results, string folder, bool isOpen);
}
