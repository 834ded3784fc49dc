using Gpu.Host.Devices;
using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Training.Checkpoints;
using Gpu.Training.Data;
using Gpu.Training.Layers;
using Gpu.Training.Models;
using Gpu.Training.Networks;
using Gpu.Training.Recipes;

namespace Gpu.Host.RunReport;

/// <summary>
/// Makes the page of a run of a few built-in digits, and throws it away, on a core that has nothing to do while another reads the data. Most of the time that the
/// first page of a process takes is that of compiling what makes it, and at the end of a run somebody waits for it.
/// </summary>
internal static class PageRehearsal
{
    private const int Samples = 60, Epochs = 3;

    /// <summary>Begins it, where there is a core to spare; the process does not wait for it.</summary>
    internal static void Begin()
    {
        if (ThreadLimit.Cores > 1)
        {
            new Thread(Run) { IsBackground = true, Name = "page rehearsal" }.Start();
        }
    }

    private static void Run()
    {
        try
        {
            Make();
        }
        catch (Exception)
        {
            // Nobody asked for this page; what is wrong with it is said of the one that the run leaves.
        }
    }

    /// <summary>The page and its numbers.</summary>
    internal static (string Page, string? Numbers) Make()
    {
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 1 });
        return ReportFile.Make(View().Judged(accelerator));
    }

    private static RunView View()
    {
        var samples = Digits.Train(Samples);
        var data = new TrainingData("digits", "digits", samples, Validation: null, Test: samples);
        var recipe = Recipe.Default with { Hidden = [32], Data = "digits" };
        var shape = recipe.Shape(new SampleSize(samples.Height, samples.Width, 1), data.Outputs);
        var parameters = InitialWeights.Draw(shape, recipe.Init, recipe.BiasInit, recipe.Seed);
        var model = new Model(shape, parameters, PixelScaling.Unit, samples.Height, samples.Width, new ModelOrigin(DeviceChoice.Cpu, recipe.Seed, ProgramVersion.Text))
        {
            Names = ModelNames.Of(samples, target: null),
        };
        var times = new RunTimes();
        times.Add(RunPart.Training, Epochs);
        times.Step = [new StepPart("forward", 1), new StepPart("backward", 1)];
        var layers = LayerWatch.Measure(model, samples, recipe);
        return new RunView
        {
            Folder = "run",
            Recipe = recipe,
            Metrics = Metrics(),
            Model = model,
            Data = data,
            Progress = new RunProgress { Epoch = Epochs, Best = new BestEpoch(Epochs, 0, 1) },
            Device = "cpu",
            DataHash = "",
            Layers = layers,
            LayerRows = [.. Enumerable.Range(1, Epochs).SelectMany(epoch => layers.Select(layer => new LayerRow(epoch, layer.Layer, 0.1, 0.1, layer.Output, layer.Gradient, 0.1 / epoch, layer.ForwardSeconds, layer.BackwardSeconds)))],
            Times = times,
            DataText = new Lazy<string>(() => DataSection.Write(data, model, "")),
        };
    }

    private static MetricsTable Metrics() => MetricsTable.Of("rehearsal",
    [
        "epoch,train_loss,train_accuracy,test_loss,test_accuracy,test_correct,train_seconds,samples_per_second,learning_rate,gradient_norm",
        .. Enumerable.Range(1, Epochs).Select(epoch => $"{epoch},{epoch},0.{epoch},{epoch},0.{epoch},{epoch},{epoch},{epoch},0.1,{epoch}"),
    ]);
}
