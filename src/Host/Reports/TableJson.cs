using System.Text.Json;
using Gpu.Training.Data;

namespace Gpu.Host.Reports;

/// <summary>A table as <c>gpu data --json</c> shows it.</summary>
internal static class TableJson
{
    private const int FrequentValues = 10;

    /// <summary>Writes the members of the object.</summary>
    internal static void Write(Utf8JsonWriter json, Table table, TableEncoding encoding)
    {
        json.WriteString("data", string.Join(' ', table.Parts.Select(part => part.Path)));
        json.WriteString("kind", "table");
        json.WriteNumber("rows", table.Rows);
        json.WriteNumber("inputs", encoding.Features.Count);
        json.WriteStartArray("columns");
        var encodings = encoding.Columns.ToDictionary(column => column.Name, StringComparer.Ordinal);
        foreach (var column in table.Columns)
        {
            json.WriteStartObject();
            WriteColumn(json, column, encodings.GetValueOrDefault(column.Name));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("target");
        WriteTarget(json, table.Target, encoding.Target);
        json.WriteEndObject();
        json.WriteStartArray("remarks");
        foreach (var remark in table.Remarks)
        {
            json.WriteStringValue(remark);
        }

        json.WriteEndArray();
    }

    private static void WriteColumn(Utf8JsonWriter json, TableColumn column, ColumnEncoding? encoding)
    {
        json.WriteString("name", column.Name);
        json.WriteNumber("number", column.Number);
        json.WriteString("kind", ColumnKinds.NameOf(column.Kind));
        json.WriteString("why", column.Why);
        json.WriteNumber("missing", column.Missing);
        if (column.Distinct is { } distinct)
        {
            json.WriteNumber("distinct", distinct);
        }

        if (column.Kind is ColumnKind.Number or ColumnKind.Date)
        {
            WriteEnd(json, "minimum", column, column.Min);
            WriteEnd(json, "maximum", column, column.Max);
        }

        if (column.Kind == ColumnKind.Category)
        {
            json.WriteStartArray("values");
            foreach (var (value, cells) in column.Frequent(FrequentValues))
            {
                json.WriteStartObject();
                json.WriteString("value", value);
                json.WriteNumber("rows", cells);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteString("becomes", encoding?.Describe() ?? "the target");
        json.WriteNumber("inputs", encoding?.Features.Count ?? 0);
    }

    /// <summary>An end of the range: a number, or a day as text.</summary>
    private static void WriteEnd(Utf8JsonWriter json, string name, TableColumn column, double value)
    {
        if (column.Kind == ColumnKind.Date)
        {
            json.WriteString(name, column.Show(value));
        }
        else
        {
            json.Number(name, value);
        }
    }

    private static void WriteTarget(Utf8JsonWriter json, TableTarget target, TargetEncoding? encoding)
    {
        json.WriteString("name", target.Column.Name);
        json.WriteString("why", target.Why);
        json.WriteString("task", target.Task.ToString().ToLowerInvariant());
        json.WriteString("task_why", target.TaskWhy);
        if (encoding is not null)
        {
            json.Number("mean", encoding.Mean);
            json.Number("deviation", encoding.Deviation);
            return;
        }

        var labelled = target.Classes.Sum(item => item.Rows);
        json.WriteStartArray("classes");
        foreach (var (name, rows) in target.Classes)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteNumber("rows", rows);
            json.Number("share", (double)rows / labelled);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
