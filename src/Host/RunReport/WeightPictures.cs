using Gpu.Training.Data;
using Gpu.Training.Layers;
using Gpu.Training.Models;

namespace Gpu.Host.RunReport;

/// <summary>The weights that lead to each unit or filter of the first layer, as a picture of what it looks at: middle grey is 0.</summary>
internal static class WeightPictures
{
    private const int Most = 64;

    /// <summary>Rows and columns of such a picture; null where the first layer is of a kind that has none.</summary>
    internal static (int Height, int Width)? Size(Model model) => model.Shape.Layers[0] switch
    {
        DenseLayer when model.ImageHeight > 1 => (model.ImageHeight, model.ImageWidth),
        ConvolutionLayer { Shape: { Channels: 1, Kernel: { Height: > 1 } kernel } } => (kernel.Height, kernel.Width),
        _ => null,
    };

    /// <summary>The pictures as elements of a page.</summary>
    internal static string Write(Model model)
    {
        var (height, width) = Size(model)!.Value;
        var tensor = model.Shape.TensorsOf(0)[0];
        var weights = model.Parameters.AsSpan(tensor.Offset, tensor.Length);
        var units = tensor.Length / (height * width);
        var pictures = new List<string>();
        for (var unit = 0; unit < Math.Min(Most, units); unit++)
        {
            pictures.Add($"<img alt=\"unit {unit + 1}\" src=\"{PngFile.ToAddress(Picture(weights, unit, units), height, width)}\">");
        }

        return string.Concat(pictures) + (units > Most ? $"<p>The first {Most} of {units:N0}.</p>" : "");
    }

    /// <summary>The column of a unit in a matrix of pixels x units, its largest weight black or white.</summary>
    private static byte[] Picture(ReadOnlySpan<float> weights, int unit, int units)
    {
        var largest = float.Epsilon;
        for (var i = unit; i < weights.Length; i += units)
        {
            largest = Math.Max(largest, Math.Abs(weights[i]));
        }

        var pixels = new byte[weights.Length / units];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)Math.Clamp(127.5 + (127.5 * weights[(i * units) + unit] / largest), 0, 255);
        }

        return pixels;
    }
}
