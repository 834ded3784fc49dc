namespace Gpu.Kernels.Devices.Cpu;

/// <summary>
/// A SIMD twin with its arguments bound, cut into parts that may run at the same time in any order. Where it is cut
/// depends on the shape alone and never changes the order of a sum, so the bits do not depend on the number of threads.
/// </summary>
/// <param name="cpu">The accelerator whose team runs it.</param>
/// <param name="name">Operation and variant.</param>
/// <param name="parts">How many parts there are.</param>
/// <param name="cost">Floating-point operations, or bytes moved, in all: small work stays on one thread.</param>
public abstract class CpuLaunch(CpuAccelerator cpu, string name, int parts, long cost) : Launch(name)
{
    /// <summary>How many parts there are.</summary>
    public int Parts { get; } = parts;

    /// <summary>Floating-point operations, or bytes moved, in all parts together.</summary>
    public long Cost { get; } = cost;

    /// <summary>
    /// The rows that the parts share out by <see cref="RowRange"/>, where part p reads and writes, of everything that
    /// has rows, only those of part p; else 0. Neighbours with equal rows and parts run without a wait between them.
    /// </summary>
    public int Rows { get; init; }

    /// <summary>
    /// The slices of the inputs of which each part has one, where part p reads and writes, of everything that is sliced, only slice p; else 0.
    /// Neighbours with equal slices run without a wait between them.
    /// </summary>
    public int Slices { get; init; }

    /// <summary>
    /// How many of the first parts have an owner: part p belongs to thread p of the team, launch after launch, so that what it reads and writes
    /// stays in that core's cache. Another thread takes it only when the owner is not there.
    /// </summary>
    public virtual int Owned => Slices;

    /// <summary>Whether sharing it out would cost more than it saves, whatever its <see cref="Cost"/>: what it is joined with is not shared either.</summary>
    public bool StaysAlone { get; init; }

    /// <summary>Runs one part.</summary>
    public abstract void RunPart(int part);

    /// <inheritdoc/>
    public override void Run() => cpu.Team.Run(this);

    /// <summary>The rows of a part: contiguous, none empty while there are at least as many rows as parts.</summary>
    public static (int First, int End) RowRange(int rows, int parts, int part) =>
        ((int)((long)rows * part / parts), (int)((long)rows * (part + 1) / parts));
}
