using Gpu.Host.Reports;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Models;
using Gpu.Training.Recipes;

namespace Gpu.Host.Runs;

/// <summary>The samples of a run: those it learns from, and those that judge it.</summary>
/// <param name="Spec">What <c>--data</c> says, or what was chosen where it says nothing.</param>
/// <param name="Description">What it is, for people.</param>
/// <param name="Train">What is learned from.</param>
/// <param name="Validation">What was held out of it, or null.</param>
/// <param name="Test">The test samples, or null.</param>
internal sealed record TrainingData(string Spec, string Description, DataSet Train, DataSet? Validation, DataSet? Test)
{
    /// <summary>The test data as <c>--test-data</c> says it; null where it goes with the training data.</summary>
    internal string? TestSpec { get; init; }

    /// <summary>Loads the samples of a run.</summary>
    /// <param name="recipe">Its recipe, with paths that lead from here.</param>
    /// <param name="downloads">The folder of downloads.</param>
    /// <param name="names">What the model that is gone on with calls columns and classes; null for a new one.</param>
    /// <param name="messages">Told what was chosen, and what was done to the data.</param>
    /// <param name="stop">Ends downloads and conversions.</param>
    internal static TrainingData Load(Recipe recipe, string downloads, ModelNames? names, Messages messages, CancellationToken stop)
    {
        var options = DataLoading.Options(messages, stop) with
        {
            Limit = recipe.Limit,
            TestSpec = recipe.TestData,
            DataFolder = downloads,
            Target = recipe.Target,
            Split = recipe.Split,
            ClassNames = recipe.LabelNames is { } given ? LabelNames.Parse(given) : null,
        };
        options = names is null ? options : names.Apply(options);
        var loaded = DataSource.Load(recipe.Data, recipe.DataMode == DataMode.Streamed ? options with { MemoryLimit = DataLoading.StreamedMemory } : options);
        messages.Clear();
        DataLoading.Say(loaded.Remarks, messages);
        if (loaded.Notice is { } notice)
        {
            messages.Say(notice);
        }

        if (recipe.Validation is not { } split)
        {
            return new TrainingData(loaded.Spec, loaded.Description, loaded.Train, null, loaded.Test) { TestSpec = recipe.TestData };
        }

        var (train, validation) = split.Divide(loaded.Train, recipe.Seed);
        return new TrainingData(
            loaded.Spec, $"{loaded.Description}; {validation.Length:N0} of them held out for validation",
            loaded.Train.Select(train), loaded.Train.Select(validation), loaded.Test)
        {
            TestSpec = recipe.TestData,
        };
    }
}
