using Gpu.Host.Reports;
using Gpu.Training.Models;
using Gpu.Training.Networks;
using Gpu.Training.Recipes;

namespace Gpu.Host.Runs;

/// <summary>A run that is ready to train, or to go on.</summary>
internal sealed record RunSetup
{
    /// <summary>Every setting, resolved.</summary>
    internal required Recipe Recipe { get; init; }

    /// <summary>The network.</summary>
    internal required NetworkShape Shape { get; init; }

    /// <summary>The samples.</summary>
    internal required TrainingData Data { get; init; }

    /// <summary>The mean of what is learned from, as <see cref="Training.Data.Ink.Mean"/> gives it; null where it is no images.</summary>
    internal required double? InputMean { get; init; }

    /// <summary>What tells the samples from others.</summary>
    internal required string DataHash { get; init; }

    /// <summary>Where its time goes.</summary>
    internal RunTimes Times { get; init; } = new();

    /// <summary>The device as people call it.</summary>
    internal required string DeviceName { get; init; }

    /// <summary>The parameters as they are now, as a model.</summary>
    internal Model ToModel(float[] parameters)
    {
        var origin = new ModelOrigin(Recipe.Device, Recipe.Seed, ProgramVersion.Text);
        return new Model(Shape, parameters, Recipe.Scale, Data.Train.Height, Data.Train.Width, origin)
        {
            InputMean = InputMean,
            Table = Data.Table,
            Names = ModelNames.Of(Data.Train, Recipe.Target),
        };
    }
}
