using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>The tiles of sums that are worked out block by block: those of the first block write C, the others go on from what is stored there.</summary>
internal sealed unsafe class BlockTiles<TSimd, TVector, TOrder>
    where TSimd : struct, ISimd<TVector> where TVector : struct where TOrder : struct, IMatrixOrder
{
    private readonly PanelTiles<TSimd, TVector, FreshTile, TOrder> _fresh = new();
    private readonly PanelTiles<TSimd, TVector, ContinuedTile, TOrder> _continued = new();

    /// <summary>A tile of the first block, or where it continues of a later one, see <see cref="PanelTiles{TSimd, TVector, TTarget, TOrder}.Run"/>.</summary>
    public void Run(ref TileWork work, int rows, int columns, bool continues)
    {
        if (continues)
        {
            _continued.Run(ref work, rows, columns);
        }
        else
        {
            _fresh.Run(ref work, rows, columns);
        }
    }

    /// <summary>The same, where it copies B, see <see cref="PanelTiles{TSimd, TVector, TTarget, TOrder}.RunCopying"/>.</summary>
    public void RunCopying(ref TileWork work, int rows, int columns, bool continues, float* panel)
    {
        if (continues)
        {
            _continued.RunCopying(ref work, rows, columns, panel);
        }
        else
        {
            _fresh.RunCopying(ref work, rows, columns, panel);
        }
    }
}
