using Spectre.Console;

namespace Gpu.Host.Reports;

/// <summary>Tables of results on standard output: plain lines that stay readable at 80 columns, colour only on a terminal.</summary>
internal static class Tables
{
    private const int WidthInPipe = 80;

    /// <summary>A table without frame; columns whose title begins with '>' are right-aligned.</summary>
    internal static Table Create(params string[] columns)
    {
        var table = new Table { Border = TableBorder.None, ShowRowSeparators = false, UseSafeBorder = true };
        foreach (var column in columns)
        {
            var isRight = column.StartsWith('>');
            table.AddColumn(new TableColumn(new Text(isRight ? column[1..] : column, new Style(decoration: Decoration.Bold)))
            {
                Alignment = isRight ? Justify.Right : Justify.Left,
                Padding = new Padding(0, 0, 2, 0),
                NoWrap = isRight,
            });
        }

        return table;
    }

    /// <summary>A table that fits a width: the last columns, which say least, are left out where there is no room for them.</summary>
    /// <param name="width">The longest line.</param>
    /// <param name="titles">The columns, as <see cref="Create"/> takes them.</param>
    /// <param name="rows">A cell for each column.</param>
    internal static Table Fit(int width, string[] titles, IReadOnlyList<string[]> rows)
    {
        const int Gap = 2;
        int Width(int column) => rows.Select(row => row[column].Length).Append(titles[column].TrimStart('>').Length).Max() + Gap;
        var shown = titles.Length;
        // The gap behind the last column counts, and the column in which the cursor stands is there for it.
        while (shown > 2 && Enumerable.Range(0, shown).Sum(Width) - 1 > width)
        {
            shown--;
        }

        var table = Create(titles[..shown]);
        foreach (var row in rows)
        {
            table.Add(row[..shown]);
        }

        return table;
    }

    /// <summary>Adds a row; texts are taken as they are, without markup.</summary>
    internal static void Add(this Table table, params IEnumerable<string> cells) => table.AddRow(cells.Select(cell => new Text(cell)));

    /// <summary>Writes a table, without the blanks that fill its lines.</summary>
    internal static void Write(TextWriter output, Table table)
    {
        using var buffer = new StringWriter();
        var isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(buffer),
            Ansi = isTerminal && HasColor() ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = isTerminal && HasColor() ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = isTerminal && Console.WindowWidth > 0 ? Console.WindowWidth : WidthInPipe;
        console.Write(table);
        foreach (var line in buffer.ToString().TrimEnd().Split('\n'))
        {
            output.WriteLine(line.TrimEnd());
        }

        output.Flush();
    }

    private static bool HasColor() =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb";
}
