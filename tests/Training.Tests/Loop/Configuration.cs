using Gpu.Kernels.Ops;
using Gpu.Training.Augmentation;
using Gpu.Training.Data;
using Gpu.Training.Layers;
using Gpu.Training.Loop;
using Gpu.Training.Networks;

namespace Gpu.Training.Tests.Loop;

/// <summary>Small runs that between them use every kind of training step.</summary>
internal static class Configuration
{
    /// <summary>Fused updates, momentum and L2, one sample at a time, dense inputs, a wide network, a deep one, a skipping one, a launch for each operation, layers of several kinds, moving averages, images that are augmented, steps of several batches, every optimizer.</summary>
    internal static IReadOnlyList<string> Names { get; } = ["plain", "momentum", "online", "dense", "dense slices", "dense descent", "wide", "deep", "skip", "unfused", "layers", "averaged", "augmented", "augmented online", "accumulated", "accumulated plain", .. Optimizers.Names];

    internal static (NetworkShape Shape, DataSet Data, TrainerOptions Options) Named(string name)
    {
        var data = name is "dense slices" or "dense descent" ? Samples.Make(333, 14, 14) : Samples.Make(333);
        if (name is "layers" or "accumulated")
        {
            var layers = LayerKinds.ReadList("conv 2x2x3 relu, batch-norm, max-pool 2 stride 1, dense 24 tanh, dropout 0.3, sigmoid");
            var network = NetworkShape.Of(new SampleSize(6, 6, 1), layers, data.Classes, Activation.Identity, Loss.CrossEntropy);
            return (network, data, name == "layers"
                ? new TrainerOptions { BatchSize = 32, Momentum = 0.5f, Ema = 0.75f, ClipValue = 0.01f }
                : new TrainerOptions { BatchSize = 36, Accumulate = 4, Momentum = 0.5f, Ema = 0.75f, ClipNorm = 1, Augmentation = AugmentationWords.Read("shift:1,noise:0.1") });
        }

        var (hidden, options) = name switch
        {
            "plain" => (new[] { 24 }, new TrainerOptions { BatchSize = 32 }),
            "momentum" => ([24], new TrainerOptions { BatchSize = 32, Momentum = 0.9f, L2 = 1e-3f }),
            "online" => ([10], new TrainerOptions { BatchSize = 1 }),
            "dense" => ([24], new TrainerOptions { BatchSize = 50, Scaling = PixelScaling.Parse("0.1307,0.3081") }),
            "dense slices" => ([24], new TrainerOptions { BatchSize = 50, Scaling = PixelScaling.Parse("0.1307,0.3081") }),
            "dense descent" => ([24], new TrainerOptions
            {
                BatchSize = 50,
                Scaling = PixelScaling.Parse("0.1307,0.3081"),
                Optimizer = new OptimizerChoice(Optimizers.All.Single(optimizer => optimizer.Name == "adam")),
            }),
            "wide" => ([400, 350], new TrainerOptions { BatchSize = 64 }),
            "deep" => ([32, 16, 12], new TrainerOptions { BatchSize = 17 }),
            "skip" => ([10], new TrainerOptions { BatchSize = 1, SkipCorrectAfter = 300 }),
            "unfused" => ([24], new TrainerOptions { BatchSize = 32, StepVariant = OnlineSgd.Unfused, SkipCorrectAfter = 9, ClipNorm = 1, Ema = 0.75f }),
            "averaged" => ([24], new TrainerOptions { BatchSize = 32, Ema = 0.9f }),
            "augmented" => ([24], new TrainerOptions { BatchSize = 50, Augmentation = AugmentationWords.Read("shift:1,rotate:20,scale:0.1,shear:0.1,elastic:20/2") }),
            "accumulated plain" => ([24], new TrainerOptions { BatchSize = 48, Accumulate = 3 }),
            "augmented online" => ([10], new TrainerOptions { BatchSize = 1, Augmentation = AugmentationWords.Read("rotate:20,noise:0.1") }),
            _ => ([16], Descent(Optimizers.All.Single(optimizer => optimizer.Name == name))),
        };
        var shape = NetworkShape.Dense(
            data.Features, hidden, data.Classes, [Activation.Tanh], Activation.Identity, Loss.CrossEntropy);
        return (shape, data, options);
    }

    /// <summary>All that an optimizer can be told, with a gradient that is clipped.</summary>
    private static TrainerOptions Descent(Optimizer optimizer) => new()
    {
        BatchSize = 25,
        Optimizer = new OptimizerChoice(optimizer),
        Momentum = optimizer.TakesMomentum ? 0.5f : 0,
        L2 = 1e-3f,
        WeightDecay = 0.01f,
        ClipNorm = 1,
    };

    internal static TrainerState InitialState(NetworkShape shape, TrainerOptions options) =>
        new(shape, InitialParameters(shape, 1), OptimizerState.Begin(shape, options.Update.Slots))
        {
            Average = options.Ema is null ? null : InitialParameters(shape, 1),
        };

    internal static float[] InitialParameters(NetworkShape shape, ulong seed) =>
        InitialWeights.Draw(shape, WeightDistribution.Xavier, WeightDistribution.Constant(0), seed);
}
