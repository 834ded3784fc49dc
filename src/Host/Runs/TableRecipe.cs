using Gpu.Kernels.Ops;
using Gpu.Training;
using Gpu.Training.Data;
using Gpu.Training.Layers;
using Gpu.Training.Networks;
using Gpu.Training.Recipes;
using Gpu.Training.Schedules;

namespace Gpu.Host.Runs;

/// <summary>What a table decides of a recipe, where nothing else was asked for.</summary>
internal static class TableRecipe
{
    /// <summary>Rows that a run goes through, those of all epochs counted, unless they are very few or very many.</summary>
    private const int RowsOfRun = 200_000;

    private const int LeastEpochs = 10, MostEpochs = 150;

    /// <summary>
    /// The hidden layers. Tanh keeps what comes from the ends of a range in bounds, and so do numbers from layers that learned something; of
    /// tables of some hundred rows a second layer was no better.
    /// </summary>
    private const string Layers = "dense 256 tanh, dropout 0.2";

    /// <summary>The rate of these layers, which falls to 0.</summary>
    private const float LearningRate = 0.005f;

    private static readonly string[] _network = ["hidden", "activation", "layers"];

    /// <summary>What is held out for validation.</summary>
    internal static Split UsualSplit { get; } = Split.Parse("0.15");

    /// <summary>
    /// The recipe for a table: a network of its own with bins of numbers, adam, whose steps are of a size whatever the columns are, a rate that
    /// falls, and epochs by the number of rows, as the best of them is kept; of a quantity, the squared error of plain outputs.
    /// </summary>
    /// <param name="recipe">The recipe that was asked for.</param>
    /// <param name="given">Which settings were asked for.</param>
    /// <param name="data">The samples.</param>
    /// <param name="isNew">Whether there is no model that decides the network.</param>
    /// <exception cref="TrainingException">It asks for what goes with classes alone, and a quantity is learned, or the other way round.</exception>
    internal static Recipe Resolve(Recipe recipe, RecipeSettings given, TrainingData data, bool isNew)
    {
        if (data.Train.Quantity is null && !recipe.Loss.TakesClasses)
        {
            throw TrainingException.BadUsage(
                $"--loss {recipe.Loss} goes with a quantity, and {data.Train.Source} has classes: leave it out{(data.Table is null ? "" : ", or say --task regress")}.");
        }

        if (data.Table is null)
        {
            return recipe;
        }

        recipe = isNew && !_network.Any(given.Contains) ? WithNetwork(recipe, given) : recipe;
        recipe = recipe with
        {
            Bins = data.Bins,
            Optimizer = given.Contains("optimizer") || given.Contains("momentum") ? recipe.Optimizer : OptimizerChoice.Parse("adam")!,
            Epochs = given.Contains("epochs") ? recipe.Epochs : Epochs(data.Train.Count),
        };
        return data.Train.Quantity is null ? recipe : OfQuantity(recipe, given, data);
    }

    private static int Epochs(int rows) => Math.Clamp(RowsOfRun / rows, LeastEpochs, MostEpochs);

    /// <summary>The network of tables; with it go the rate and the schedule, unless an optimizer or one of them was asked for.</summary>
    private static Recipe WithNetwork(Recipe recipe, RecipeSettings given)
    {
        recipe = recipe with { Layers = LayerKinds.ReadList(Layers) };
        string[] rates = ["optimizer", "momentum", "lr", "lr-schedule", "lr-warmup", "lr-final"];
        return rates.Any(given.Contains) ? recipe : recipe with { LearningRate = new RateRange(LearningRate), Schedule = RateSchedule.Cosine };
    }

    private static Recipe OfQuantity(Recipe recipe, RecipeSettings given, TrainingData data)
    {
        var loss = !given.Contains("loss") && !given.Contains("head") ? Loss.MeanSquaredError : recipe.Loss;
        loss = given.Contains("head") || !loss.Heads.Contains(LossHead.None) ? loss : loss with { Head = LossHead.None };
        if (loss.Head != LossHead.None || recipe.SkipCorrectAfter is not null)
        {
            throw TrainingException.BadUsage(
                $"{(recipe.SkipCorrectAfter is not null ? "--skip-correct-after" : $"--loss {loss}")} goes with classes, and '{data.Table!.Target}' is a quantity: leave it out, or say --task classify.");
        }

        recipe = recipe with { Loss = loss };
        recipe.Validate();
        return recipe;
    }
}
