using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Gpu.Fuzzing.Mutations;

/// <summary>Damage to JSON that leaves most of it in shape, so that it gets past the parser.</summary>
internal static class JsonMutations
{
    private static readonly string[] _junk =
    [
        ",", ":", "}", "]", "{", "[", "\"", "//x\n", "/* x */", "\0", "NaN", "Infinity", "\uFEFF", "tru", "-", "1.", "01", "'x'", "\u00A0", "\\u0041",
    ];

    /// <summary>One to three changes.</summary>
    internal static byte[] Mutate(byte[] json, FuzzRandom random)
    {
        var text = Encoding.UTF8.GetString(json);
        for (var times = random.Size(3); times > 0; times--)
        {
            text = Change(text, Parts.Of(text), random);
        }

        return Encoding.UTF8.GetBytes(text);
    }

    private static string Change(string text, Parts parts, FuzzRandom random)
    {
        if (parts.Values.Count == 0 || random.OneIn(12))
        {
            var at = random.Below(text.Length + 1);
            return text.Insert(at, random.Pick(_junk));
        }

        var value = random.Pick(parts.Values);
        var property = parts.Properties.Count == 0 ? value : random.Pick(parts.Properties);
        return random.Below(10) switch
        {
            0 or 1 => Put(text, value, Scalar(random)),
            2 => Put(text, value, Nested(random)),
            3 => Put(text, value, random.OneIn(2) ? Quote(TextMutations.Long(random)) : LongList(text[value], random)),
            4 => Swap(text, value, random.Pick(parts.Values)),
            5 => Put(text, property, $"{text[property]},{text[property]}"),
            6 => Remove(text, property),
            7 => Put(text, Name(text, property), Quote(random.OneIn(2) ? random.Pick(TextMutations.Values) : "x" + TextMutations.Long(random))),
            8 => Swap(text, Name(text, property), Name(text, parts.Properties.Count == 0 ? value : random.Pick(parts.Properties))),
            _ => Put(text, value, random.Pick([@"""\ud800""", @"""\u0000""", @"""\u001b[2J""", @"""\u202e""", @"""a\nb""", @"""\x""", "\"a\nb\"", @"""\u004"""])),
        };
    }

    private static string Scalar(FuzzRandom random) => random.Below(4) switch
    {
        0 => random.Pick(ByteMutations.Numbers).ToString(CultureInfo.InvariantCulture),
        1 => random.Pick(TextMutations.Values),
        2 => random.Pick(["null", "true", "{}", "[]", "[[]]", "{\"a\":1}", "1e400", "-0.0", "1E-400", "0.30000000000000000000000000000000000000004"]),
        _ => Quote(random.Pick(TextMutations.Values)),
    };

    /// <summary>Lists or objects in each other: a few, or a hundred thousand.</summary>
    private static string Nested(FuzzRandom random)
    {
        var depth = random.OneIn(8) ? 100_000 : random.Size(200);
        var (open, close) = random.OneIn(2) ? ("[", "]") : ("{\"a\":", "}");
        var isClosed = random.OneIn(2);
        return new StringBuilder().Insert(0, open, depth).Append('1').Insert(open.Length * depth, isClosed ? close : "", isClosed ? depth : 0).ToString();
    }

    private static string LongList(string value, FuzzRandom random) =>
        $"[{new StringBuilder().Insert(0, value.Length < 40 ? value + "," : "1,", random.OneIn(30) ? 200_000 : random.Size(2000))}1]";

    private static string Quote(string text) => JsonSerializer.Serialize(text);

    private static string Put(string text, Range place, string replacement) =>
        string.Concat(text.AsSpan(0, place.Start.Value), replacement, text.AsSpan(place.End.Value));

    private static string Swap(string text, Range one, Range other)
    {
        var (first, second) = one.Start.Value <= other.Start.Value ? (one, other) : (other, one);
        return first.End.Value > second.Start.Value
            ? text
            : string.Concat(text[..first.Start], text[second], text[first.End..second.Start], text[first] + text[second.End..]);
    }

    /// <summary>Removes a property and, most often, the comma that stood behind it.</summary>
    private static string Remove(string text, Range property)
    {
        var end = property.End.Value;
        var comma = end < text.Length && text[end] == ',' ? 1 : 0;
        return string.Concat(text.AsSpan(0, property.Start.Value), text.AsSpan(end + comma));
    }

    private static Range Name(string text, Range property)
    {
        var colon = text.IndexOf("\":", property.Start.Value, StringComparison.Ordinal);
        return colon < 0 || colon >= property.End.Value ? property : property.Start.Value..(colon + 1);
    }

    /// <summary>Where values and properties stand in a text.</summary>
    private sealed record Parts(List<Range> Values, List<Range> Properties)
    {
        internal static Parts Of(string text)
        {
            var parts = new Parts([], []);
            if (text.Length > 100_000 || text.Any(character => character > 127))
            {
                return parts;
            }

            var reader = new Utf8JsonReader(Encoding.ASCII.GetBytes(text));
            var open = new Stack<(int Start, int Property)>();
            var property = -1;
            try
            {
                while (reader.Read())
                {
                    var (start, end) = ((int)reader.TokenStartIndex, (int)reader.BytesConsumed);
                    switch (reader.TokenType)
                    {
                        case JsonTokenType.PropertyName:
                            property = start;
                            continue;
                        case JsonTokenType.StartArray or JsonTokenType.StartObject:
                            open.Push((start, property));
                            property = -1;
                            continue;
                        case JsonTokenType.EndArray or JsonTokenType.EndObject:
                            (start, property) = open.Pop();
                            break;
                    }

                    parts.Values.Add(start..end);
                    if (property >= 0)
                    {
                        parts.Properties.Add(property..end);
                        property = -1;
                    }
                }
            }
            catch (JsonException)
            {
                // What stands before the damage of an earlier change is enough.
            }

            return parts;
        }
    }
}
