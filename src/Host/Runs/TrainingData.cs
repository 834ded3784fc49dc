using Gpu.Host.Reports;
using Gpu.Host.Sets;
using Gpu.Training;
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

    /// <summary>How a table becomes samples; null where there is none.</summary>
    internal ModelTable? Table { get; init; }

    /// <summary>What was held out to judge the model that the run leaves, and is answered once; null for nothing.</summary>
    internal DataSet? Final { get; init; }

    /// <summary>What was held out for validation of a table that is learned from anew, asked for or usual; null otherwise.</summary>
    internal Split? Validated { get; init; }

    /// <summary>Bins of each number of a table that is learned from anew; null otherwise.</summary>
    internal int? Bins { get; init; }

    /// <summary>Numbers of the vectors of categories of many values, of a table that is learned from anew; 0 for none, null otherwise.</summary>
    internal int? Embedding { get; init; }

    /// <summary>What a network of it has outputs for: the classes, or a quantity.</summary>
    internal int Outputs => Train.Quantity is null ? Train.Classes : Train.Quantities;

    /// <summary>Loads the samples of a run.</summary>
    /// <param name="recipe">Its recipe, with paths that lead from here.</param>
    /// <param name="downloads">The folder of downloads.</param>
    /// <param name="usual">What is held out of a table where the recipe says nothing; null for nothing.</param>
    /// <param name="start">The model that is gone on with; null for a new one.</param>
    /// <param name="messages">Told what was chosen, and what was done to the data.</param>
    /// <param name="stop">Ends downloads and conversions.</param>
    /// <param name="shared">What runs beside this one have loaded, or will find loaded; null where there are none.</param>
    internal static TrainingData Load(
        Recipe recipe, string downloads, UsualSplit? usual, Model? start, Messages messages, CancellationToken stop, SharedData? shared = null)
    {
        var paths = recipe.Data is null ? [] : DataSource.TablePaths(recipe.Data);
        RequireOneTest(recipe);
        if (start?.Table is { } table)
        {
            return OfModel(recipe, table, paths, messages);
        }

        if (recipe.TableOptions.AreGiven && (start is not null || (paths.Count == 0 && !IsMissing(recipe.Data))))
        {
            throw TrainingException.BadUsage(
                $"--task, --header, --column, --ignore, --bins and --embedding go with tables of columns, and {(start is null ? "--data is none" : "the model answers samples of bytes")}: leave them out.");
        }

        var form = recipe.TableOptions.AreGiven && paths.Count > 0 ? TableForm.Columns : TableForms.Of(start is null ? paths : [], recipe.Target);
        return form == TableForm.Columns ? OfTable(recipe, usual, paths, messages, shared) : OfBytes(recipe, downloads, start?.Names, messages, shared, stop);
    }

    /// <summary>Whether data is named that is not there: that is then said first.</summary>
    private static bool IsMissing(string? spec) => spec is not null && !DataSource.IsName(spec) && !DataSource.Words(spec).Any(Path.Exists);

    private static TrainingData OfTable(Recipe recipe, UsualSplit? usual, IReadOnlyList<string> paths, Messages messages, SharedData? shared)
    {
        RequireNothingElse(recipe);
        var loaded = TableTraining.Load(paths, recipe.TableOptions, recipe.Validation, recipe.Test, recipe.Seed, shared?.Table(paths, recipe.TableOptions), usual);
        DataLoading.Say(loaded.Remarks, messages);
        return Of(recipe, loaded.Table, paths, loaded.Train, loaded.Validation, loaded.Test, messages) with
        {
            Validated = loaded.Validated,
            Bins = loaded.Bins,
            Embedding = loaded.Embedding,
        };
    }

    private static TrainingData OfModel(Recipe recipe, ModelTable table, IReadOnlyList<string> paths, Messages messages)
    {
        RequireNothingElse(recipe);
        if (paths.Count == 0)
        {
            throw TrainingException.BadData($"{DataSource.Show(recipe.Data ?? "mnist")}: expected a table, which the model was trained on, found other data; name one with --data.");
        }

        var all = table.Load(paths, recipe.TableOptions, needsLabels: true);
        DataLoading.Say(all.Remarks, messages);
        var (train, validated, tested) = Split.Divide(all.Labels.Length > 0 ? all.Labels : new byte[all.Count], recipe.Validation, recipe.Test, recipe.Seed);
        DataSet? Part(int[] rows) => rows.Length == 0 ? null : all.Select(rows);
        return Of(recipe, table, paths, Part(train)!, Part(validated), Part(tested), messages);
    }

    private static TrainingData Of(Recipe recipe, ModelTable table, IReadOnlyList<string> paths, DataSet train, DataSet? validation, DataSet? final, Messages messages)
    {
        DataSet? test = null;
        if (recipe.TestData is { } spec)
        {
            test = table.Load(DataSource.TablePaths(spec) is { Count: > 0 } files ? files : [spec], recipe.TableOptions with { Target = null, Limit = null }, needsLabels: true);
            DataLoading.Say(test.Remarks, messages);
        }

        var parts = $"{train.Count:N0} training{(test is null ? "" : $" and {test.Count:N0} test")} rows, {train.Features:N0} inputs, {(train.Quantity is null ? $"{table.Classes.Count:N0} classes of " : "the quantity ")}'{table.Target}'"
            + (validation is null ? "" : $"; {validation.Count:N0} more held out for validation")
            + (final is null ? "" : $"; {final.Count:N0} more for the test at the end");
        return new TrainingData(recipe.Data!, $"{string.Join(", ", paths)}: {parts}", train, validation, test) { TestSpec = recipe.TestData, Table = table, Final = final };
    }

    private static void RequireOneTest(Recipe recipe)
    {
        if (recipe is { Test: { } test, TestData: { } spec })
        {
            throw TrainingException.BadUsage($"--test {test} and --test-data {DataSource.Show(spec)} both say what judges the run: leave one of them out.");
        }
    }

    private static void RequireNothingElse(Recipe recipe)
    {
        var given = recipe.LabelNames is not null ? "--label-names" : recipe.Split is not null ? "--split" : recipe.Scale != PixelScaling.Auto && recipe.Scale != PixelScaling.None ? "--scale" : null;
        if (given is not null)
        {
            throw TrainingException.BadUsage($"{given} goes with samples of bytes, and --data is a table of columns, which has names and scales of its own: leave it out.");
        }
    }

    private static TrainingData OfBytes(Recipe recipe, string downloads, ModelNames? names, Messages messages, SharedData? shared, CancellationToken stop)
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
        options = recipe.DataMode == DataMode.Streamed ? options with { MemoryLimit = DataLoading.StreamedMemory } : options;
        var loaded = shared is null ? DataSource.Load(recipe.Data, options) : shared.Samples(() => DataSource.Load(recipe.Data, options));
        messages.Clear();
        DataLoading.Say(loaded.Remarks, messages);
        if (loaded.Notice is { } notice)
        {
            messages.Say(notice);
        }

        return Divide(recipe, loaded, messages);
    }

    private static TrainingData Divide(Recipe recipe, LoadedData loaded, Messages messages)
    {
        if (recipe.Validation is null && recipe.Test is null)
        {
            return new TrainingData(loaded.Spec, loaded.Description, loaded.Train, null, loaded.Test) { TestSpec = recipe.TestData };
        }

        var all = loaded.Train;
        var (train, validation, test) = Split.Divide(all.Labels.Length > 0 ? all.Labels : new byte[all.Count], recipe.Validation, recipe.Test, recipe.Seed);
        if (test.Length > 0 && loaded.Test is not null)
        {
            messages.Say($"the test samples of {DataSource.Show(loaded.Spec)} are left out, because --test {recipe.Test} holds out others");
        }

        var held = (validation.Length > 0 ? $"; {validation.Length:N0} of them held out for validation" : "") + (test.Length > 0 ? $"; {test.Length:N0} of them for the test at the end" : "");
        DataSet? Part(int[] indices) => indices.Length > 0 ? all.Select(indices) : null;
        return new TrainingData(loaded.Spec, loaded.Description + held, all.Select(train), Part(validation), test.Length > 0 ? null : loaded.Test)
        {
            TestSpec = recipe.TestData,
            Final = Part(test),
        };
    }
}
