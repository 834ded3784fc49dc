namespace Gpu.Kernels.Ops;

/// <summary>The images of a batch that is augmented.</summary>
/// <param name="Rows">Images of the batch.</param>
/// <param name="Height">Rows of an image.</param>
/// <param name="Width">Columns of an image.</param>
/// <param name="Channels">Bytes of a pixel, which lie together.</param>
public readonly record struct AugmentShape(int Rows, int Height, int Width, int Channels)
{
    /// <summary>Columns that fields are rounded up to: two of the widest vectors.</summary>
    private const int FieldColumns = 32;

    /// <summary>Rows that they are rounded up to: those of a tile.</summary>
    private const int FieldRows = 4;

    /// <summary>Bytes of an image.</summary>
    public int Features => checked(Height * Width * Channels);

    /// <summary>Floats from one row of a field to the next.</summary>
    internal int FieldStride => StrideOf(Width);

    /// <summary>Floats of a field.</summary>
    internal int FieldLength => FieldLengthOf(Height, Width);

    /// <summary>Blocks of random words for the noise of an image: whole chunks.</summary>
    internal int NoiseBlocks => BlocksOf(Features);

    /// <summary>Columns of a field, whole tiles. Kernels call it.</summary>
    internal static int StrideOf(int width) => (width + FieldColumns - 1) / FieldColumns * FieldColumns;

    /// <summary>Floats of a field, a multiple of <see cref="Philox.ChunkWords"/>. Kernels call it.</summary>
    internal static int FieldLengthOf(int height, int width) => (height + FieldRows - 1) / FieldRows * FieldRows * StrideOf(width);

    /// <summary>Blocks of random words for so many numbers.</summary>
    internal static int BlocksOf(int numbers) => (numbers + Philox.ChunkWords - 1) / Philox.ChunkWords * Philox.ChunkBlocks;

    /// <summary>Throws where there is no such image.</summary>
    internal void Require(string operation)
    {
        Devices.Require.Positive(Rows, operation);
        Devices.Require.Positive(Height, operation);
        Devices.Require.Positive(Width, operation);
        Devices.Require.Positive(Channels, operation);
    }
}
