using System.Globalization;
using System.Text;
using Gpu.Fuzzing.Mutations;

namespace Gpu.Fuzzing.Formats;

/// <summary>Tables of samples.</summary>
internal class CsvFormat : DataFormat
{
    private const string FileName = "table.csv";

    private static readonly string[] _cells =
    [
        "\"1\"", "\"1,2\"", "\"a\nb\"", "\"\"\"\"", "1\"2", "\"1\" ", " 1 ", "1;2", "1\t2", "label", "LABEL", "pixel0", "#1", "1.0", "01", "001", "0001", "2 55",
    ];

    public override string Name => "csv";

    /// <summary>A table of 4 pixels and two classes.</summary>
    internal static byte[] Small() => Encoding.UTF8.GetBytes(Table(24, "label,pixel0,pixel1,pixel2,pixel3", row => $"{row % 2},"));

    protected override IEnumerable<FuzzInput> MakeValid()
    {
        yield return new FuzzInput(FileName, Small());
        yield return new FuzzInput(FileName, Encoding.UTF8.GetBytes(Table(7, "pixel0,pixel1,pixel2,pixel3", _ => "")));
        yield return new FuzzInput(FileName, Encoding.UTF8.GetBytes("a,\"b\",Label\r\n1,\"2\", 0\r\n3,4,1\r\n\r\n255,0,2"));
    }

    protected override FuzzInput Mutate(FuzzInput valid, FuzzRandom random)
    {
        var bytes = valid.Content;
        return new FuzzInput(FileName, random.Below(40) switch
        {
            < 14 => ByteMutations.Mutate(bytes, random),
            < 28 => Cells(bytes, random),
            < 34 => Rows(bytes, random),
            < 37 => TextMutations.Encode(bytes, random),
            37 => Large(random),
            _ => random.OneIn(2) ? ByteMutations.Replace(bytes, random) : ByteMutations.Splice(bytes, random.Pick(Valid).Content, random),
        });
    }

    private static string Table(int rows, string header, Func<int, string> label)
    {
        var text = new StringBuilder(header).Append('\n');
        for (var row = 0; row < rows; row++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{label(row)}{row * 7 % 256},{255 - row},{row},0\n");
        }

        return text.ToString();
    }

    /// <summary>One to four cells hold something else, or are missing, or stand twice.</summary>
    private static byte[] Cells(byte[] bytes, FuzzRandom random)
    {
        var rows = Encoding.UTF8.GetString(bytes).Split('\n').Select(row => row.Split(',').ToList()).ToList();
        for (var times = random.Size(4); times > 0; times--)
        {
            var row = random.OneIn(4) ? rows[0] : random.Pick(rows);
            var column = random.Below(row.Count);
            switch (random.Below(8))
            {
                case 0: row.Insert(column, row[column]); break;
                case 1 when row.Count > 1: row.RemoveAt(column); break;
                case 2: row[column] = TextMutations.Long(random); break;
                case 3: row[column] = random.Pick(_cells); break;
                case 4: row[column] = $"{random.Pick(ByteMutations.Numbers)}"; break;
                default: row[column] = random.Pick(TextMutations.Values); break;
            }
        }

        return Encoding.UTF8.GetBytes(string.Join('\n', rows.Select(row => string.Join(',', row))));
    }

    /// <summary>Rows stand twice, in another order or not at all; a column is gone or doubled in all of them.</summary>
    private static byte[] Rows(byte[] bytes, FuzzRandom random)
    {
        var rows = Encoding.UTF8.GetString(bytes).Split('\n').ToList();
        var at = random.Below(rows.Count);
        switch (random.Below(6))
        {
            case 0: rows.RemoveAt(at); break;
            case 1: rows.Insert(at, rows[random.Below(rows.Count)]); break;
            case 2: rows.Reverse(); break;
            case 3: rows = [.. rows.Select(row => row[(row.IndexOf(',', StringComparison.Ordinal) + 1)..])]; break;
            case 4: rows = [.. rows.Select(row => row.Length == 0 ? row : row + "," + row)]; break;
            default: rows = [.. rows.Select(row => row.Replace(',', random.Pick([';', '\t', ' ', '|'])))]; break;
        }

        return Encoding.UTF8.GetBytes(string.Join('\n', rows));
    }

    /// <summary>Very many columns, empty columns, rows, or quotes.</summary>
    private static byte[] Large(FuzzRandom random)
    {
        var most = random.OneIn(20) ? 4_000_000 : 1000 * random.Size(20);
        return Encoding.UTF8.GetBytes(random.Below(6) switch
        {
            0 => new StringBuilder("label").Insert(0, "p,", most / 2).Append("\n1").ToString(),
            1 => new string(',', most),
            2 => new StringBuilder("p\n").Insert(2, "1\n", most / 2).ToString(),
            3 => "label,p\n1,\"" + new string('1', most),
            4 => "label,p\n" + new string('\n', most),
            _ => new StringBuilder("label,p\n").Insert(8, "\"", most).ToString(),
        });
    }
}
