using System.Text;
using System.Text.Json.Nodes;
using Gpu.Training.Recipes;

namespace Gpu.Host.Runs;

/// <summary>What an exported model says of the run that it stands in: the settings, and how it went.</summary>
internal static class ExportOrigin
{
    /// <summary>The texts of a run, as JSON: <c>recipe</c> and, where an epoch is behind it, <c>score</c>, that of its last epoch; none where the model stands in no run.</summary>
    internal static IEnumerable<KeyValuePair<string, string>> Of(string model)
    {
        if (RunData.FolderOf(model) is not { } folder || !File.Exists(Path.Combine(folder, RunFolder.MetricsName)))
        {
            yield break;
        }

        // Where the run began is a folder of this machine, and nobody's business elsewhere.
        var score = RunScore.Read(folder);
        yield return new("recipe", Encoding.UTF8.GetString(RecipeFile.Format(score.Recipe with { BeganIn = null })));
        if (score.Epochs > 0)
        {
            yield return new("score", new JsonObject
            {
                ["epochs"] = score.Epochs,
                ["judged_by"] = score.Part,
                [score.Rmse is null ? "accuracy" : "rmse"] = Number(score.Rmse ?? score.Accuracy),
                ["loss"] = Number(score.Loss),
            }.ToJsonString());
        }
    }

    private static JsonValue? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}
