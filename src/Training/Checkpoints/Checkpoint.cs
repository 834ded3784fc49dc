using Gpu.Training.Loop;
using Gpu.Training.Models;
using Gpu.Training.Recipes;

namespace Gpu.Training.Checkpoints;

/// <summary>
/// All that a run needs to go on as if it had never stopped. The order of the samples, the learning rates and every random number
/// follow from the recipe and the progress.
/// </summary>
/// <param name="Model">The weights, the architecture and the preprocessing.</param>
/// <param name="Optimizer">What the optimizer carries on.</param>
/// <param name="Progress">How far the run has come.</param>
/// <param name="Recipe">Every setting of the run, resolved.</param>
/// <param name="DataHash">What tells the run's samples from others: <see cref="Data.DataHash"/>.</param>
/// <param name="DeviceName">The device as people call it: another one gives other bits.</param>
public sealed record Checkpoint(
    Model Model, OptimizerState Optimizer, RunProgress Progress, Recipe Recipe, string DataHash, string DeviceName)
{
    /// <summary>The moving average of the weights, where the run keeps one: as many numbers as the model has.</summary>
    public float[]? Average { get; init; }

    /// <summary>The model that answers: with the moving average of the weights where there is one. <see cref="Model"/> is what training goes on from.</summary>
    public Model ToModel() => Average is null ? Model : Model.With(Average);
}
