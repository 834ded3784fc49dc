using System.Text;
using Gpu.Host.Commands;
using Gpu.Host.Reports;
using Gpu.Host.Runs;
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

    [Theory]
    [InlineData(39, 12)]
    [InlineData(49, 11)]
    [InlineData(59, 10)]
    [InlineData(78, 9)]
    [InlineData(99, 6)]
    [InlineData(null, 9)]
    public void A_table_breaks_no_word(int? width, int lines)
    {
        string[][] rows =
        [
            ["median_household_income", "number", "1,109", "11331.34 to 65916.98", "(x - 39101.7) / 1.289E+04, clipped"],
            ["neighbourhood", "category", "", "somewhere else 75, near the ocean 60, 4 more", "one-hot of 6"],
            ["", "", "", "", "all 0 for others"],
        ];
        var table = new TextTable("column", "kind", ">missing", "values", "becomes");
        Array.ForEach(rows, row => table.Add(row));
        var written = WrittenTable(table, width);
        Assert.Equal(lines, written.Length);
        Assert.All(written, line => Assert.InRange(line.Length, 1, width ?? 79));
        var words = written.SelectMany(line => line.Split(' ')).Select(word => word.Trim(',')).ToHashSet();
        Assert.All(rows.SelectMany(row => row).SelectMany(cell => cell.Split(' ')), word => Assert.Contains(word.Trim(','), words));
        // Beside one another there is a line of titles; one below the other each cell has its own.
        Assert.Equal(width < 60, written.Contains("  kind: category"));
    }

    [Fact]
    public void A_table_of_numbers_is_narrowed_before_it_is_taken_apart()
    {
        var table = new TextTable("class", ">training", ">share", ">test", ">share");
        table.Add("0", "5,923", "100.00%", "1,135", "11.35%");
        Assert.Equal(["class  training    share   test   share", "0         5,923  100.00%  1,135  11.35%"], WrittenTable(table, 39));
        Assert.Equal(["class training   share  test  share", "0        5,923 100.00% 1,135 11.35%"], WrittenTable(table, 38));
        Assert.Equal(["0", "  training 5,923, share 100.00%,", "    test 1,135, share 11.35%"], WrittenTable(table, 34));
    }

    [Theory]
    [InlineData(39)]
    [InlineData(59)]
    [InlineData(79)]
    [InlineData(119)]
    public void Layers_and_runs_are_told_whole(int width)
    {
        var recipe = Recipe.Default with { Hidden = [800, 400], Data = "a/folder/of/mine/samples.csv" };
        string[] folders = ["runs/2026-11-28_13-05-00", "runs/b"];
        var runs = folders.Select(folder => new RunScore(folder, recipe, 3, "validation", 0.9799, 0.0698, 1) { Metrics = MetricsTable.Of("x", ["epoch,train_accuracy"]), Column = "validation" });
        foreach (var table in new[] { RunsCommand.Table(runs), SummaryCommand.Table(recipe.Shape(new SampleSize(28, 28, 1), 10), recipe) })
        {
            var text = string.Join('\n', WrittenTable(table, width));
            Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 1, width));
            Assert.All(table.Titles.Skip(1), title => Assert.Contains(title, text, StringComparison.Ordinal));
            Assert.All(table.Rows.SelectMany(row => row).SelectMany(cell => cell.Split(' ')), word => Assert.Contains(word, text, StringComparison.Ordinal));
        }
    }

    private static string[] WrittenTable(TextTable table, int? width)
    {
        using var output = new StringWriter { NewLine = "\n" };
        Tables.Write(output, table, width);
        return output.ToString().TrimEnd('\n').Split('\n');
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
