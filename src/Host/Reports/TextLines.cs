namespace Gpu.Host.Reports;

/// <summary>How wide the lines of standard output may be, and sentences cut to it.</summary>
internal static class TextLines
{
    private const int InPipe = 80;

    /// <summary>A terminal with fewer columns gets lines of so many.</summary>
    private const int Least = 40;

    /// <summary>The longest line: one less than the terminal has, where the cursor stands; 79 where there is no terminal.</summary>
    internal static int Columns =>
        (Console.IsOutputRedirected || Console.WindowWidth <= 0 ? InPipe : Math.Max(Least, Console.WindowWidth)) - 1;

    /// <summary>A sentence in lines of at most so many characters; a longer word has a line of its own.</summary>
    internal static IEnumerable<string> Wrap(string sentence, int width)
    {
        var line = "";
        foreach (var word in sentence.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }

            line = line.Length == 0 ? word : $"{line} {word}";
        }

        yield return line;
    }
}
