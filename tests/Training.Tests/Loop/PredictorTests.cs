using Gpu.Kernels.Accelerators.Cpu;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Networks;

namespace Gpu.Training.Tests.Loop;

/// <summary>One pass over the samples gives answers and metrics, with the bits of the passes that give either.</summary>
public class PredictorTests
{
    [Theory]
    [InlineData(Loss.CrossEntropy, 1250)]
    [InlineData(Loss.MeanSquaredError, 1000)]
    [InlineData(Loss.BinaryCrossEntropy, 3)]
    public void Evaluation_gives_what_prediction_and_the_trainer_give(Loss loss, int samples)
    {
        var data = Samples.Make(samples);
        var shape = Shape(loss);
        var parameters = Configuration.InitialParameters(shape, 3);
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 2 });
        var (evaluation, probabilities) = Predictor.Evaluate(accelerator, shape, parameters, data, PixelScaling.Unit);
        using var trainer = new Trainer(accelerator, shape, data, new TrainerOptions());
        trainer.SetParameters(parameters);
        Assert.Equal(trainer.Evaluate(data), evaluation);
        Assert.Equal(Predictor.Predict(accelerator, shape, parameters, data, PixelScaling.Unit), probabilities);
        Assert.Equal(evaluation.Correct, Enumerable.Range(0, samples).Count(i => Answer(probabilities, i, shape.Outputs) == data.Labels[i]));
    }

    [Fact]
    public void A_sample_is_answered_alike_in_whichever_batch_it_stands()
    {
        var data = Samples.Make(1250);
        var shape = Shape(Loss.CrossEntropy);
        var parameters = Configuration.InitialParameters(shape, 3);
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 1 });
        var all = Predictor.Predict(accelerator, shape, parameters, data, PixelScaling.Unit);
        foreach (var sample in (int[])[0, 499, 500, 999, 1000, 1249])
        {
            var alone = Predictor.Predict(accelerator, shape, parameters, data.Select([sample]), PixelScaling.Unit);
            Assert.Equal(all.AsSpan(sample * shape.Outputs, shape.Outputs).ToArray(), alone);
        }
    }

    /// <summary>Batches of 500 on the processor, whose kernels are counted as another device's would be.</summary>
    [Fact]
    public void Samples_are_copied_once_and_launches_are_prepared_once_however_many_batches_there_are()
    {
        using var cpu = new CpuAccelerator(new CpuOptions { Threads = 1 });
        var shape = Shape(Loss.CrossEntropy);
        var parameters = Configuration.InitialParameters(shape, 3);
        int Prepared(int samples)
        {
            var data = Samples.Make(samples);
            using var counting = new CountingAccelerator(cpu);
            Predictor.Evaluate(counting, shape, parameters, data, PixelScaling.Unit);
            Assert.Equal(samples * (data.Features + 1), counting.SampleBytes);
            return counting.Prepared;
        }

        var once = Prepared(500);
        Assert.True(once >= 5, $"{once} kernels were counted");
        Assert.Equal(once, Prepared(1500));
        Assert.Equal(2 * once, Prepared(1750));
    }

    private static NetworkShape Shape(Loss loss) => NetworkShape.Dense(36, [8], 4, [Activation.Relu], Activation.Identity, loss);

    /// <summary>The first of the most probable classes.</summary>
    private static int Answer(float[] probabilities, int sample, int classes)
    {
        var row = probabilities.AsSpan(sample * classes, classes).ToArray();
        return Array.IndexOf(row, row.Max());
    }
}
