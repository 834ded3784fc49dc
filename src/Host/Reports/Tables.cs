using Spectre.Console;

namespace Gpu.Host.Reports;

/// <summary>Tables of results on standard output: plain lines that stay readable at any width from 40 columns on, colour only on a terminal.</summary>
internal static class Tables
{
    private const int WidthInPipe = 79;

    /// <summary>The longest line in which a cell of several lines is no longer read easily.</summary>
    private const int Narrow = 60;

    /// <summary>Writes a table: its columns beside one another, or, where these would have to break words, row by row.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="table">The table.</param>
    /// <param name="width">The longest line of a terminal; null for a pipe, whose reader looks for rows and gets as long ones as words take.</param>
    internal static void Write(TextWriter output, TextTable table, int? width)
    {
        if (table.Fit(width ?? WidthInPipe, width is null ? 0 : Narrow) is { } beside)
        {
            WriteBeside(output, table, beside.Widths, beside.Gap);
        }
        else if (width is { } columns)
        {
            WriteRows(output, table, columns);
        }
        else
        {
            WriteBeside(output, table, table.Words, gap: 2);
        }

        output.Flush();
    }

    /// <summary>Writes the columns beside one another, without the blanks that fill the lines.</summary>
    private static void WriteBeside(TextWriter output, TextTable table, int[] widths, int gap)
    {
        var grid = new Table { Border = TableBorder.None, ShowRowSeparators = false, UseSafeBorder = true };
        for (var column = 0; column < widths.Length; column++)
        {
            grid.AddColumn(new TableColumn(new Text(table.Titles[column], new Style(decoration: Decoration.Bold)))
            {
                Alignment = table.IsRight(column) ? Justify.Right : Justify.Left,
                Padding = new Padding(0, 0, gap, 0),
                Width = widths[column],
                NoWrap = table.IsRight(column),
            });
        }

        foreach (var row in table.Rows)
        {
            grid.AddRow(Enumerable.Range(0, widths.Length).Select(column => new Text(table.Beside(row, column))));
        }

        using var buffer = new StringWriter();
        var hasColor = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected && HasColor();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(buffer),
            Ansi = hasColor ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = hasColor ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = widths.Sum() + (gap * widths.Length);
        console.Write(grid);
        foreach (var line in buffer.ToString().TrimEnd().Split('\n'))
        {
            output.WriteLine(line.TrimEnd());
        }
    }

    /// <summary>Writes each row as its name and, below it, its cells with their titles: numbers in one sentence, each text in its own.</summary>
    private static void WriteRows(TextWriter output, TextTable table, int width)
    {
        const string Indent = "  ";
        foreach (var row in table.Rows)
        {
            var isNew = row[0].Length > 0;
            var filled = Enumerable.Range(1, row.Length - 1).Where(column => row[column].Length > 0).ToList();
            string Say(int column) => isNew ? $"{table.Titles[column]}{(table.IsRight(column) ? "" : ":")} {row[column]}" : row[column];
            if (isNew)
            {
                output.WriteLine(TextLines.Short(row[0], width));
            }

            var numbers = string.Join(", ", filled.Where(table.IsRight).Select(Say));
            foreach (var sentence in filled.Where(column => !table.IsRight(column)).Select(Say).Append(numbers).Where(sentence => sentence.Length > 0))
            {
                TextLines.Write(output, Indent + sentence, width, hang: 2 * Indent.Length);
            }
        }
    }

    private static bool HasColor() =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb";
}
