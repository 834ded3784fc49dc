using System.Globalization;
using System.Text;
using Gpu.Training.Files;
using Gpu.Training.Loop;

namespace Gpu.Host.Reports;

/// <summary>Writes the answers to samples, one a line, in the formats of <c>gpu predict</c>.</summary>
/// <param name="format">One of <see cref="Formats"/>.</param>
/// <param name="names">The names of the classes.</param>
/// <param name="areNamed">Whether these are names, and no numbers.</param>
/// <param name="files">What samples are called where each is a picture of its own; null where they have numbers.</param>
/// <param name="numbers">Their numbers, from 1 on; null where they are all samples there are, in order.</param>
/// <param name="output">Where to.</param>
/// <param name="columns">The longest line of a terminal; null where it is none.</param>
internal sealed class AnswerWriter(string format, string[] names, bool areNamed, IReadOnlyList<string>? files, IReadOnlyList<int>? numbers, Stream output, int? columns) : IDisposable
{
    internal const string Table = "table";
    internal const string Json = "json";
    internal const string Kaggle = "kaggle";
    internal const string Csv = "csv";
    private readonly StreamWriter _text = new(output, new UTF8Encoding(false)) { NewLine = "\n" };
    private readonly JsonLine _json = new(output, flushEachLine: false);

    /// <summary>Letters of a class's name that any terminal shows, and the columns of a probability with the gaps before it and before the name.</summary>
    private const int LongestName = 16, Probability = 15;

    private readonly string[] _shown = Shown(names, columns);
    private readonly int _width = WidthOf(names, columns);
    private readonly int _fileWidth = files is null ? "    row".Length
        : Math.Min(Math.Max("file".Length, files.Max(file => file.Length)), columns is { } most ? most - Probability - WidthOf(names, columns) : int.MaxValue);

    /// <summary>The formats, the default first.</summary>
    internal static string[] Formats { get; } = [Table, Csv, Kaggle, Json];

    /// <summary>How many answers a line has room for: the likeliest, and those next to it, one of a sample, two of a picture.</summary>
    private int Answers =>
        Math.Min(files is null ? 2 : 3, columns is { } most ? 1 + Math.Max(0, (most - _fileWidth - _width - Probability) / (_width + Probability)) : int.MaxValue);

    private static string[] Shown(string[] names, int? columns) =>
        [.. names.Select(name => TextLines.Short(VisibleText.Of(name), columns is { } most ? Math.Max(LongestName, most / 3) : int.MaxValue))];

    private static int WidthOf(string[] names, int? columns) => Math.Max("class".Length, Shown(names, columns).Max(name => name.Length));

    public void Dispose() => _text.Dispose();

    /// <summary>Writes the answers of a batch; above the first of all, a heading.</summary>
    internal void Write(AnswerBatch batch)
    {
        // Not before there is an answer: data that does not fit is refused, and nothing is written then.
        if (batch.First == 0 && format != Json)
        {
            _text.WriteLine(Header());
        }

        for (var row = 0; row < batch.Count; row++)
        {
            if (format == Json)
            {
                WriteJson(batch, row);
            }
            else
            {
                _text.WriteLine(Line(batch, row));
            }
        }
    }

    private void WriteJson(AnswerBatch batch, int row)
    {
        var (sample, answer, probabilities) = (batch.First + row, batch.Answer(row), batch.Probabilities(row).ToArray());
        _json.Write(json =>
        {
            if (files is not null)
            {
                json.WriteString("file", files[sample]);
            }
            else
            {
                json.WriteNumber("row", Number(sample));
            }

            json.WriteNumber("class", answer);
            if (areNamed)
            {
                json.WriteString("name", names[answer]);
            }

            json.WriteStartArray("probabilities");
            foreach (var probability in probabilities)
            {
                json.NumberValue(probability);
            }

            json.WriteEndArray();
        });
    }

    private string Header() => format switch
    {
        Kaggle => "ImageId,Label",
        Csv => $"{(files is null ? "row" : "file")},class,{string.Join(',', names.Select((name, c) => areNamed ? Field(name) : $"p{c}"))}",
        _ => $"{(files is null ? "    row" : "file".PadRight(_fileWidth))}  {"class".PadLeft(_width)}  probability"
            + string.Concat(Enumerable.Repeat($"  {"next".PadLeft(_width - 1)}  probability", Answers - 1)),
    };

    private string Line(AnswerBatch batch, int row)
    {
        var (sample, answer) = (batch.First + row, batch.Answer(row));
        var name = files?[sample] ?? Number(sample).ToString(CultureInfo.InvariantCulture);
        var probabilities = batch.Probabilities(row);
        if (format == Kaggle)
        {
            return $"{Field(name)},{Field(names[answer])}";
        }

        if (format == Csv)
        {
            var line = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{Field(name)},{Field(names[answer])}");
            foreach (var probability in probabilities)
            {
                line.Append(CultureInfo.InvariantCulture, $",{probability}");
            }

            return line.ToString();
        }

        var text = new StringBuilder(files is null ? $"{Number(sample),7:N0}" : TextLines.Short(name, _fileWidth).PadRight(_fileWidth));
        text.Append(CultureInfo.InvariantCulture, $"  {_shown[answer].PadLeft(_width)}  {Format.Percent(probabilities[answer]),11}");
        foreach (var next in batch.Likeliest(row, Answers).Skip(1))
        {
            text.Append(CultureInfo.InvariantCulture, $"  {_shown[next].PadLeft(_width - 1)}  {Format.Percent(probabilities[next]),11}");
        }

        return text.ToString();
    }

    private int Number(int sample) => numbers is null ? sample + 1 : numbers[sample];

    /// <summary>A name as a field of a table.</summary>
    internal static string Field(string name) => name.AsSpan().ContainsAny(",\"\r\n") ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : name;
}
