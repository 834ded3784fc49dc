namespace Gpu.Training.Data;

/// <summary>The image that a row of pixels stands for.</summary>
internal static class ImageShape
{
    /// <summary>Rows and columns of a square number of pixels, else one row: 784 is 28 x 28, 785 is 1 x 785.</summary>
    public static (int Height, int Width) Of(int pixels)
    {
        var side = (int)Math.Sqrt(pixels);
        return side * side == pixels ? (side, side) : (1, pixels);
    }
}
