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

    /// <summary>Rows and columns of the images of an array: samples x values, samples x rows x columns, or that with one channel.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="dimensions">The array's dimensions.</param>
    /// <exception cref="TrainingException">It holds no grey images.</exception>
    public static (int Height, int Width) Of(string path, int[] dimensions)
    {
        var shape = IdxHeader.ShapeText(dimensions);
        return dimensions switch
        {
            [_, var pixels] => Of(pixels),
            [_, var height, var width] => (height, width),
            [_, var height, var width, 1] => (height, width),
            [_] => throw TrainingException.BadData($"{path}: expected images, found {shape} numbers; check whether the images and the labels have been swapped."),
            _ => throw TrainingException.BadData(
                $"{path}: expected images of two or three dimensions, found {dimensions.Length} dimensions ({shape}); write each sample as one grey image."),
        };
    }
}
