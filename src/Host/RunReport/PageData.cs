using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Training.Data;
using Gpu.Training.Models;

namespace Gpu.Host.RunReport;

/// <summary>The numbers of a page as JSON: those that <c>report.json</c> has, and, for the page alone, pictures and weights.</summary>
internal static class PageData
{
    /// <summary>Mistakes that a page shows together.</summary>
    internal const int Worst = 40;

    /// <summary>Mistakes whose pictures are in the page: those of the matrix's cells, too.</summary>
    private const int MostMistakes = 200;

    /// <summary>Right answers that are shown of each class.</summary>
    private const int MostRight = 8;

    /// <summary>The object of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="forPage">Whether pictures and weights go with it.</param>
    internal static string Write(RunView run, bool forPage)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.Default, Indented = !forPage, NewLine = "\n" }))
        {
            json.WriteStartObject();
            Numbers(json, run);
            if (forPage && run.AreImages && run.Findings is { } findings)
            {
                Pictures(json, run.Model, findings);
            }

            if (forPage && CanDraw(run))
            {
                Drawing.Write(json, run.Model);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Whether the page has a field to draw in: not while weights change from one look to the next.</summary>
    internal static bool CanDraw(RunView run) => run.IsJudged && Drawing.Fits(run.Model);

    private static void Numbers(Utf8JsonWriter json, RunView run)
    {
        json.WriteString("program", $"gpu {ProgramVersion.Text}");
        json.WriteString("run", run.Folder);
        json.WriteString("device", run.Device);
        json.WriteString("judge", run.Judge);
        json.Number(run.Measure, run.Value);
        json.Number("loss", run.Loss);
        json.WriteNumber("epochs", run.Progress.Epoch);
        json.WriteString("data_sha256", run.DataHash);
        if (run.Quantity is null)
        {
            Strings(json, "classes", run.Names);
        }
        else
        {
            json.WriteString("quantity", run.Quantity);
        }

        Strings(json, "warnings", RunWarnings.Of(run));
        if (run.Findings is { } findings)
        {
            Answers(json, findings);
        }

        if (run.Quantities is { } quantities)
        {
            json.WriteNumber("samples", quantities.Score.Count);
            json.WriteStartObject("score");
            ScoreText.Write(json, quantities.Score);
            json.WriteEndObject();
        }

        if (run.Importance is { } importance)
        {
            json.WriteNumber("importance_rows", importance.Rows);
            json.WriteStartArray("importance");
            foreach (var column in importance.Columns)
            {
                json.WriteStartObject();
                json.WriteString("column", column.Column);
                json.Number("importance", column.Mean);
                json.Number("deviation", column.Deviation);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteStartObject("seconds");
        foreach (var (part, seconds) in run.Times.Parts)
        {
            json.WriteNumber(RunTimes.NameOf(part), Math.Round(seconds, 6));
        }

        json.WriteEndObject();
        json.WriteStartArray("step");
        foreach (var part in run.Times.Step)
        {
            json.WriteStartObject();
            json.WriteString("part", part.Name);
            json.Number("seconds", part.Seconds);
            json.Number("share", part.Seconds / run.Times.Step.Sum(one => one.Seconds));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("epochs_by_column");
        foreach (var column in run.Metrics.Columns)
        {
            json.WriteStartArray(column);
            Array.ForEach(run.Metrics.Column(column)!, value => json.NumberValue((float)value));
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    /// <summary>What was found on the samples that judge the run.</summary>
    private static void Answers(Utf8JsonWriter json, Findings findings)
    {
        json.WriteNumber("samples", findings.Score.Count);
        json.WriteNumber("correct", findings.Score.Correct);
        json.WriteStartObject("score");
        ScoreText.Write(json, findings.Answers);
        json.WriteEndObject();
        json.Number("calibration_error", findings.CalibrationError);
        json.WriteStartArray("confusion");
        for (var label = 0; label < findings.Matrix.Classes; label++)
        {
            json.WriteStartArray();
            for (var answer = 0; answer < findings.Matrix.Classes; answer++)
            {
                json.WriteNumberValue(findings.Matrix[label, answer]);
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    /// <summary>The worst mistakes, and some right answers of each class, as pictures: number, label, answer, both probabilities, address.</summary>
    private static void Pictures(Utf8JsonWriter json, Model model, Findings findings)
    {
        json.WriteNumber("worst", Worst);
        json.WriteStartArray("mistakes");
        foreach (var mistake in Shown(findings))
        {
            Picture(json, model, findings, mistake.Sample, mistake.Label, mistake.Answer, mistake.Sure, mistake.OfLabel);
        }

        json.WriteEndArray();
        json.WriteStartArray("right");
        var wrong = findings.Mistakes.Select(mistake => mistake.Sample).ToHashSet();
        var shown = new int[model.Shape.Outputs];
        for (var sample = 0; sample < findings.Data.Count && shown.Any(count => count < MostRight); sample++)
        {
            var label = findings.Data.Labels[sample];
            if (!wrong.Contains(sample) && shown[label]++ < MostRight)
            {
                Picture(json, model, findings, sample, label, label, null, null);
            }
        }

        json.WriteEndArray();
    }

    /// <summary>The worst of all, and of each cell of the matrix its worst, as many as there is room for; the worst first.</summary>
    private static IEnumerable<Judged> Shown(Findings findings)
    {
        var ranked = findings.Mistakes.ToList();
        var (classes, ofCell) = (findings.Matrix.Classes, new int[findings.Matrix.Classes * findings.Matrix.Classes]);
        int[] places = [.. ranked.Select(mistake => ofCell[(mistake.Label * classes) + mistake.Answer]++)];
        var byCell = Enumerable.Range(0, places.Length).OrderBy(at => places[at]).Select(at => ranked[at]);
        var chosen = ranked.Take(Worst).Concat(byCell).Distinct().Take(MostMistakes).ToHashSet();
        return ranked.Where(chosen.Contains);
    }

    private static void Picture(Utf8JsonWriter json, Model model, Findings findings, int sample, int label, int answer, float? sure, float? ofLabel)
    {
        json.WriteStartObject();
        json.WriteNumber("number", findings.Data.NumberOf(sample));
        json.WriteNumber("label", label);
        json.WriteNumber("answer", answer);
        if (sure is not null)
        {
            json.Number("sure", sure.Value);
            json.Number("ofLabel", ofLabel!.Value);
        }

        json.WriteBase64String("picture", PngFile.Encode(findings.Data.Sample(sample), model.ImageHeight, model.ImageWidth));
        json.WriteEndObject();
    }

    private static void Strings(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
