namespace Gpu.Host.Tests;

/// <summary>The ten digits as a person's lines, other ones than the built-in digits are painted by: points of curves, in hundredths of a box.</summary>
internal static class DrawnDigits
{
    private const int PointsOfACurve = 16;

    /// <summary>For each digit, its lines; each a list of x, y, x, y, ... that a Catmull-Rom curve goes through.</summary>
    private static readonly int[][][] _lines =
    [
        [[50, 0, 20, 18, 10, 50, 20, 84, 50, 100, 80, 84, 90, 50, 80, 18, 50, 0]],
        [[30, 22, 44, 12, 56, 0, 55, 34, 54, 68, 53, 100]],
        [[14, 22, 30, 3, 60, 0, 82, 14, 80, 38, 54, 66, 14, 98], [14, 98, 50, 97, 90, 98]],
        [[16, 10, 46, 0, 80, 10, 82, 32, 52, 47], [52, 47, 86, 58, 90, 82, 56, 100, 12, 90]],
        [[58, 0, 36, 32, 10, 66], [10, 66, 50, 66, 92, 65], [68, 30, 67, 64, 66, 100]],
        [[82, 2, 52, 2, 24, 3], [24, 3, 22, 22, 20, 44], [20, 44, 50, 36, 84, 52, 84, 84, 50, 100, 14, 92]],
        [[70, 0, 40, 20, 18, 54, 16, 82, 44, 100, 76, 92, 82, 68, 58, 54, 30, 62, 18, 78]],
        [[10, 4, 50, 3, 88, 3], [88, 3, 66, 34, 52, 64, 42, 100]],
        [[52, 47, 24, 30, 28, 6, 54, 0, 78, 8, 78, 30, 52, 47, 20, 68, 22, 92, 52, 100, 82, 92, 82, 68, 52, 47]],
        [[84, 22, 62, 2, 32, 2, 16, 22, 26, 46, 56, 50, 80, 34, 84, 22], [84, 22, 82, 60, 74, 100]],
    ];

    /// <summary>The lines of a digit as short straight pieces.</summary>
    internal static List<List<(double X, double Y)>> Lines(int digit) => [.. _lines[digit].Select(Curve)];

    private static List<(double X, double Y)> Curve(int[] numbers)
    {
        var points = numbers.Chunk(2).Select(pair => (X: pair[0] / 100.0, Y: pair[1] / 100.0)).ToArray();
        var curve = new List<(double, double)> { points[0] };
        for (var i = 0; i + 1 < points.Length; i++)
        {
            var (a, b, c, d) = (points[Math.Max(0, i - 1)], points[i], points[i + 1], points[Math.Min(points.Length - 1, i + 2)]);
            for (var k = 1; k <= PointsOfACurve; k++)
            {
                var t = (double)k / PointsOfACurve;
                curve.Add((Between(a.X, b.X, c.X, d.X, t), Between(a.Y, b.Y, c.Y, d.Y, t)));
            }
        }

        return curve;
    }

    private static double Between(double a, double b, double c, double d, double t) =>
        0.5 * ((2 * b) + ((c - a) * t) + (((2 * a) - (5 * b) + (4 * c) - d) * t * t) + (((3 * b) - a - (3 * c) + d) * t * t * t));
}
