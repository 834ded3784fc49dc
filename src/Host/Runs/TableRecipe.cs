using System.Globalization;
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

    /// <summary>
    /// How far weights shrink beside their gradient from the first step to the last: to e^-1.5 of what they began as, in however many steps. A decay
    /// that is the same for all would do nothing in the few steps of a small table, which needs it most (Wang and Aitchison, "How to set AdamW's weight
    /// decay as you scale model and dataset size", 2024: what counts is the run as a share of the time in which weights forget).
    /// </summary>
    private const double Shrinking = 1.5;

    /// <summary>
    /// Rows of a table up to which all are learned from where other rows judge the run: there the rows that validation would take are worth more than
    /// the choice of an epoch by the few of them, when the rate falls to 0 and weights shrink, so that the last epoch is about the best.
    /// </summary>
    private const int MostRowsWithoutValidation = 10_000;

    /// <summary>
    /// The share of a target that all classes have in equal parts, and the rows of a table up to which it is: few rows are soon answered with
    /// certainty, and what is certain teaches nothing more. Of many rows the probabilities are worth more as they are.
    /// </summary>
    private const float Smoothing = 0.1f;

    private const int MostSmoothedRows = 10_000;

    private static readonly string[] _network = ["hidden", "activation", "layers"];
    private static readonly string[] _rates = ["optimizer", "momentum", "lr", "lr-schedule", "lr-warmup", "lr-final"];
    private static readonly Split _validation = Split.Parse("0.15");

    /// <summary>What is held out for validation where nothing is said of it; null where something is.</summary>
    /// <param name="recipe">The recipe that was asked for.</param>
    /// <param name="given">Which settings were asked for.</param>
    internal static UsualSplit? UsualValidation(Recipe recipe, RecipeSettings given)
    {
        var isJudged = recipe.Test is not null || recipe.TestData is not null;
        var endsWell = !_network.Concat(_rates).Any(given.Contains) && recipe.EarlyStop is null;
        return given.Contains("validation") ? null : new UsualSplit(_validation, isJudged && endsWell ? MostRowsWithoutValidation : 0);
    }

    /// <summary>
    /// The recipe for a table: a network of its own with bins of numbers, adam, whose steps are of a size whatever the columns are, a rate that
    /// falls, weights that shrink, and epochs by the number of rows; of a quantity, the squared error of plain outputs.
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

        var isOwn = isNew && !_network.Any(given.Contains);
        recipe = recipe with
        {
            Bins = data.Bins,
            Embedding = data.Embedding ?? recipe.Embedding,
            Optimizer = given.Contains("optimizer") || given.Contains("momentum") ? recipe.Optimizer : OptimizerChoice.Parse("adam")!,
            Epochs = given.Contains("epochs") ? recipe.Epochs : Epochs(data.Train.Count),
        };
        recipe = data.Train.Quantity is null ? recipe : OfQuantity(recipe, given, data);
        return isOwn ? WithNetwork(recipe, given, data.Train.Count) : recipe;
    }

    private static int Epochs(int rows) => Math.Clamp(RowsOfRun / rows, LeastEpochs, MostEpochs);

    /// <summary>The network of tables; with it go the rate, the schedule and the decay, unless an optimizer or one of them was asked for.</summary>
    private static Recipe WithNetwork(Recipe recipe, RecipeSettings given, int rows)
    {
        recipe = recipe with { Layers = LayerKinds.ReadList(Layers) };
        if (_rates.Any(given.Contains))
        {
            return recipe;
        }

        recipe = recipe with { LearningRate = new RateRange(LearningRate), Schedule = RateSchedule.Cosine };
        var isSmoothed = rows <= MostSmoothedRows && recipe.Loss.TakesTerms && !given.Contains("label-smoothing");
        return recipe with
        {
            WeightDecay = given.Contains("weight-decay") || given.Contains("l2") ? recipe.WeightDecay : Decay(recipe, rows),
            LabelSmoothing = isSmoothed ? Smoothing : recipe.LabelSmoothing,
        };
    }

    /// <summary>The decay by which weights shrink as far as they should in all steps, whose rates are on average half of the first; in three digits.</summary>
    private static float Decay(Recipe recipe, int rows)
    {
        var steps = (double)recipe.Epochs * ((rows + recipe.StepSize - 1) / recipe.StepSize);
        return float.Parse((Shrinking / (LearningRate / 2 * steps)).ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
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
