using Gpu.Training.Tests;

namespace Gpu.Host.Tests;

/// <summary>How a digit is drawn and photographed.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Height">Rows of the picture.</param>
/// <param name="Width">Columns of it.</param>
/// <param name="Size">The digit's height, as a share of the rows.</param>
/// <param name="X">Where the digit's middle is, as a share of the columns.</param>
/// <param name="Y">And of the rows.</param>
/// <param name="Pen">The width of the pen, as a share of the digit's height.</param>
/// <param name="Paper">The grey of the paper.</param>
/// <param name="Ink">The grey of the ink.</param>
/// <param name="Tilt">How far it leans: the share of its height that its top is to the right of its foot.</param>
/// <param name="Turn">By how many degrees it is turned.</param>
/// <param name="Noise">The grain of the picture, in greys.</param>
/// <param name="Shade">How much darker the right side is than the left, in greys.</param>
/// <param name="Blur">Pixels over which an edge goes from paper to ink.</param>
/// <param name="Ruling">Pixels from one faint line of squared paper to the next; 0 for plain paper.</param>
/// <param name="Jpeg">The step of quantization of a JPEG file in colour, on yellowish paper; 0 for a PNG file in grey.</param>
internal sealed record DrawingStyle(
    string Name, int Height, int Width, double Size, double X, double Y, double Pen, int Paper, int Ink, double Tilt = 0.1, double Turn = 0, double Noise = 0,
    double Shade = 0, double Blur = 1, int Ruling = 0, int Jpeg = 0)
{
    /// <summary>How much darker the lines of squared paper are than the paper, in greys.</summary>
    private const int RulingDepth = 28;

    /// <summary>The styles that the ways of fitting were chosen by.</summary>
    internal static DrawingStyle[] Chosen { get; } =
    [
        new("ink", 200, 200, 0.6, 0.5, 0.5, 0.1, 255, 10),
        new("thin", 240, 180, 0.6, 0.45, 0.5, 0.02, 250, 30),
        new("tilted", 200, 200, 0.55, 0.5, 0.5, 0.1, 255, 20, Tilt: 0.35, Turn: 6),
        new("noisy", 160, 160, 0.6, 0.5, 0.5, 0.1, 215, 60, Noise: 14),
        new("small in a large photograph", 600, 800, 0.15, 0.3, 0.6, 0.1, 230, 40, Noise: 4, Shade: 12),
    ];

    /// <summary>Those that only judge.</summary>
    internal static DrawingStyle[] Judging { get; } =
    [
        new("pencil", 220, 200, 0.6, 0.5, 0.5, 0.045, 245, 150, Noise: 6),
        new("thick", 200, 200, 0.65, 0.5, 0.5, 0.2, 255, 0),
        new("off-centre", 300, 300, 0.4, 0.74, 0.28, 0.09, 255, 25, Tilt: -0.1),
        new("coloured paper", 200, 260, 0.5, 0.5, 0.5, 0.09, 150, 40, Turn: -7, Shade: 25),
        new("chalk on a board", 400, 400, 0.7, 0.5, 0.5, 0.06, 45, 215, Tilt: 0.2, Noise: 9),
    ];

    /// <summary>Those that were drawn when all of the above was settled, so that nobody can have chosen by them.</summary>
    internal static DrawingStyle[] Fresh { get; } =
    [
        new("large", 220, 200, 0.96, 0.5, 0.5, 0.09, 250, 30),
        new("blurred photograph", 480, 360, 0.35, 0.4, 0.45, 0.1, 190, 70, Noise: 3, Blur: 9, Jpeg: 12),
        new("coarse photograph", 320, 240, 0.5, 0.6, 0.5, 0.08, 210, 50, Tilt: 0.25, Shade: 18, Jpeg: 40),
        new("squared paper", 300, 300, 0.5, 0.45, 0.55, 0.07, 250, 50, Ruling: 25),
        new("blunt pencil in the dusk", 260, 200, 0.55, 0.5, 0.45, 0.13, 95, 55, Tilt: 0, Turn: 5, Noise: 5),
    ];

    /// <summary>How files of the style end.</summary>
    internal string Ending => Jpeg > 0 ? ".jpg" : ".png";

    public override string ToString() => Name;

    /// <summary>A digit in this style, as a file.</summary>
    internal byte[] Draw(int digit)
    {
        var pixels = Greys(digit);
        return Jpeg == 0 ? PictureBytes.Png(pixels, Height, Width) : JpegBytes.Build(Height, Width, Jpeg, (y, x) =>
        {
            var grey = pixels[(y * Width) + x];
            return (grey, 0.97 * grey, 0.8 * grey);
        });
    }

    private byte[] Greys(int digit)
    {
        var random = new System.Random(digit + (Name.Length * 100));
        var turn = Turn * Math.PI / 180;
        var height = Size * Height;
        List<List<(double X, double Y)>> lines =
        [
            .. DrawnDigits.Lines(digit).Select(line => line.Select(point =>
            {
                var (x, y) = ((((point.X - 0.5) * 0.66) - (Tilt * (point.Y - 0.5))) * height, (point.Y - 0.5) * height);
                return ((X * Width) + (x * Math.Cos(turn)) - (y * Math.Sin(turn)), (Y * Height) + (x * Math.Sin(turn)) + (y * Math.Cos(turn)));
            }).ToList()),
        ];
        var pixels = new byte[Height * Width];
        double[] grains = [.. pixels.Select(_ => Noise * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5))];
        Parallel.For(0, pixels.Length, i =>
        {
            var (x, y) = ((i % Width) + 0.5, (i / Width) + 0.5);
            var near = lines.Min(line => line.Zip(line.Skip(1)).Min(piece => Distance(x, y, piece.First, piece.Second)));
            var cover = Math.Clamp((((Pen * height / 2) - near) / Blur) + 0.5, 0, 1);
            var isRuled = Ruling > 0 && ((i % Width % Ruling) == 0 || (i / Width % Ruling) == 0);
            var paper = Paper - (Shade * ((double)(i % Width) / Width)) - (isRuled ? RulingDepth : 0);
            pixels[i] = (byte)Math.Clamp(paper + (cover * (Ink - paper)) + grains[i], 0, 255);
        });

        return pixels;
    }

    private static double Distance(double x, double y, (double X, double Y) a, (double X, double Y) b)
    {
        var (dx, dy) = (b.X - a.X, b.Y - a.Y);
        var t = Math.Clamp((((x - a.X) * dx) + ((y - a.Y) * dy)) / Math.Max((dx * dx) + (dy * dy), 1e-12), 0, 1);
        return Math.Sqrt(Math.Pow(x - a.X - (t * dx), 2) + Math.Pow(y - a.Y - (t * dy), 2));
    }
}
