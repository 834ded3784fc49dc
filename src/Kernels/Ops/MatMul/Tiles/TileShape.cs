using Gpu.Kernels.Devices;

namespace Gpu.Kernels.Ops;

/// <summary>The ways to make a tile, as <see cref="IProductTile"/> types.</summary>
internal enum TileKind
{
    /// <summary><see cref="Ops.Tile128"/>.</summary>
    Tile128,

    /// <summary><see cref="Ops.Tile64"/>.</summary>
    Tile64,

    /// <summary><see cref="Ops.Tile64Dense"/>.</summary>
    Tile64Dense,

    /// <summary><see cref="Ops.Tile32"/>.</summary>
    Tile32,

    /// <summary><see cref="Ops.Split256"/>.</summary>
    Split256,

    /// <summary><see cref="Ops.Split64"/>.</summary>
    Split64,
}

/// <summary>The sizes of a tile, as the host needs them.</summary>
internal sealed record TileShape(TileKind Kind, Type Type, int Rows, int Columns, int Depth, int Lanes, int SharedBytes)
{
    /// <summary>Every tile, the largest of each sort first.</summary>
    internal static IReadOnlyList<TileShape> All { get; } =
    [
        Of<Tile128>(TileKind.Tile128), Of<Tile64>(TileKind.Tile64), Of<Tile64Dense>(TileKind.Tile64Dense), Of<Tile32>(TileKind.Tile32),
        Of<Split256>(TileKind.Split256), Of<Split64>(TileKind.Split64),
    ];

    /// <summary>Whether its lanes share out the depth.</summary>
    internal bool IsSplit => Kind is TileKind.Split256 or TileKind.Split64;

    internal static TileShape Of(TileKind kind) => All[(int)kind];

    /// <summary>Whether a device runs groups of it.</summary>
    internal bool Fits(DeviceTraits device) => Lanes <= device.LargestGroup && SharedBytes <= device.SharedMemoryBytes;

    /// <summary>Tiles that cover so many rows.</summary>
    internal int RowTiles(int rows) => (int)(((long)rows + Rows - 1) / Rows);

    /// <summary>Tiles that cover so many columns.</summary>
    internal int ColumnTiles(int columns) => (int)(((long)columns + Columns - 1) / Columns);

    private static TileShape Of<TTile>(TileKind kind) where TTile : struct, IProductTile =>
        new(kind, typeof(TTile), TTile.Rows, TTile.Columns, TTile.Depth, TTile.Lanes, 16 * TTile.SharedFours);
}
