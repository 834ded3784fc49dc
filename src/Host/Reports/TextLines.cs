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

    /// <summary>The longest line of a terminal; null where standard output is none: programs look for lines as they are.</summary>
    internal static int? InTerminal => Console.IsOutputRedirected ? null : Columns;

    /// <summary>Writes a sentence in lines that fit, or in one.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="sentence">The sentence.</param>
    /// <param name="columns">The longest line; null for one line.</param>
    /// <param name="hang">Blanks before all lines but the first.</param>
    internal static void Write(TextWriter output, string sentence, int? columns, int hang = 0)
    {
        foreach (var line in columns is { } width ? Wrap(sentence, width, hang) : [sentence])
        {
            output.WriteLine(line);
        }
    }

    /// <summary>A name in at most so many characters.</summary>
    internal static string Short(string name, int most) => name.Length <= most ? name : $"{name[..(most - 2)]}..";

    /// <summary>A sentence in lines of at most so many characters; a longer word has a line of its own. Blanks before it stay.</summary>
    /// <param name="sentence">The sentence.</param>
    /// <param name="width">The longest line.</param>
    /// <param name="hang">Blanks before all lines but the first.</param>
    internal static IEnumerable<string> Wrap(string sentence, int width, int hang = 0)
    {
        var words = sentence.TrimStart(' ');
        var line = new string(' ', sentence.Length - words.Length);
        var isEmpty = true;
        foreach (var word in words.Split(' '))
        {
            if (!isEmpty && line.Length + 1 + word.Length > width)
            {
                yield return line;
                (line, isEmpty) = (new string(' ', hang), true);
            }

            (line, isEmpty) = (isEmpty ? line + word : $"{line} {word}", false);
        }

        yield return line;
    }
}
