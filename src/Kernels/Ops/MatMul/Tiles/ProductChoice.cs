namespace Gpu.Kernels.Ops;

/// <summary>How a product of rows x depth by depth x columns is made.</summary>
/// <param name="Tile">By which tile; null where each lane makes an element.</param>
/// <param name="Parts">Parts of the depth that different groups sum; 1 where a group sums all of it.</param>
/// <param name="PartDepth">The depth of a part.</param>
internal readonly record struct ProductChoice(TileShape? Tile, int Parts, int PartDepth);
