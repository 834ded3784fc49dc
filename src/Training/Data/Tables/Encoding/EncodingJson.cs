using System.Text.Json;

namespace Gpu.Training.Data;

/// <summary>
/// An encoding as one JSON object, as the metadata of a model will hold it: the same encoding is always the same text, and numbers come back with
/// their bits.
/// </summary>
public static class EncodingJson
{
    /// <summary>Writes the members of the object.</summary>
    public static void Write(Utf8JsonWriter json, TableEncoding encoding)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(encoding);
        json.WriteStartArray("columns");
        foreach (var column in encoding.Columns)
        {
            json.WriteStartObject();
            json.WriteString("name", column.Name);
            WriteColumn(json, column);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (encoding.Target is { } target)
        {
            json.WriteStartObject("target");
            json.WriteNumber("mean", target.Mean);
            json.WriteNumber("deviation", target.Deviation);
            json.WriteEndObject();
        }
    }

    /// <summary>Reads an encoding that was written so.</summary>
    /// <param name="source">Where it stands, for messages.</param>
    /// <param name="json">The object.</param>
    /// <exception cref="TrainingException">It is none.</exception>
    public static TableEncoding Read(string source, JsonElement json)
    {
        try
        {
            var columns = json.GetProperty("columns").EnumerateArray().Select(ReadColumn).ToArray();
            TargetEncoding? target = json.TryGetProperty("target", out var found)
                ? new TargetEncoding(found.GetProperty("mean").GetDouble(), found.GetProperty("deviation").GetDouble()) : null;
            return columns.DistinctBy(column => column.Name, StringComparer.Ordinal).Count() == columns.Length && target is null or { Deviation: > 0 }
                ? new TableEncoding(columns, target) : throw new FormatException();
        }
        catch (Exception cause) when (cause is KeyNotFoundException or InvalidOperationException or FormatException or JsonException or ArgumentException)
        {
            throw TrainingException.BadModelFile($"{source}: expected the encoding of a table, found one that is damaged, or of a later version; get the file again.", cause);
        }
    }

    private static void WriteColumn(Utf8JsonWriter json, ColumnEncoding column)
    {
        switch (column)
        {
            case NumberEncoding number:
                json.WriteString("kind", ColumnKinds.NameOf(number.Days is null ? ColumnKind.Number : ColumnKind.Date));
                json.WriteNumber("median", number.Median);
                json.WriteNumber("spread", number.Spread);
                json.WriteBoolean("flag", number.HasFlag);
                if (number.Days is { } order)
                {
                    json.WriteString("order", order.ToString());
                }

                if (number.Bins.Count > 0)
                {
                    json.WriteStartArray("edges");
                    foreach (var edge in number.Bins.Edges)
                    {
                        json.WriteNumberValue(edge);
                    }

                    json.WriteEndArray();
                }

                break;
            case CategoryEncoding category:
                json.WriteString("kind", "category");
                json.WriteStartArray("values");
                foreach (var value in category.Values)
                {
                    json.WriteStringValue(value);
                }

                json.WriteEndArray();
                if (category.IsEmbedded)
                {
                    json.WriteBoolean("embedded", true);
                }

                break;
            default:
                json.WriteString("kind", "left-out");
                json.WriteString("why", ((LeftOutEncoding)column).Why);
                break;
        }
    }

    private static ColumnEncoding ReadColumn(JsonElement json)
    {
        var name = json.GetProperty("name").GetString() ?? throw new FormatException();
        switch (json.GetProperty("kind").GetString())
        {
            case "number" or "date":
                DateOrder? order = json.TryGetProperty("order", out var days) ? ReadOrder(days.GetString()) : null;
                var number = new NumberEncoding(
                    name, json.GetProperty("median").GetSingle(), json.GetProperty("spread").GetSingle(), json.GetProperty("flag").GetBoolean(), order);
                number = json.TryGetProperty("edges", out var edges)
                    ? number with { Bins = NumberBins.Of([.. edges.EnumerateArray().Select(edge => edge.GetSingle())], number.Median) ?? throw new FormatException() } : number;
                return float.IsFinite(number.Median) && float.IsFinite(number.Spread) && number.Spread > 0 ? number : throw new FormatException();
            case "category":
                string?[] values = [.. json.GetProperty("values").EnumerateArray().Select(value => value.GetString())];
                var isEmbedded = json.TryGetProperty("embedded", out var embedded) && embedded.GetBoolean();
                return values.Length > 1 && values.Distinct(StringComparer.Ordinal).Count() == values.Length && !values.SkipLast(1).Contains(null)
                    ? new CategoryEncoding(name, values) { IsEmbedded = isEmbedded } : throw new FormatException();
            case "left-out":
                return new LeftOutEncoding(name, json.GetProperty("why").GetString() ?? "");
            default:
                throw new FormatException();
        }
    }

    private static DateOrder ReadOrder(string? text) =>
        Enum.GetValues<DateOrder>() is var orders && Array.FindIndex(orders, order => order.ToString() == text) is >= 0 and var place ? orders[place] : throw new FormatException();
}
