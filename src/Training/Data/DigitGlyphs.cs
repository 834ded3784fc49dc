namespace Gpu.Training.Data;

/// <summary>One stroke of the pen: points that it passes (straight) or is drawn towards (smooth).</summary>
/// <param name="Smooth">
/// Whether the points are those of a quadratic B-spline, which runs through the first, the last and the middles between.
/// </param>
/// <param name="Points">x, y, x, y, ... in hundredths of the box that the digit fills; x to the right, y down.</param>
internal readonly record struct DigitStroke(bool Smooth, int[] Points);

/// <summary>The ways in which people write the ten digits.</summary>
internal static class DigitGlyphs
{
    /// <summary>Ways to write each digit: digit, way, strokes.</summary>
    public static DigitStroke[][][] All { get; } =
    [
        [
            [Smooth(52, 2, 22, 4, 12, 34, 12, 66, 22, 98, 50, 98, 78, 96, 88, 66, 88, 34, 78, 2, 46, 2)],
            [Smooth(60, 4, 30, 2, 10, 40, 16, 92, 44, 98, 74, 98, 92, 60, 84, 8, 52, 2, 40, 10)],
        ],
        [
            [Straight(52, 0, 50, 50, 48, 100)],
            [Straight(34, 22, 56, 0, 54, 50, 52, 100)],
            [Straight(36, 20, 54, 0, 53, 50, 52, 98), Straight(30, 99, 52, 98, 76, 99)],
        ],
        [
            [Smooth(14, 24, 24, 0, 60, -4, 86, 12, 84, 42, 50, 66, 12, 98), Straight(12, 98, 50, 96, 90, 98)],
            [Smooth(16, 22, 30, -2, 76, -4, 86, 30, 62, 66, 34, 96, 8, 96, 10, 76, 40, 76, 62, 100, 92, 90)],
        ],
        [
            [Smooth(16, 12, 36, -2, 84, -2, 88, 36, 62, 48, 38, 48), Smooth(40, 47, 72, 46, 96, 62, 88, 96, 40, 106, 10, 86)],
            [Straight(16, 3, 50, 2, 84, 4, 46, 42), Smooth(46, 42, 80, 40, 96, 64, 84, 98, 40, 104, 10, 88)],
        ],
        [
            [Straight(60, 0, 34, 34, 8, 66, 50, 66, 94, 64), Straight(66, 34, 64, 66, 62, 100)],
            [Smooth(18, 2, 16, 30, 10, 56, 40, 58, 78, 52), Straight(80, 0, 76, 50, 70, 100)],
        ],
        [
            [Straight(84, 2, 52, 3, 24, 4, 20, 42), Smooth(20, 42, 44, 32, 88, 38, 92, 72, 76, 102, 34, 104, 10, 86)],
            [Smooth(86, 0, 56, 6, 24, 2, 22, 22, 16, 46, 40, 40, 84, 40, 88, 84, 62, 102, 30, 100, 12, 92)],
        ],
        [
            [Smooth(72, 0, 40, 10, 14, 46, 12, 78, 24, 104, 62, 102, 88, 92, 84, 58, 54, 50, 30, 58, 16, 76)],
            [Smooth(60, 0, 30, 24, 10, 70, 26, 102, 66, 102, 90, 76, 70, 54, 36, 60, 20, 84)],
        ],
        [
            [Straight(10, 4, 50, 3, 90, 3, 62, 50, 40, 100)],
            [Straight(12, 5, 50, 4, 88, 2, 60, 50, 44, 100), Straight(36, 52, 58, 51, 80, 49)],
            [Smooth(10, 18, 14, 2, 40, 8, 92, 2, 76, 36, 48, 60, 46, 100)],
        ],
        [
            [Smooth(78, 14, 56, -6, 18, 0, 16, 30, 40, 46, 90, 62, 92, 96, 50, 106, 8, 96, 12, 62, 56, 46, 86, 30, 76, 12)],
            [
                Smooth(50, 2, 18, 2, 18, 44, 50, 46, 82, 44, 82, 2, 48, 2),
                Smooth(50, 46, 10, 48, 8, 98, 50, 98, 92, 98, 90, 48, 48, 46),
            ],
        ],
        [
            [Smooth(84, 20, 72, -4, 24, -4, 12, 26, 20, 54, 62, 54, 84, 26), Straight(84, 18, 80, 60, 74, 100)],
            [Smooth(80, 14, 56, -6, 16, 4, 14, 40, 40, 56, 80, 40, 82, 10, 86, 50, 78, 98, 46, 102, 20, 92)],
        ],
    ];

    private static DigitStroke Smooth(params int[] points) => new(true, points);

    private static DigitStroke Straight(params int[] points) => new(false, points);
}
