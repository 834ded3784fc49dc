using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Devices.Simulator;
using Gpu.Kernels.Ops;
using Gpu.Training.Augmentation;
using Gpu.Training.Layers;
using Gpu.Training.Loop;
using Gpu.Training.Networks;

namespace Gpu.Training.Tests.Loop;

/// <summary>Steps that take their samples in several batches.</summary>
public class AccumulationTests
{
    /// <summary>Four roundings of numbers near 1 for each of the epoch's eleven steps: what the order of a sum may move.</summary>
    private const double Bound = 11 * 4.0 / (1 << 24);

    /// <summary>
    /// All with dropout, which draws by the row of the step, and with a last step whose parts are not alike; a norm that is clipped, samples that
    /// are skipped once they are answered right, images that are changed, a loss with smoothed targets.
    /// </summary>
    public static TheoryData<string> Cases => ["plain", "clipped", "skipping", "augmented", "smoothed"];

    [Theory]
    [MemberData(nameof(Cases))]
    public void They_come_out_as_those_of_one_batch_up_to_rounding(string name)
    {
        foreach (var simulates in new[] { false, true })
        {
            using ComputeAccelerator accelerator = simulates ? new SimulatorAccelerator() : new CpuAccelerator();
            var (whole, wholeResult) = Train(accelerator, Options(name));
            var (parts, partsResult) = Train(accelerator, Options(name) with { Accumulate = 4 });
            Assert.Equal(wholeResult.Samples, partsResult.Samples);
            Assert.True(Math.Abs(wholeResult.Loss - partsResult.Loss) <= Bound, $"{wholeResult.Loss} {partsResult.Loss}");
            Assert.True(Math.Abs(wholeResult.GradientNorm!.Value - partsResult.GradientNorm!.Value) <= 100 * Bound, $"{wholeResult.GradientNorm} {partsResult.GradientNorm}");
            for (var i = 0; i < whole.Length; i++)
            {
                Assert.True(Math.Abs(whole[i] - parts[i]) <= Bound, $"parameter {i}: {whole[i]:R} in one batch, {parts[i]:R} in four");
            }

            Assert.NotEqual(whole, parts);
        }
    }

    [Fact]
    public void A_step_has_parts_of_its_own_for_what_remains()
    {
        var options = Options("plain") with { Accumulate = 4 };
        Assert.Equal([8, 8, 8, 8], options.Batches(32));
        Assert.Equal([8, 5], options.Batches(13));
        Assert.Equal([3], options.Batches(3));
    }

    private static TrainerOptions Options(string name) => name switch
    {
        "plain" => new TrainerOptions { BatchSize = 32 },
        "clipped" => new TrainerOptions { BatchSize = 32, Momentum = 0.9f, L2 = 1e-3f, ClipNorm = 0.5f },
        "skipping" => new TrainerOptions { BatchSize = 32, SkipCorrectAfter = 4 },
        "augmented" => new TrainerOptions { BatchSize = 32, Augmentation = AugmentationWords.Read("shift:1,noise:0.1") },
        _ => new TrainerOptions { BatchSize = 32, Loss = new LossSettings(LabelSmoothing: 0.1f) },
    };

    private static (float[] Parameters, EpochResult Result) Train(ComputeAccelerator accelerator, TrainerOptions options)
    {
        var data = Samples.Make(333);
        var layers = LayerKinds.ReadList("conv 2x2x3 tanh, dropout 0.3, dense 24 tanh, layer-norm, dropout 0.5");
        var shape = NetworkShape.Of(new SampleSize(6, 6, 1), layers, data.Classes, Activation.Identity, Loss.CrossEntropy);
        using var trainer = new Trainer(accelerator, shape, data, options);
        trainer.SetParameters(Configuration.InitialState(shape, options).Parameters);
        var result = trainer.TrainEpoch(0, [.. Enumerable.Repeat(0.01f, trainer.StepsPerEpoch)]);
        return (trainer.GetParameters(), result);
    }
}
