using Gpu.Training;
using Gpu.Training.Networks;
using Gpu.Training.Recipes;

namespace Gpu.Host.Runs;

/// <summary>What a table decides of a recipe, where nothing else was asked for.</summary>
internal static class TableRecipe
{
    /// <summary>The recipe for what is learned: of a quantity, the squared error of plain outputs.</summary>
    /// <param name="recipe">The recipe that was asked for.</param>
    /// <param name="given">Which settings were asked for.</param>
    /// <param name="data">The samples.</param>
    /// <exception cref="TrainingException">It asks for what goes with classes alone, and a quantity is learned.</exception>
    internal static Recipe Resolve(Recipe recipe, RecipeSettings given, TrainingData data)
    {
        if (data.Train.Quantity is null)
        {
            return recipe;
        }

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
