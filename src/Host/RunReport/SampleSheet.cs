using Gpu.Training.Data;

namespace Gpu.Host.RunReport;

/// <summary>Samples as one picture: a row for each class, the first samples of it from left to right.</summary>
internal static class SampleSheet
{
    private const int Gap = 2;

    /// <summary>The picture as an address for a page.</summary>
    internal static string Of(DataSet data, int classes, int columns)
    {
        var (pixels, height, width) = Draw(data, classes, columns);
        return PngFile.ToAddress(pixels, height, width);
    }

    /// <summary>The picture: bytes, rows, columns. Data without labels fills the rows one after the other.</summary>
    internal static (byte[] Pixels, int Height, int Width) Draw(DataSet data, int classes, int columns)
    {
        var rows = data.IsLabelled ? classes : (Math.Min(data.Count, columns * columns) + columns - 1) / columns;
        var (height, width) = ((rows * (data.Height + Gap)) - Gap, (columns * (data.Width + Gap)) - Gap);
        var pixels = new byte[height * width];
        var filled = new int[rows];
        for (var sample = 0; sample < data.Count && filled.Any(count => count < columns); sample++)
        {
            var row = data.IsLabelled ? data.Labels[sample] : Math.Min(sample / columns, rows - 1);
            if (filled[row] < columns)
            {
                Copy(data, sample, pixels, width, row * (data.Height + Gap), filled[row]++ * (data.Width + Gap));
            }
        }

        return (pixels, height, width);
    }

    private static void Copy(DataSet data, int sample, byte[] pixels, int stride, int top, int left)
    {
        var image = data.Sample(sample);
        for (var y = 0; y < data.Height; y++)
        {
            image.Slice(y * data.Width, data.Width).CopyTo(pixels.AsSpan(((top + y) * stride) + left));
        }
    }
}
