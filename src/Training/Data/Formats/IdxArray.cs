namespace Gpu.Training.Data;

/// <summary>What an IDX file holds: an array of bytes of one dimension or more.</summary>
/// <param name="Path">The file.</param>
/// <param name="Dimensions">Lengths of the dimensions, the slowest first; samples are the first dimension.</param>
/// <param name="Values">The bytes, as many as the product of the dimensions.</param>
public sealed record IdxArray(string Path, int[] Dimensions, byte[] Values)
{
    /// <summary>How many dimensions there are.</summary>
    public int Rank => Dimensions.Length;

    /// <summary>The shape in words: <c>60,000 x 28 x 28</c>.</summary>
    public string Shape => IdxHeader.ShapeText(Dimensions);
}
