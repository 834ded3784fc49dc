using Gpu.Training.Data;
using Gpu.Training.Files;

namespace Gpu.Host.Reports;

/// <summary>What <c>gpu data</c> shows of a table: rows, columns and what becomes of each, the target and its classes.</summary>
/// <param name="table">The table.</param>
/// <param name="encoding">What becomes of it, fitted on the rows that have a target.</param>
internal sealed class TableReport(Table table, TableEncoding encoding)
{
    private const int MostClasses = 20;
    private const int FrequentValues = 3;
    private const int LongestName = 22;
    private const int LongestValue = 14;

    /// <summary>More columns of one kind than this, numbered alike, are shown as one line.</summary>
    private const int MostAlike = 8;

    private readonly Dictionary<string, ColumnEncoding> _encodings = encoding.Columns.ToDictionary(column => column.Name, StringComparer.Ordinal);

    /// <summary>Lines of at most 80 columns.</summary>
    internal void WriteText(TextWriter output)
    {
        foreach (var part in table.Parts)
        {
            Write(output, part.Separator == TablePart.Parquet ? $"{Seen(part.Path)}: {part.Rows:N0} rows, a Parquet file" : $"{Seen(part.Path)}: {part.Rows:N0} rows, separated by {part.Separator}, {(part.HasHeader ? "with a header" : "without a header")}");
        }

        Write(output, $"{table.Columns.Count:N0} columns, which make {encoding.Features.Count:N0} inputs");
        output.WriteLine();
        var lines = new TextTable("column", "kind", ">missing", "values", "becomes") { LongestName = LongestName };
        foreach (var columns in Alike())
        {
            lines.Add(
                columns.Count == 1 ? Seen(columns[0].Name) : $"{Seen(columns[0].Name)} to {Seen(columns[^1].Name)} ({columns.Count:N0})",
                ColumnKinds.NameOf(columns[0].Kind), columns.Sum(column => column.Missing) is > 0 and var missing ? $"{missing:N0}" : "", Values(columns), Fate(columns[0]));
        }

        Tables.Write(output, lines, TextLines.InTerminal);
        WriteLegend(output);
        output.WriteLine();
        WriteTarget(output);
        output.WriteLine();
        Write(output, table.IsBytes ? $"gpu train takes this table as it is, with --target {table.Target.Column.Name}."
            : $"gpu train --target {table.Target.Column.Name} trains on this table.");
    }

    /// <summary>One object.</summary>
    internal void WriteJson(JsonLine line) => line.Write(json => TableJson.Write(json, table, encoding));

    /// <summary>What the short words of the table mean, of those that stand in it.</summary>
    private void WriteLegend(TextWriter output)
    {
        if (table.IsBytes || encoding.Columns.All(column => column is LeftOutEncoding))
        {
            return;
        }

        output.WriteLine();
        if (encoding.Columns.Any(column => column is NumberEncoding))
        {
            Write(output, "(x - median) / spread between the quartiles, clipped smoothly so that it stays within 3; "
                + "a missing number is the median, and a flag is 1 where it is missing");
        }

        if (encoding.Bins > 0)
        {
            Write(output, "bins: an input for each part of the range with as many rows, which goes from 0 to 1 within it");
        }

        if (encoding.Columns.Any(column => column is CategoryEncoding { IsEmbedded: false }))
        {
            Write(output, "one-hot: an input for each value, all 0 for one that was not seen");
        }

        if (encoding.EmbeddedValues.Count > 0)
        {
            Write(output, $"vectors: {CategoryEncoding.UsualWidth} learned numbers for each value, all 0 for one that was not seen");
        }
    }

    private void WriteTarget(TextWriter output)
    {
        var target = table.Target;
        Write(output, $"target: {Cut(target.Column.Name, 2 * LongestName)}, {target.Why}");
        if (target.Task == TableTask.Regress)
        {
            Write(output, $"a quantity, {target.TaskWhy}");
            Write(output, $"{target.Column.Show(target.Column.Min)} to {target.Column.Show(target.Column.Max)}, mean {target.Column.Show(encoding.Target!.Mean)}, deviation {encoding.Target.Deviation:G5}");
            return;
        }

        Write(output, $"{target.Classes.Count:N0} classes, {target.TaskWhy}");
        output.WriteLine();
        var labelled = target.Classes.Sum(item => item.Rows);
        var classes = new TextTable("class", ">rows", ">share");
        foreach (var (name, rows) in target.Classes.Take(MostClasses))
        {
            classes.Add(Cut(name, 2 * LongestName), $"{rows:N0}", Format.Percent((double)rows / labelled));
        }

        if (target.Classes.Count > MostClasses)
        {
            classes.Add($"and {target.Classes.Count - MostClasses:N0} more", $"{target.Classes.Skip(MostClasses).Sum(item => item.Rows):N0}", "");
        }

        Tables.Write(output, classes, TextLines.InTerminal);
    }

    /// <summary>The columns in their order, those together that are numbered one after the other and are of one kind.</summary>
    private List<List<TableColumn>> Alike()
    {
        var groups = new List<List<TableColumn>>();
        foreach (var column in table.Columns)
        {
            if (groups.Count > 0 && IsAlike(groups[^1][^1], column))
            {
                groups[^1].Add(column);
            }
            else
            {
                groups.Add([column]);
            }
        }

        return [.. groups.SelectMany(group => group.Count > MostAlike ? [group] : group.Select(column => new List<TableColumn> { column }))];
    }

    private bool IsAlike(TableColumn first, TableColumn second) =>
        first.Kind == second.Kind && first.Number != table.Target.Column.Number && second.Number != table.Target.Column.Number
        && Stem(first.Name) is { Length: > 0 } stem && stem == Stem(second.Name) && stem.Length < first.Name.Length;

    private static string Stem(string name) => name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');

    private string Values(List<TableColumn> columns)
    {
        var column = columns[0];
        if (column.Number == table.Target.Column.Number && table.Target.Task == TableTask.Classify)
        {
            return "as below";
        }

        if (column.Kind is ColumnKind.Number or ColumnKind.Date || (column.Kind == ColumnKind.Id && !double.IsNaN(column.Min)))
        {
            return $"{column.Show(columns.Min(c => c.Min))} to {column.Show(columns.Max(c => c.Max))}";
        }

        if (column.Kind != ColumnKind.Category)
        {
            return column.Distinct is { } distinct ? $"{distinct:N0} different" : column.Kind == ColumnKind.Ignored ? "" : "many";
        }

        var rest = (column.Distinct ?? 0) - FrequentValues;
        return string.Join(", ", column.Frequent(FrequentValues).Select(pair => $"{Cut(pair.Value, LongestValue)} {pair.Cells:N0}")) + (rest > 0 ? $", {rest:N0} more" : "");
    }

    private string Fate(TableColumn column) =>
        column.Number == table.Target.Column.Number ? "the target"
        : table.IsBytes && column.Kind == ColumnKind.Number ? "bytes, as --scale has it"
        : column.Kind == ColumnKind.Date ? $"days since 2000, {_encodings[column.Name].Describe()}"
        : _encodings[column.Name].Describe();

    private static void Write(TextWriter output, string sentence) => TextLines.Write(output, sentence, TextLines.Columns);

    private static string Cut(string text, int longest) => text.Length <= longest ? Seen(text) : Seen(text[..(longest - 2)]) + "..";

    /// <summary>A stranger's text must not steer the terminal.</summary>
    private static string Seen(string text) => VisibleText.Of(text);
}
