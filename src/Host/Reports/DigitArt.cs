using System.Text;
using Gpu.Training.Data;

namespace Gpu.Host.Reports;

/// <summary>Draws images as text: two rows of pixels a line, since a character is about twice as high as wide.</summary>
internal static class DigitArt
{
    private const string Ramp = " .:-=+*#%@";
    private const int Gap = 4;

    /// <summary>The lines of an image, as wide as the image, without blanks at their ends.</summary>
    internal static string[] Draw(DataSet data, int sample)
    {
        var pixels = data.Sample(sample);
        var lines = new string[(data.Height + 1) / 2];
        for (var line = 0; line < lines.Length; line++)
        {
            var text = new StringBuilder(data.Width);
            for (var x = 0; x < data.Width; x++)
            {
                var upper = pixels[(2 * line * data.Width) + x];
                var lower = (2 * line) + 1 < data.Height ? pixels[(((2 * line) + 1) * data.Width) + x] : upper;
                text.Append(Ramp[(upper + lower) / 2 * Ramp.Length / 256]);
            }

            lines[line] = text.ToString().TrimEnd();
        }

        return lines;
    }

    /// <summary>Draws images with a caption each, as many beside one another as fit into the columns.</summary>
    internal static void Write(TextWriter output, DataSet data, IReadOnlyList<(int Sample, string Caption)> images, int columns)
    {
        var width = images.Max(image => Math.Max(data.Width, image.Caption.Length)) + Gap;
        var beside = Math.Max(1, (columns + Gap) / width);
        foreach (var row in images.Chunk(beside))
        {
            output.WriteLine();
            if (beside == 1)
            {
                TextLines.Write(output, row[0].Caption, columns);
            }
            else
            {
                output.WriteLine(Join(row.Select(image => image.Caption), width));
            }

            var drawings = row.Select(image => Draw(data, image.Sample)).ToArray();
            // Digits leave rows empty at the top and the bottom; no line is spent on those.
            foreach (var line in Enumerable.Range(0, drawings[0].Length).Select(y => Join(drawings.Select(d => d[y]), width)).Where(line => line.Length > 0))
            {
                output.WriteLine(line);
            }
        }
    }

    private static string Join(IEnumerable<string> cells, int width) => string.Concat(cells.Select(cell => cell.PadRight(width))).TrimEnd();
}
