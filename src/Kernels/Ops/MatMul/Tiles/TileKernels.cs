namespace Gpu.Kernels.Ops;

/// <summary>
/// A kernel for each way to make a tile. The generator translates a kernel for the tiles that it is named with here: a product which has
/// none for a kind cannot be made so.
/// </summary>
internal sealed class TileKernels
{
    private readonly Delegate?[] _kernels;

    /// <summary>The kernels of a product.</summary>
    internal TileKernels(Delegate tile128, Delegate tile64, Delegate tile32, Delegate? split256 = null, Delegate? split64 = null) =>
        _kernels = [tile128, tile64, tile32, split256, split64];

    /// <summary>The kernel for a kind of tile.</summary>
    /// <exception cref="NotSupportedException">There is none.</exception>
    internal Delegate this[TileKind kind] => _kernels[(int)kind]
        ?? throw new NotSupportedException($"{_kernels[0]!.Method.Name} has no variant for {kind}: ProductTable must not choose it.");
}
