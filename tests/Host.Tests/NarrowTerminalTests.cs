using System.Text;
using Gpu.Host.Reports;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Training.Data;
using Gpu.Training.Layers;
using Gpu.Training.Loop;
using Gpu.Training.Networks;
using Gpu.Training.Recipes;

namespace Gpu.Host.Tests;

/// <summary>What is written to a terminal of 40 columns, of which the cursor takes one.</summary>
public class NarrowTerminalTests
{
    private const int Columns = 39;

    private static readonly DataSet _digits = Digits.Test(60);
    private static readonly NetworkShape _shape = (Recipe.Default with { Hidden = [8] }).Shape(new SampleSize(28, 28, 1), 10);
    private static readonly float[] _parameters = InitialWeights.Draw(_shape, Recipe.Default.Init, Recipe.Default.BiasInit, 1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Evaluations_fit(bool areNamed)
    {
        var data = areNamed ? Named() : _digits;
        var report = new EvalReport(data, 10, areProbabilities: true, worst: 2);
        using var accelerator = new CpuAccelerator();
        report.End(Predictor.Evaluate(accelerator, _shape, _parameters, data, PixelScaling.Unit, report.Add));
        using var output = new StringWriter { NewLine = "\n" };
        report.WriteText(output, Columns);
        var text = output.ToString();
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= Columns, line));
        Assert.Contains(areNamed ? "most frequent mistakes" : "confusion matrix", text, StringComparison.Ordinal);
        Assert.Matches("class +samples precision recall     F1\n", text);

        // Programs find each sentence in one line.
        using var piped = new StringWriter { NewLine = "\n" };
        report.WriteText(piped, columns: null);
        Assert.Matches("\n95 % interval .* the largest class alone has [0-9.]+%\n", piped.ToString());
    }

    [Theory]
    [InlineData(false, false, "    row  class  probability\n", 27)]
    [InlineData(true, false, "file       class  probability\n", 29)]
    [InlineData(false, true, "    row             class  probability\n", 38)]
    [InlineData(true, true, "file                 class  probability\n", 39)]
    public void Answers_fit(bool areFiles, bool areNamed, string header, int longest)
    {
        var data = areNamed ? Named() : _digits;
        string[]? files = areFiles ? [.. Enumerable.Range(0, data.Count).Select(n => $"p/{n:000}.png")] : null;
        string[] names = [.. Enumerable.Range(0, 10).Select(c => data.ClassNames?[c] ?? $"{c}")];
        var lines = Written(Columns, names, files, data);
        Assert.Equal(header, lines[0] + "\n");
        Assert.All(lines, line => Assert.True(line.Length <= Columns, line));
        Assert.InRange(lines.Max(line => line.Length), longest, Columns);

        // Elsewhere nothing is cut.
        var all = Written(columns: null, names, files, data);
        Assert.Equal(files is null ? 1 : 2, all[0].Split("next").Length - 1);
        Assert.Contains(all, line => names.Any(name => line.Contains(name, StringComparison.Ordinal)));
        Assert.DoesNotContain(all, line => line.Contains("..", StringComparison.Ordinal));
    }

    private static string[] Written(int? columns, string[] names, string[]? files, DataSet data)
    {
        using var stream = new MemoryStream();
        using (var writer = new AnswerWriter(AnswerWriter.Table, names, areNamed: true, files, numbers: null, stream, columns))
        {
            using var accelerator = new CpuAccelerator();
            Predictor.Predict(accelerator, _shape, _parameters, data, PixelScaling.Unit, writer.Write);
        }

        return Encoding.UTF8.GetString(stream.ToArray()).TrimEnd('\n').Split('\n');
    }

    private static DataSet Named() => new("digits", [.. Enumerable.Range(0, _digits.Count).SelectMany(n => _digits.Sample(n).ToArray())], _digits.Labels, 28, 28, 10)
    {
        ClassNames = [.. Enumerable.Range(0, 10).Select(c => $"the {c}th of the ten digits")],
    };
}
