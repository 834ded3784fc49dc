using Gpu.Training.Data;
using Gpu.Training.Files;
using Gpu.Training.Loop;
using Gpu.Training.Metrics;
using Gpu.Training.Models;

namespace Gpu.Host.Reports;

/// <summary>What <c>gpu eval</c> found.</summary>
internal sealed class EvalReport
{
    private const int LeastWidth = 5;
    private const int MostConfusions = 20;
    private readonly DataSet _data;
    private readonly ClassScore _answers;
    private readonly ConfusionMatrix _matrix;
    private readonly int _mostWorst;
    private readonly string[] _names;
    private readonly int _nameWidth;

    /// <summary>The samples whose label was thought least likely so far; the likeliest of them, and the last of equals, goes first.</summary>
    private readonly PriorityQueue<(int Sample, int Answer, float Probability), (float, int)> _candidates =
        new(Comparer<(float, int)>.Create((a, b) => b.CompareTo(a)));

    private (int Sample, int Answer, float Probability)[] _worst = [];
    private Evaluation _score;

    /// <summary>A report on answers that are still to be added.</summary>
    /// <param name="data">Labelled samples.</param>
    /// <param name="classes">Classes of the network.</param>
    /// <param name="areProbabilities">Whether the network gives probabilities that add up to 1.</param>
    /// <param name="worst">How many of the worst-classified samples are shown.</param>
    internal EvalReport(DataSet data, int classes, bool areProbabilities, int worst)
    {
        (_data, _answers, _mostWorst) = (data, new ClassScore(classes, areProbabilities), worst);
        _matrix = _answers.Matrix;
        _names = [.. Enumerable.Range(0, classes).Select(c => VisibleText.Of(ModelNames.NameOf(data.ClassNames, c)))];
        _nameWidth = Math.Max(LeastWidth, _names.Max(name => name.Length));
    }

    /// <summary>What the run did with the samples, where it has learned from some; null where it has not.</summary>
    internal KnownReport? Known { get; init; }

    /// <summary>Counts the answers to some samples.</summary>
    internal void Add(AnswerBatch batch)
    {
        Known?.Add(batch);
        for (var row = 0; row < batch.Count; row++)
        {
            var sample = batch.First + row;
            var (label, answer) = (_data.Labels[sample], batch.Answer(row));
            _answers.Add(label, answer, batch.Probabilities(row));
            var probability = batch.Probabilities(row)[label];
            _candidates.Enqueue((sample, answer, probability), (probability, sample));
            if (_candidates.Count > _mostWorst)
            {
                _candidates.Dequeue();
            }
        }
    }

    /// <summary>Notes loss and right answers, once all samples were added.</summary>
    internal void End(Evaluation score)
    {
        _score = score;
        _worst = [.. _candidates.UnorderedItems.OrderBy(item => item.Priority).Select(item => item.Element)];
    }

    /// <summary>The report as text.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="columns">The longest line of a terminal; null where it is none.</param>
    internal void WriteText(TextWriter output, int? columns)
    {
        TextLines.Write(output, $"accuracy {Format.Percent(_score.Accuracy)} +- {Format.Percent(_score.StandardError)} ({Format.Matches(_score)}), loss {Format.Loss(_score.Loss)}", columns);
        foreach (var line in ScoreText.Lines(_answers))
        {
            TextLines.Write(output, line, columns);
        }

        Known?.WriteText(output, columns);
        output.WriteLine();
        WriteMatrix(output, columns ?? TextLines.Columns);
        output.WriteLine();
        WriteClasses(output, columns);
        if (_worst.Length > 0)
        {
            output.WriteLine();
            TextLines.Write(output, "worst-classified samples: number, label, answer, probability of the label", columns);
            WriteWorst(output, columns ?? TextLines.Columns);
        }

        output.Flush();
    }

    /// <summary>The worst as drawings; rows of a table in words alone.</summary>
    private void WriteWorst(TextWriter output, int columns)
    {
        (int Sample, string Caption)[] captions = [.. _worst.Select(w => (w.Sample, Caption(w.Sample, w.Answer, w.Probability)))];
        if (!_data.AreFloats)
        {
            DigitArt.Write(output, _data, captions, columns);
            return;
        }

        foreach (var (_, caption) in captions)
        {
            TextLines.Write(output, caption, columns);
        }
    }

    internal void WriteJson(JsonLine line) => line.Write(json =>
    {
        json.WriteString("event", "evaluation");
        json.WriteNumber("samples", _score.Count);
        json.Number("loss", _score.Loss);
        json.Number("accuracy", _score.Accuracy);
        json.Number("standard_error", _score.StandardError);
        json.WriteNumber("correct", _score.Correct);
        ScoreText.Write(json, _answers);
        json.WriteStartArray("confusion");
        for (var label = 0; label < _matrix.Classes; label++)
        {
            json.WriteStartArray();
            for (var answer = 0; answer < _matrix.Classes; answer++)
            {
                json.WriteNumberValue(_matrix[label, answer]);
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("classes");
        for (var c = 0; c < _matrix.Classes; c++)
        {
            var metrics = _matrix.Of(c);
            json.WriteStartObject();
            json.WriteNumber("class", c);
            if (_data.ClassNames is { } names)
            {
                json.WriteString("name", ModelNames.NameOf(names, c));
            }

            json.WriteNumber("samples", metrics.Support);
            json.Number("precision", metrics.Precision);
            json.Number("recall", metrics.Recall);
            json.Number("f1", metrics.F1);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteWorst(json);
        Known?.WriteJson(json);
    });

    private string Caption(int sample, int answer, float probability) =>
        $"#{_data.NumberOf(sample)}: a {_names[_data.Labels[sample]]}, answered {_names[answer]} ({Format.Percent(probability)})";

    private void WriteWorst(System.Text.Json.Utf8JsonWriter json)
    {
        if (_worst.Length == 0)
        {
            return;
        }

        json.WriteStartArray("worst");
        foreach (var (sample, answer, probability) in _worst)
        {
            json.WriteStartObject();
            json.WriteNumber("row", _data.NumberOf(sample));
            json.WriteNumber("label", _data.Labels[sample]);
            json.WriteNumber("answer", answer);
            json.Number("probability", probability);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteMatrix(TextWriter output, int columns)
    {
        var cells = Enumerable.Range(0, _matrix.Classes).ToArray();
        var largest = cells.Max(label => cells.Max(answer => _matrix[label, answer]));
        var width = Math.Max($"{largest}".Length, _names.Max(name => name.Length)) + 1;
        if (_nameWidth + 1 + (width * _matrix.Classes) > columns)
        {
            WriteConfusions(output, cells, columns);
            return;
        }

        TextLines.Write(output, "confusion matrix: a row for each label, a column for each answer", columns);
        output.WriteLine("label".PadRight(_nameWidth + 1) + string.Concat(cells.Select(answer => _names[answer].PadLeft(width))));
        foreach (var label in cells)
        {
            output.WriteLine($"{_names[label].PadLeft(_nameWidth)} " + string.Concat(cells.Select(answer => $"{_matrix[label, answer]}".PadLeft(width))));
        }
    }

    /// <summary>Where the matrix is too wide to read, its largest mistakes.</summary>
    private void WriteConfusions(TextWriter output, int[] cells, int columns)
    {
        TextLines.Write(output, $"most frequent mistakes ({_matrix.Classes} classes: --json has the whole matrix)", columns);
        var wide = Math.Min(_nameWidth, Math.Max(LeastWidth, (columns - "samples".Length - 5) / 2));
        output.WriteLine($"{"label".PadRight(wide)}  {"answer".PadLeft(wide + 1)}  samples");
        var mistakes = cells.SelectMany(label => cells.Where(answer => answer != label).Select(answer => (label, answer, count: _matrix[label, answer])));
        foreach (var (label, answer, count) in mistakes.Where(m => m.count > 0).OrderByDescending(m => m.count).Take(MostConfusions))
        {
            output.WriteLine($"{TextLines.Short(_names[label], wide).PadLeft(wide)}  {TextLines.Short(_names[answer], wide).PadLeft(wide + 1)}  {count,7:N0}");
        }
    }

    /// <summary>The classes in a table, which has narrower gaps and shorter names in a terminal without room for more.</summary>
    private void WriteClasses(TextWriter output, int? columns)
    {
        string[] titles = ["samples", "precision", "recall", "    F1"];
        var numbers = titles.Sum(title => title.Length);
        var isNarrow = columns < _nameWidth + numbers + (2 * titles.Length);
        var (gap, wide) = isNarrow ? (" ", Math.Min(_nameWidth, columns!.Value - numbers - titles.Length)) : ("  ", _nameWidth);
        output.WriteLine(string.Join(gap, ["class".PadRight(wide), .. titles]));
        for (var c = 0; c < _matrix.Classes; c++)
        {
            var metrics = _matrix.Of(c);
            string[] cells = [$"{metrics.Support:N0}", Share(metrics.Precision), Share(metrics.Recall), Share(metrics.F1)];
            output.WriteLine(string.Join(gap, [TextLines.Short(_names[c], wide).PadLeft(wide), .. cells.Zip(titles, (cell, title) => cell.PadLeft(title.Length))]));
        }
    }

    private static string Share(double share) => double.IsNaN(share) ? "-" : Format.Percent(share);
}
