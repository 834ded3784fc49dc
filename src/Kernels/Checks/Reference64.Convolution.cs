using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

public static partial class Reference64
{
    /// <summary>
    /// y = f(sum over the window of x w + bias) at each place, 0 for x in the padding: x is (images, height, width, channels), w (kernel height,
    /// kernel width, channels, filters), bias (filters) or null, y (images, output height, output width, filters).
    /// </summary>
    public static Bounded ConvolutionForward(ConvolutionShape shape, double[] x, double[] w, double[]? bias, Activation activation, int images)
    {
        var result = Bounded.Zeros(images * shape.OutputLength);
        var magnitudes = new double[result.Values.Length];
        foreach (var (from, weight, to) in ConvolutionTerms(shape, images))
        {
            var product = (from < 0 ? 0 : x[from]) * w[weight];
            result.Values[to] += product;
            magnitudes[to] += Math.Abs(product);
        }

        for (var i = 0; i < magnitudes.Length; i++)
        {
            var added = bias is null ? 0 : bias[i % shape.Filters];
            var error = (shape.PatchLength + 1) * Rounding * (magnitudes[i] + Math.Abs(added));
            (result.Values[i], result.Allowed[i]) = Activated(activation, new(result.Values[i] + added, error));
        }

        return result;
    }

    /// <summary>dw[element, filter] = the sum of x dy over all places of all images; shapes as in <see cref="ConvolutionForward"/>.</summary>
    public static Bounded ConvolutionWeightGradient(ConvolutionShape shape, double[] x, double[] dy, int images)
    {
        var result = Bounded.Zeros(shape.WeightLength);
        var terms = images * shape.Pixels;
        foreach (var (from, weight, to) in ConvolutionTerms(shape, images))
        {
            var product = (from < 0 ? 0 : x[from]) * dy[to];
            result.Values[weight] += product;
            result.Allowed[weight] += terms * Rounding * Math.Abs(product);
        }

        return result;
    }

    /// <summary>
    /// dx = (the sum of dy w over all places and filters that see the pixel) f'(a), with f' from what the layer below kept of a where it is given.
    /// </summary>
    public static Bounded ConvolutionInputGradient(ConvolutionShape shape, double[] dy, double[] w, double[]? xKept, Activation activation, int images)
    {
        var result = Bounded.Zeros(images * shape.ImageLength);
        var terms = shape.Kernel.Height * shape.Kernel.Width * shape.Filters;
        foreach (var (from, weight, to) in ConvolutionTerms(shape, images).Where(term => term.From >= 0))
        {
            var product = dy[to] * w[weight];
            result.Values[from] += product;
            result.Allowed[from] += terms * Rounding * Math.Abs(product);
        }

        for (var i = 0; xKept is not null && i < xKept.Length; i++)
        {
            (result.Values[i], result.Allowed[i]) = Sloped(result.Values[i], result.Allowed[i], activation, xKept[i]);
        }

        return result;
    }

    /// <summary>Every product of a convolution: which element of x (below 0 in the padding) by which of w goes into which of y.</summary>
    private static IEnumerable<(int From, int Weight, int To)> ConvolutionTerms(ConvolutionShape shape, int images)
    {
        for (var to = 0; to < images * shape.OutputLength; to++)
        {
            var (filter, place) = (to % shape.Filters, to / shape.Filters);
            var (image, row, column) = (place / shape.Pixels, place % shape.Pixels / shape.Output.Width, place % shape.Output.Width);
            for (var weight = 0; weight < shape.PatchLength; weight++)
            {
                var (channel, pixel) = (weight % shape.Channels, weight / shape.Channels);
                var y = (row * shape.Stride.Height) + (pixel / shape.Kernel.Width) - shape.Padding.Height;
                var x = (column * shape.Stride.Width) + (pixel % shape.Kernel.Width) - shape.Padding.Width;
                var isInside = y >= 0 && y < shape.Image.Height && x >= 0 && x < shape.Image.Width;
                yield return (isInside ? (((((image * shape.Image.Height) + y) * shape.Image.Width) + x) * shape.Channels) + channel : -1,
                    (weight * shape.Filters) + filter, to);
            }
        }
    }
}
