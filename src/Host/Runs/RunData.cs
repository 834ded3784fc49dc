using Gpu.Host.Reports;
using Gpu.Training;
using Gpu.Training.Data;
using Gpu.Training.Models;
using Gpu.Training.Recipes;

namespace Gpu.Host.Runs;

/// <summary>The samples of a run that is over, found by the recipe in its folder.</summary>
internal static class RunData
{
    /// <summary>The folder of the run that a model stands in: the path itself, or the folder of a model or of a checkpoint.</summary>
    /// <returns>Null where there is no recipe.</returns>
    internal static string? FolderOf(string model)
    {
        string?[] places = Directory.Exists(model) ? [model] : [Path.GetDirectoryName(Path.GetFullPath(model)), Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(model)))];
        return places.FirstOrDefault(place => place is not null && File.Exists(Path.Combine(place, RunFolder.RecipeName)));
    }

    /// <summary>The recipe of a run, and its samples, all parts of them, as its model takes them.</summary>
    internal static (Recipe Recipe, TrainingData Data) Load(string folder, Model model, Messages messages)
    {
        var recipe = RecipeFile.Load(Path.Combine(folder, RunFolder.RecipeName)).ToRecipe();
        return (recipe, TrainingData.Load(DataPlace.FromHere(recipe, folder), DataPlace.Downloads(recipe, folder), usual: null, model, messages, CancellationToken.None));
    }

    /// <summary>The samples that judge a run: its test samples, else what it held out, else what it learned from.</summary>
    /// <exception cref="TrainingException">The model belongs to no run, or the data is not there.</exception>
    internal static DataSet LoadJudge(string path, Model model, Messages messages)
    {
        var folder = FolderOf(path) ?? throw TrainingException.BadUsage(
            $"{path}: expected --data, or a model in the folder of its run, where {RunFolder.RecipeName} names the data, found none there: give --data.");
        var (_, data) = Load(folder, model, messages);
        var (part, judge) = Judge(data);
        messages.Say($"data: {part} of {DataSource.Show(data.Spec)}, as the run had them{(model.Table is not null && judge == data.Validation ? "; its epoch was chosen by them, so that others may be answered worse" : "")}");
        return judge;
    }

    /// <summary>The samples that judge a run, and what to call them.</summary>
    internal static (string Part, DataSet Samples) Judge(TrainingData data) =>
        (data.Test ?? data.Final) is { } test ? ("the test samples", test)
        : data.Validation is { } validation ? ("the validation samples", validation)
        : ("the training samples", data.Train);
}
