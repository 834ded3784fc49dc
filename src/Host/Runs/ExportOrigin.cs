using System.Text;
using System.Text.Json.Nodes;
using Gpu.Training;
using Gpu.Training.Checkpoints;
using Gpu.Training.Models;
using Gpu.Training.Recipes;

namespace Gpu.Host.Runs;

/// <summary>What an exported model says of the run that it stands in: the settings, and how it went.</summary>
internal static class ExportOrigin
{
    /// <summary>
    /// The texts of a run, as JSON: <c>recipe</c> and, where an epoch is behind it, <c>score</c>, that of the epoch which the model is of; none where the
    /// model stands in no run.
    /// </summary>
    /// <param name="path">The model as it was named.</param>
    /// <param name="model">What is in it.</param>
    internal static IEnumerable<KeyValuePair<string, string>> Of(string path, Model model)
    {
        if (RunData.FolderOf(path) is not { } folder || !File.Exists(Path.Combine(folder, RunFolder.MetricsName)))
        {
            yield break;
        }

        // Where the run began is a folder of this machine, and nobody's business elsewhere.
        var score = RunScore.Read(folder);
        yield return new("recipe", Encoding.UTF8.GetString(RecipeFile.Format(score.Recipe with { BeganIn = null })));
        if (score.Epochs > 0)
        {
            score = BestEpoch(folder, model) is { } epoch && epoch <= score.Epochs ? score.At(epoch) : score;
            yield return new("score", new JsonObject
            {
                ["epochs"] = score.Epochs,
                ["judged_by"] = score.Part,
                [score.Rmse is null ? "accuracy" : "rmse"] = Number(score.Rmse ?? score.Accuracy),
                ["loss"] = Number(score.Loss),
            }.ToJsonString());
        }
    }

    /// <summary>The best epoch of a run, where a model is that one's; null for the last, and for those between.</summary>
    private static int? BestEpoch(string folder, Model model)
    {
        var path = Path.Combine(folder, RunFolder.CheckpointsName, CheckpointFolder.BestName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var best = CheckpointFile.Load(path);
            return best.ToModel().Parameters.AsSpan().SequenceEqual(model.Parameters) ? best.Progress.Epoch : null;
        }
        catch (TrainingException)
        {
            // A model is exported whatever became of the checkpoint beside it.
            return null;
        }
    }

    private static JsonValue? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}
