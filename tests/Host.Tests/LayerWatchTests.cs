using Gpu.Host.Runs;
using Gpu.Training.Data;
using Gpu.Training.Layers;
using Gpu.Training.Networks;
using Gpu.Training.Recipes;

namespace Gpu.Host.Tests;

public class LayerWatchTests
{
    [Fact]
    public void Curves_of_layers_reach_to_the_model_that_the_run_leaves_and_not_behind_it()
    {
        using var folder = new TestFolder();
        var (run, path) = (Run(), folder["layers.csv"]);
        using var watch = new LayerWatch(run, path, epochs: 0);
        watch.Epoch(1, Moved(run, 0));
        watch.Epoch(3, Moved(run, 0.2f));
        Assert.Equal([1, 1, 3, 3], Epochs(path));

        // The best epoch was before the last that was measured: its measurements are shown, and no curve turns back to it.
        watch.Keep(watch.Measure(run.ToModel(Moved(run, 0.1f)), epoch: 2));
        Assert.Equal([1, 1, 3, 3], Epochs(path));

        // A model that is no epoch's, such as that of a run that was stopped within one.
        watch.Keep(watch.Measure(run.ToModel(Moved(run, 0.1f)), epoch: null));
        Assert.Equal([1, 1, 3, 3], Epochs(path));

        watch.Keep(watch.Measure(run.ToModel(Moved(run, 0.4f)), epoch: 8));
        Assert.Equal([1, 1, 3, 3, 8, 8], Epochs(path));
    }

    [Fact]
    public void How_far_the_last_model_moved_is_told_by_epoch()
    {
        using var folder = new TestFolder();
        var (run, path) = (Run(), folder["layers.csv"]);
        using var watch = new LayerWatch(run, path, epochs: 0);
        watch.Epoch(1, Moved(run, 0));
        watch.Keep(watch.Measure(run.ToModel(Moved(run, 0.4f)), epoch: 5));

        // All that is learned grew by four tenths, in four epochs.
        Assert.All(LayersTable.Read(path).Where(row => row.Epoch == 5), row => Assert.InRange(row.Update, 0.0999, 0.1001));
    }

    private static int[] Epochs(string path) => [.. LayersTable.Read(path).Select(row => row.Epoch)];

    /// <summary>The first parameters, made larger by a share.</summary>
    private static float[] Moved(RunSetup run, float share) =>
        [.. InitialWeights.Draw(run.Shape, run.Recipe.Init, run.Recipe.BiasInit, run.Recipe.Seed).Select(number => number * (1 + share))];

    private static RunSetup Run()
    {
        var samples = Digits.Train(50);
        var recipe = Recipe.Default with { Hidden = [8], Data = "digits" };
        return new RunSetup
        {
            Recipe = recipe with { Scale = PixelScaling.Unit },
            Shape = recipe.Shape(new SampleSize(samples.Height, samples.Width, 1), samples.Classes),
            Data = new TrainingData("digits", "digits", samples, Validation: null, Test: null),
            InputMean = null,
            DataHash = "",
            DeviceName = "cpu",
        };
    }
}
