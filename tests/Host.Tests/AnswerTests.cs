using System.Globalization;
using System.Text.Json;

namespace Gpu.Host.Tests;

/// <summary>One rule says what a network answers: what is counted, what the matrix holds and what is written are the same.</summary>
public sealed class AnswerTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Outputs of thousands, through the biases: every sigmoid is 1 to the last bit.</summary>
    [Theory]
    [InlineData("cross-entropy")]
    [InlineData("mse")]
    [InlineData("mse --head none")]
    [InlineData("binary-cross-entropy")]
    public void Headline_matrix_and_every_format_of_predict_say_the_same(string loss)
    {
        TinyData.WriteIdx(_folder);
        TrainingRuns.Begin(
            _folder["run"], $"--data {_folder["tiny"]} --hidden none --scale none --bias-init 5000 --lr 1e-6 --epochs 1 --seed 3 --device cpu --loss {loss}");
        using var eval = JsonDocument.Parse(Run("eval", "run", "--data", "tiny", "--json").Output);
        var correct = eval.RootElement.GetProperty("correct").GetInt32();
        Assert.Equal(correct, eval.RootElement.GetProperty("confusion").EnumerateArray().Select((row, label) => row[label].GetInt32()).Sum());

        var kaggle = Answers("kaggle", line => line.Split(',')[1]);
        Assert.Equal(correct, kaggle.Where((answer, sample) => answer == sample % TinyData.Classes).Count());
        Assert.Equal(kaggle, Answers("csv", line => line.Split(',')[1]));
        if (loss == "binary-cross-entropy")
        {
            Assert.All(Run("predict", "run", "--data", "tiny", "--format", "csv").Lines.Skip(1), line => Assert.EndsWith(",1,1,1", line, StringComparison.Ordinal));
            Assert.NotEqual(1, kaggle.Distinct().Count());
        }

        Assert.Equal(kaggle, Answers("table", line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]));
        Assert.Equal(kaggle, Answers("json", line => line.Split("\"class\":")[1].Split(',')[0]));
    }

    [Fact]
    public void Data_of_some_of_the_classes_is_evaluated_predicted_and_tested_with_and_a_label_beyond_them_is_an_error()
    {
        TinyData.WriteIdx(_folder);
        TrainingRuns.Begin(_folder["run"], $"--data {_folder["tiny"]} --hidden 8 --lr 0.5 --epochs 20 --batch-size 8 --device cpu");
        TinyData.WriteCsv(_folder, "twos.csv", change: lines => lines.RemoveAll(line => line[0] is '0' or '1'));
        Assert.StartsWith("accuracy 100.0% +- 0.00% (10 of 10)", Run("eval", "run", "--data", "twos.csv").Output, StringComparison.Ordinal);
        Assert.Equal(11, Run("predict", "run", "--data", "twos.csv", "--format", "kaggle").Lines.Length);
        Run("train", "--data", "tiny", "--test-data", "twos.csv", "--epochs", "1", "--device", "cpu", "--out", "other");

        TinyData.WriteCsv(_folder, "threes.csv", change: lines => lines[5] = "3" + lines[5][1..]);
        foreach (var command in (string[][])[["eval", "run", "--data", "threes.csv"], ["train", "--data", "tiny", "--test-data", "threes.csv"]])
        {
            var refused = GpuProcess.Run(_folder.Path, command);
            Assert.Equal(3, refused.ExitCode);
            Assert.Contains("expected labels from 0 to 2, found 3 at sample 5", refused.ErrorLines[^1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Images_that_are_negatives_of_those_trained_on_are_warned_of()
    {
        TinyData.WriteIdx(_folder);
        TrainingRuns.Begin(_folder["run"], $"--data {_folder["tiny"]} --hidden 8 --epochs 1 --device cpu");
        TinyData.WriteCsv(_folder, "negatives.csv", change: lines =>
        {
            for (var i = 1; i < lines.Count; i++)
            {
                var cells = lines[i].Split(',').Select(cell => int.Parse(cell, CultureInfo.InvariantCulture)).ToArray();
                lines[i] = string.Join(',', cells.Select((cell, column) => column == 0 ? cell : 255 - cell));
            }
        });
        foreach (var command in (string[])["eval", "predict"])
        {
            Assert.Empty(Warnings(Run(command, "run", "--data", "tiny")));
            Assert.Contains("look like negatives", Assert.Single(Warnings(Run(command, "run", "--data", "negatives.csv"))), StringComparison.Ordinal);
        }
    }

    private static IEnumerable<string> Warnings(GpuResult result) => result.ErrorLines.Where(line => line.StartsWith("warning:", StringComparison.Ordinal));

    private int[] Answers(string format, Func<string, string> answer) =>
    [
        .. Run("predict", "run", "--data", "tiny", "--format", format).Lines.Skip(format == "json" ? 0 : 1)
            .Select(line => int.Parse(answer(line), CultureInfo.InvariantCulture)),
    ];

    private GpuResult Run(params string[] arguments)
    {
        var result = GpuProcess.Run(_folder.Path, arguments);
        Assert.True(result.ExitCode == 0, $"exit code {result.ExitCode}: {result.Error}");
        return result;
    }
}
