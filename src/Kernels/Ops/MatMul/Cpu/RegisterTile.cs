namespace Gpu.Kernels.Ops;

/// <summary>A number as a type, so that the JIT makes one body for each.</summary>
internal interface IConstant
{
    static abstract int Value { get; }
}

/// <summary>What a tile does with the matrix it stands on.</summary>
internal interface ITileTarget
{
    /// <summary>The sums go on from what is stored there.</summary>
    static abstract bool Continues { get; }

    /// <summary>The sums, times the factor, are added to what is stored there; otherwise they replace it.</summary>
    static abstract bool Updates { get; }

    /// <summary>The elements of A lie in several runs, see <see cref="TileWork.Runs"/>; otherwise in one.</summary>
    static abstract bool TakesRuns { get; }
}

/// <summary>How the elements of A that a tile takes lie in memory.</summary>
internal interface IMatrixOrder
{
    /// <summary>Whether those of a step follow each other; otherwise those of a row do.</summary>
    static abstract bool IsColumnMajor { get; }
}

/// <summary>The elements of a row of A follow each other.</summary>
internal readonly struct RowMajor : IMatrixOrder
{
    public static bool IsColumnMajor => false;
}

/// <summary>The elements of a step follow each other, as in the transpose of what is stored.</summary>
internal readonly struct ColumnMajor : IMatrixOrder
{
    public static bool IsColumnMajor => true;
}

/// <summary>What a tile does with B beside multiplying by it.</summary>
internal interface IPanelUse
{
    /// <summary>Whether it leaves a copy in which the steps follow each other: what the other tiles of these columns then read.</summary>
    static abstract bool Copies { get; }
}

/// <summary>B is read.</summary>
internal readonly struct ReadPanel : IPanelUse
{
    public static bool Copies => false;
}

/// <summary>B is read and copied.</summary>
internal readonly struct CopiedPanel : IPanelUse
{
    public static bool Copies => true;
}

/// <summary>C = A B.</summary>
internal readonly struct FreshTile : ITileTarget
{
    public static bool Continues => false;

    public static bool Updates => false;

    public static bool TakesRuns => false;
}

/// <summary>C goes on by A B: the next block of a sum that is too long for the cache.</summary>
internal readonly struct ContinuedTile : ITileTarget
{
    public static bool Continues => true;

    public static bool Updates => false;

    public static bool TakesRuns => false;
}

/// <summary>C = C + factor * (A B).</summary>
internal readonly struct UpdateTile : ITileTarget
{
    public static bool Continues => false;

    public static bool Updates => true;

    public static bool TakesRuns => false;
}

/// <summary>C = A B, where A is what a window sees of an image: a run of elements for each of its rows.</summary>
internal readonly struct WindowTile : ITileTarget
{
    public static bool Continues => false;

    public static bool Updates => false;

    public static bool TakesRuns => true;
}

/// <summary>One tile's work. Strides are in bytes.</summary>
internal unsafe struct TileWork
{
    /// <summary>Row i of A at step k of the sum is at A + i * ARow + k * AStep: so x and its transpose are read alike.</summary>
    public float* A;
    public nint ARow;
    public nint AStep;

    /// <summary>The vectors of B at step k are at B + k * BStep; they are read in full.</summary>
    public float* B;
    public nint BStep;

    /// <summary>Where a tile that copies B leaves it.</summary>
    public float* Copy;

    /// <summary>Row i of the tile is at C + i * CRow; its vectors are read and written in full, but for the last one of a tile at the edge.</summary>
    public float* C;
    public nint CRow;

    /// <summary>Columns of the last vector that a tile at the edge reads and writes.</summary>
    public int LastColumns;

    /// <summary>Products in each sum, or in each run of one.</summary>
    public int Depth;

    /// <summary>How many runs of <see cref="Depth"/> steps there are, where a tile takes runs: behind each, A goes on by ARun more.</summary>
    public int Runs;
    public nint ARun;

    /// <summary>The factor of an update.</summary>
    public float Factor;

    /// <summary>What step k asks to be fetched for a later tile, at Ahead + k * AheadStep.</summary>
    public byte* Ahead;
    public nint AheadStep;
}
