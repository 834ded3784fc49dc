using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Ops;
using Gpu.Training.Augmentation;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Tests.Loop;

namespace Gpu.Training.Tests.Augmentation;

public class AugmentationTests
{
    [Theory]
    [InlineData("shift:2, rotate:15", "shift:2,rotate:15")]
    [InlineData("elastic:36/5.5,shift:2", "shift:2,elastic:36/5.5")]
    [InlineData("noise:0.10", "noise:0.1")]
    [InlineData("rotate:0,noise:0.1", "noise:0.1")]
    public void Words_come_back_in_the_order_of_the_list(string text, string written)
    {
        var read = AugmentationWords.Read(text);
        Assert.Equal(written, read!.ToString());
        Assert.Equal(read, AugmentationWords.Read(written));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("rotate:0")]
    public void Nothing_is_none(string text) => Assert.Null(AugmentationWords.Read(text));

    [Theory]
    [InlineData("rotat:15", "found \"rotat:15\"; did you mean rotate?")]
    [InlineData("", "found \"\".")]
    [InlineData("shift", "Expected shift:PIXELS with PIXELS a whole number from 1 to 10000, such as shift:2, found \"shift\".")]
    [InlineData("shift:1.5", "found \"shift:1.5\".")]
    [InlineData("shift:2/2", "found \"shift:2/2\".")]
    [InlineData("rotate:x", "DEGREES from 0 to 180")]
    [InlineData("rotate:NaN", "DEGREES from 0 to 180")]
    [InlineData("elastic:36", "Expected elastic:ALPHA/SIGMA with ALPHA from 0 to 10000 and SIGMA from 0.3 to 300, such as elastic:36/5.5, found \"elastic:36\".")]
    [InlineData("elastic:36/0.1", "found \"elastic:36/0.1\".")]
    [InlineData("noise:-1", "found \"noise:-1\".")]
    [InlineData("shift:1,shift:2", "shift is named twice")]
    public void What_is_none_is_refused(string text, string expected)
    {
        var error = Assert.Throws<TrainingException>(() => AugmentationWords.Read(text));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_augmentation_has_an_example_that_changes_images() => Assert.All(AugmentationWords.Examples, example =>
    {
        var augmentation = AugmentationWords.Read(example)!;
        var data = Samples.Make(5, 28, 28);
        Assert.Equal(example, augmentation.ToString());
        Assert.NotEqual(data.Values, AugmentedSamples.Make(augmentation, data, [0, 1, 2, 3, 4], seed: 1, epoch: 0).Values);
    });

    /// <summary>What a trainer learned from is what the host makes of the same samples.</summary>
    [Fact]
    public void A_step_learns_from_the_samples_of_its_epoch()
    {
        var (shape, data, options) = Configuration.Named("augmented");
        var order = new int[data.Count];
        options.FillOrder(order, epoch: 3);
        var seen = AugmentedSamples.Make(options.Augmentation!, data, order, options.Seed, epoch: 3);
        Assert.Equal(order.Select(sample => data.Labels[sample]), seen.Labels);
        var expected = Loss(shape, seen, options with { Augmentation = null, BatchSize = data.Count }, epoch: 3);
        Assert.Equal(expected, Loss(shape, data, options with { BatchSize = data.Count }, epoch: 3), tolerance: 1e-6);
        Assert.NotEqual(expected, Loss(shape, data, options with { BatchSize = data.Count }, epoch: 4), tolerance: 1e-4);
        Assert.NotEqual(expected, Loss(shape, data, options with { BatchSize = data.Count, Augmentation = null }, epoch: 3), tolerance: 1e-4);
    }

    [Fact]
    public void Evaluation_sees_samples_as_they_are()
    {
        var (shape, data, options) = Configuration.Named("augmented");
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 1 });
        using var plain = new Trainer(accelerator, shape, data, options with { Augmentation = null });
        using var augmented = new Trainer(accelerator, shape, data, options);
        plain.SetParameters(Configuration.InitialParameters(shape, 1));
        augmented.SetParameters(Configuration.InitialParameters(shape, 1));
        Assert.Equal(plain.Evaluate(data), augmented.Evaluate(data));
    }

    [Fact]
    public void Samples_that_are_no_images_are_refused()
    {
        var row = new DataSet("a.csv", new byte[30], new byte[10], 1, 3, 2);
        Assert.Equal("a.csv: --augment changes images of known height and width, and these samples are 3 values in a row: leave --augment out.", Refusal("rotate:1", row));
        Assert.Contains("encoded values", Refusal("rotate:1", Samples.AsFloats(Samples.Make(5), PixelScaling.Unit)), StringComparison.Ordinal);
        Assert.Equal("made samples: shift:6 can move images of 6 x 6 out of sight: take fewer pixels than 6.", Refusal("shift:6", Samples.Make(5)));
    }

    private static string Refusal(string words, DataSet data)
    {
        var shape = Training.Networks.NetworkShape.Dense(data.Features, [4], 4, [Activation.Relu], Activation.Identity, Training.Networks.Loss.CrossEntropy);
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 1 });
        return Assert.Throws<TrainingException>(() => new Trainer(accelerator, shape, data, new TrainerOptions { Augmentation = AugmentationWords.Read(words) })).Message;
    }

    private static double Loss(Training.Networks.NetworkShape shape, DataSet data, TrainerOptions options, int epoch)
    {
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 1, Strict = true });
        using var trainer = new Trainer(accelerator, shape, data, options);
        trainer.SetParameters(Configuration.InitialParameters(shape, 1));
        return trainer.TrainEpoch(epoch, [0.1f]).Loss;
    }
}
