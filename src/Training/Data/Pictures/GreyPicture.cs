namespace Gpu.Training.Data;

/// <summary>A grey picture of any size, as numbers that can be worked on.</summary>
/// <param name="Values">Height x Width values, row after row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
internal sealed record GreyPicture(float[] Values, int Height, int Width)
{
    /// <summary>The value that a share of all values is not above.</summary>
    internal static float Quantile(ReadOnlySpan<float> values, double share)
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        return sorted[(int)Math.Round(share * (sorted.Length - 1))];
    }

    /// <summary>
    /// A part of it, in fewer or more pixels: each is the mean over the area that it covers. What lies outside the picture is 0.
    /// </summary>
    /// <param name="x">The left edge of the part, in pixels of this picture.</param>
    /// <param name="y">Its upper edge.</param>
    /// <param name="step">The side of a new pixel, in pixels of this picture.</param>
    /// <param name="height">New rows.</param>
    /// <param name="width">New columns.</param>
    internal GreyPicture Sample(double x, double y, double step, int height, int width)
    {
        // First along the rows, then along the columns: an area is a product of two lengths.
        var (columns, rows) = (Weights(x, step, width, Width), Weights(y, step, height, Height));
        var narrow = new float[Height * width];
        for (var row = 0; row < Height; row++)
        {
            for (var c = 0; c < width; c++)
            {
                narrow[(row * width) + c] = Sum(columns[c], at => Values[(row * Width) + at]);
            }
        }

        var small = new float[height * width];
        for (var r = 0; r < height; r++)
        {
            for (var c = 0; c < width; c++)
            {
                small[(r * width) + c] = Sum(rows[r], at => narrow[(at * width) + c]);
            }
        }

        return new GreyPicture(small, height, width);
    }

    /// <summary>The same with lines that are wider by a radius on each side: the largest value in a circle.</summary>
    internal GreyPicture Thicken(double radius)
    {
        var reach = (int)Math.Ceiling(radius);
        var wide = new float[Values.Length];
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                var largest = 0f;
                for (var dy = Math.Max(-reach, -y); dy <= Math.Min(reach, Height - 1 - y); dy++)
                {
                    for (var dx = Math.Max(-reach, -x); dx <= Math.Min(reach, Width - 1 - x); dx++)
                    {
                        // The rim of the circle counts as far as it is covered.
                        var cover = (float)Math.Clamp(radius + 0.5 - Math.Sqrt((dx * dx) + (dy * dy)), 0, 1);
                        largest = Math.Max(largest, cover * Values[((y + dy) * Width) + x + dx]);
                    }
                }

                wide[(y * Width) + x] = largest;
            }
        }

        return this with { Values = wide };
    }

    private static float Sum((int At, float Share)[] weights, Func<int, float> value)
    {
        var sum = 0f;
        foreach (var (at, share) in weights)
        {
            sum += share * value(at);
        }

        return sum;
    }

    /// <summary>Which old pixels each new one covers, and by what share of its own length.</summary>
    private static (int At, float Share)[][] Weights(double start, double step, int count, int size)
    {
        var weights = new (int, float)[count][];
        for (var i = 0; i < count; i++)
        {
            var (from, to) = (start + (i * step), start + ((i + 1) * step));
            var (first, last) = (Math.Max(0, (int)Math.Floor(from)), Math.Min(size - 1, (int)Math.Ceiling(to) - 1));
            weights[i] = last < first ? [] : [.. Enumerable.Range(first, last - first + 1).Select(at => (at, (float)((Math.Min(to, at + 1) - Math.Max(from, at)) / step)))];
        }

        return weights;
    }
}
