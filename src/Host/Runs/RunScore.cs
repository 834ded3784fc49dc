using System.Text.Json;
using Gpu.Host.Reports;
using Gpu.Training.Recipes;

namespace Gpu.Host.Runs;

/// <summary>How a run in a folder went, by its recipe and its table of metrics.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Recipe">Its settings.</param>
/// <param name="Epochs">Epochs that are behind it.</param>
/// <param name="Part">What judges it: test, validation or training samples.</param>
/// <param name="Accuracy">The accuracy on those in the last epoch that was evaluated, 0 to 1; NaN before the first, and where a quantity is learned.</param>
/// <param name="Loss">The loss on those.</param>
/// <param name="Seconds">Seconds of training.</param>
internal sealed record RunScore(string Folder, Recipe Recipe, int Epochs, string Part, double Accuracy, double Loss, double Seconds)
{
    /// <summary>The root of the mean squared error in the last epoch, where a quantity is learned; null where classes are.</summary>
    internal double? Rmse { get; init; }

    /// <summary>How well it did, in a few letters.</summary>
    internal string Score => double.IsNaN(Loss) ? "-" : Rmse is { } rmse ? $"RMSE {Format.Quantity(rmse)}" : Format.Percent(Accuracy);

    /// <summary>What runs are ranked by, the largest first: those that learned classes, then those that learned a quantity.</summary>
    internal double Rank => -Rmse ?? Accuracy;

    /// <summary>What an answer without looking reaches on the samples that judge it, as its page says: the accuracy of the largest class, or the RMSE of the mean; null where there is no page.</summary>
    internal double? Baseline { get; init; }

    /// <summary>Its table of metrics.</summary>
    internal required MetricsTable Metrics { get; init; }

    /// <summary>What the columns of the part that judges it begin with.</summary>
    internal required string Column { get; init; }

    /// <summary>How well it did in one of its epochs, from 1.</summary>
    internal RunScore At(int epoch) => this with
    {
        Epochs = epoch,
        Accuracy = Rmse is null ? Metrics.Column($"{Column}_accuracy")![epoch - 1] : double.NaN,
        Rmse = Rmse is null ? null : Metrics.Column($"{Column}_rmse")![epoch - 1],
        Loss = Metrics.Column($"{Column}_loss")![epoch - 1],
        Seconds = Metrics.Column("train_seconds")?.Take(epoch).Sum() ?? 0,
    };

    /// <summary>The run in a folder that has both files.</summary>
    internal static RunScore Read(string folder)
    {
        var recipe = RecipeFile.Load(Path.Combine(folder, RunFolder.RecipeName)).ToRecipe();
        var table = MetricsTable.Read(Path.Combine(folder, RunFolder.MetricsName));
        var part = MetricsTable.Parts.First(name => table.Column($"{name}_loss") is not null);
        var isQuantity = table.Column($"{part}_rmse") is not null;
        return new RunScore(
            folder, recipe, table.Rows, part == "train" ? "training" : part, isQuantity ? double.NaN : table.Last($"{part}_accuracy"), table.Last($"{part}_loss"),
            table.Column("train_seconds")?.Sum() ?? 0)
        {
            Metrics = table,
            Column = part,
            Rmse = isQuantity ? table.Last($"{part}_rmse") : null,
            Baseline = BaselineOf(folder, part),
        };
    }

    /// <summary>What the numbers of a run's page have for its baseline; null where they are not there, of others, or about other samples.</summary>
    private static double? BaselineOf(string folder, string part)
    {
        var path = Path.Combine(folder, RunFolder.ReportNumbersName);
        try
        {
            using var numbers = JsonDocument.Parse(File.ReadAllText(path));
            return numbers.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("judge", out var judge) && judge.ValueKind == JsonValueKind.String && judge.GetString()!.Contains($" {part}", StringComparison.Ordinal)
                && root.TryGetProperty("score", out var score) && score.ValueKind == JsonValueKind.Object
                && (score.TryGetProperty("baseline_accuracy", out var baseline) || score.TryGetProperty("baseline_rmse", out baseline))
                && baseline.ValueKind == JsonValueKind.Number ? baseline.GetDouble() : null;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Its members as JSON.</summary>
    internal void Write(Utf8JsonWriter json)
    {
        json.WriteString("run", Folder);
        json.WriteNumber("epochs", Epochs);
        json.WriteString("judged_by", Part);
        json.Number(Rmse is null ? "accuracy" : "rmse", Rmse ?? Accuracy);
        json.Number("loss", Loss);
        json.Number("train_seconds", Seconds);
    }
}
