namespace Gpu.Kernels.Ops;

/// <summary>
/// The rows of memory that the tiles of a block ask for while they run, for the block that comes after: each tile a piece of one row, so that
/// the reads are spread over the time there is and follow each other in memory.
/// </summary>
internal unsafe struct BlockAhead
{
    private readonly nint _row;
    private readonly int _pieces;
    private readonly int _pieceBytes;
    private int _rowsLeft;
    private int _piece;
    private byte* _rowStart;

    /// <param name="start">The first element of the rows.</param>
    /// <param name="row">Floats from one row to the next.</param>
    /// <param name="rows">Rows; none where no block follows.</param>
    /// <param name="columns">Floats of a row that are asked for.</param>
    /// <param name="tiles">Tiles that share them out: where they are fewer than the rows, the last rows are not asked for.</param>
    public BlockAhead(float* start, int row, int rows, int columns, int tiles)
    {
        _rowStart = (byte*)start;
        _row = row * (nint)sizeof(float);
        _rowsLeft = rows;
        _pieces = Math.Max(tiles / Math.Max(rows, 1), 1);
        _pieceBytes = ((columns * sizeof(float)) + _pieces - 1) / _pieces;
    }

    /// <summary>What a tile of so many steps asks for at each, so that a piece is asked for in full.</summary>
    public readonly nint StepOf(int depth) => (_pieceBytes + depth - 1) / depth;

    /// <summary>Gives the next tile its piece; <paramref name="step"/> is that of its depth.</summary>
    public void Aim(ref TileWork work, nint step)
    {
        if (_rowsLeft == 0)
        {
            work.Ahead = (byte*)work.B;
            work.AheadStep = 0;
            return;
        }

        work.Ahead = _rowStart + ((nint)_piece * _pieceBytes);
        work.AheadStep = step;
        if (++_piece == _pieces)
        {
            _piece = 0;
            _rowsLeft--;
            _rowStart += _row;
        }
    }
}
