using System.Globalization;
using Gpu.Host.CommandLine;
using Gpu.Host.Sets;
using Gpu.Training.Checkpoints;
using Gpu.Training.Data;
using Gpu.Training.Recipes;

namespace Gpu.Host.Runs;

/// <summary>What <c>gpu train</c> was asked for.</summary>
/// <param name="Settings">The settings of the recipe file and the options over it.</param>
/// <param name="From">The model to start from, or null.</param>
/// <param name="Out">The run's folder, or null for one named by date and time.</param>
/// <param name="Resume">The folder of the run to go on with, or null for a new run.</param>
/// <param name="Force">Whether a run in the folder is replaced; with <paramref name="Resume"/>, whether changed data is accepted.</param>
/// <param name="Every">How often a checkpoint is written.</param>
/// <param name="Keep">How many numbered checkpoints are kept.</param>
internal sealed record TrainRequest(
    RecipeSettings Settings, string? From, string? Out, string? Resume, bool Force, CheckpointInterval Every, int Keep)
{
    internal const int DefaultKeep = 2;

    /// <summary>Whether the run is left without its page.</summary>
    internal bool NoReport { get; init; }

    /// <summary>What the run shares with others that go on beside it in this process; null where it is alone.</summary>
    internal RunsBeside? Beside { get; init; }

    /// <summary>How often a checkpoint is written where nothing is said.</summary>
    internal CheckpointInterval UsualEvery { get; init; } = CheckpointInterval.EveryEpoch;

    /// <summary>The command that goes on with the run in a folder, for a shell.</summary>
    internal string ResumeCommand(string folder)
    {
        var every = Every == UsualEvery ? "" : $" --checkpoint-every {Every}";
        var keep = Keep == DefaultKeep ? "" : $" --keep {Keep}";
        return $"gpu train --resume {Quote(folder)}{every}{keep}{(NoReport ? " --no-report" : "")}";
    }

    /// <summary>The command that begins a run of some settings alone, for a shell.</summary>
    internal static string LoneCommand(RecipeSettings settings) => string.Join(' ', ["gpu", "train", .. RecipeKeys.All
        .Where(key => settings.Contains(key.Name) && RecipeOptions.Keys.Contains(key.Name))
        .Select(key => $"--{key.Name} {(key.Name is "data" ? string.Join(' ', DataSource.Words(settings.TextOf(key.Name)!).Select(Quote)) : Quote(settings.TextOf(key.Name)!))}")]);

    /// <summary>The command that begins another run from the last checkpoint of the run in a folder, with its recipe and a part of its rate.</summary>
    internal static string NewRunCommand(string folder, Recipe recipe, float share)
    {
        var rate = new RateRange(recipe.LearningRate.Low * share, recipe.LearningRate.High * share);

        var final = recipe.FinalLearningRate == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" --lr-final {recipe.FinalLearningRate * share}");

        // A recipe's paths are not followed.
        var data = recipe.Data is { } path ? $" --data {string.Join(' ', DataSource.Words(path).Select(Quote))}" : "";
        var test = recipe.TestData is { } other ? $" --test-data {Quote(other)}" : "";
        return $"gpu train --from {Quote(folder)} --recipe {Quote(Path.Combine(folder, RunFolder.RecipeName))}{data}{test} --lr {rate}{final}";
    }

    /// <summary>A path as a word for a shell.</summary>
    internal static string Quote(string path) =>
        path.All(c => char.IsAsciiLetterOrDigit(c) || "/\\:._-+@%".Contains(c, StringComparison.Ordinal))
            ? path
            : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
