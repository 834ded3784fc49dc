using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Loop;
using Gpu.Training.Networks;

namespace Gpu.Training.Tests.Loop;

/// <summary>One pass over the samples gives answers and metrics, with the bits of the passes that give either.</summary>
public class PredictorTests
{
    [Theory]
    [InlineData("cross-entropy", 1250)]
    [InlineData("mse", 1000)]
    [InlineData("mse none", 700)]
    [InlineData("binary-cross-entropy", 3)]
    public void Evaluation_gives_what_prediction_and_the_trainer_give(string loss, int samples)
    {
        var data = Samples.Make(samples);
        var shape = Shape(Losses.Parse(loss)!);
        var parameters = Configuration.InitialParameters(shape, 3);
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 2 });
        var answers = new Answers(shape.Outputs);
        var evaluation = Predictor.Evaluate(accelerator, shape, parameters, data, PixelScaling.Unit, answers.Add);
        using var trainer = new Trainer(accelerator, shape, data, new TrainerOptions());
        trainer.SetParameters(parameters);
        Assert.Equal(trainer.Evaluate(data), evaluation);
        var predicted = Answers.Of(accelerator, shape, parameters, data);
        Assert.Equal(predicted.Probabilities, answers.Probabilities);
        Assert.Equal(predicted.Classes, answers.Classes);
        Assert.Equal(evaluation.Correct, Enumerable.Range(0, samples).Count(i => answers.Classes[i] == data.Labels[i]));
    }

    /// <summary>Rows of a table are encoded batch by batch where they are answered once, or by the processor, and are many; held in memory they give the same.</summary>
    [Fact]
    public void Samples_that_are_made_when_asked_for_are_answered_as_those_in_memory()
    {
        using var folder = new TempFolder();
        const int rows = 35_000;
        var path = folder.Write("x.csv", "size,class\n" + string.Concat(Enumerable.Range(0, rows).Select(row => $"{row * 7919 % 10_007}.5,{(row % 3 == 0 ? "u" : "v")}\n")));
        var made = TableTraining.Load([path], new TableOptions { Bins = 256 }, validation: null, test: null, seed: 1).Train;
        Assert.InRange(made.Samples.Bytes, (32 << 20) + 1, 40 << 20);
        var held = new DataSet(made.Source, new MemorySamples(made.Samples.ToArray(), made.Samples.Features), made.Labels, 1, made.Features, 2, sizeof(float));
        var shape = NetworkShape.Dense(made.Features, [3], 2, [Activation.Relu], Activation.Identity, Loss.CrossEntropy);
        var parameters = Configuration.InitialParameters(shape, 3);
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 2 });
        Assert.Equal(Answers.Of(accelerator, shape, parameters, held).Probabilities, Answers.Of(accelerator, shape, parameters, made).Probabilities);

        // The device never has all of them.
        var most = 0L;
        Predictor.Evaluate(accelerator, shape, parameters, made, PixelScaling.None, _ => most = Math.Max(most, accelerator.Memory.AllocatedBytes));
        Assert.InRange(most, 1, made.Samples.Bytes / 4);
        using var trainer = new Trainer(accelerator, shape, held, new TrainerOptions());
        trainer.SetParameters(parameters);
        Assert.Equal(trainer.Evaluate(held), trainer.Evaluate(made));
        Assert.Equal(trainer.Evaluate(held), trainer.Evaluate(made));
        trainer.Dispose();
    }

    /// <summary>Outputs of hundreds, where sigmoid and softmax are 1 and 0 and no more tell which output is the largest.</summary>
    [Theory]
    [InlineData("cross-entropy")]
    [InlineData("mse")]
    [InlineData("mse none")]
    [InlineData("binary-cross-entropy")]
    public void What_is_answered_is_what_is_counted_where_probabilities_are_saturated(string text)
    {
        var loss = Losses.Parse(text)!;
        var data = Samples.Make(1250);
        var shape = Shape(loss);
        var parameters = Configuration.InitialParameters(shape, 3).Select(weight => 100 * weight).ToArray();
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 1 });
        var answers = new Answers(shape.Outputs);
        var evaluation = Predictor.Evaluate(accelerator, shape, parameters, data, PixelScaling.None, answers.Add);
        Assert.Equal(evaluation.Correct, Enumerable.Range(0, data.Count).Count(i => answers.Classes[i] == data.Labels[i]));
        if (loss == Loss.BinaryCrossEntropy)
        {
            Assert.NotEqual(answers.Classes, Enumerable.Range(0, data.Count).Select(i => answers.MostProbable(i)));
        }
    }

    [Fact]
    public void A_sample_without_an_answer_is_an_error_that_names_it()
    {
        var data = Samples.Make(600);
        var shape = Shape(Loss.CrossEntropy);
        var parameters = new float[shape.ParameterCount];
        parameters.AsSpan().Fill(float.MaxValue);
        parameters[36 * 8] = -float.MaxValue;
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 1 });
        var error = Assert.Throws<TrainingException>(() => Answers.Of(accelerator, shape, parameters, data));
        Assert.Equal(Failure.Diverged, error.Failure);
        Assert.Contains("NaN for sample 1:", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Answers to come to more than 2^31 numbers in all; the memory that is taken for them is that of a batch.</summary>
    [Fact]
    public void Answers_take_no_more_memory_the_more_samples_there_are()
    {
        var shape = NetworkShape.Dense(1, [], 256, [Activation.Relu], Activation.Identity, Loss.CrossEntropy);
        var parameters = Configuration.InitialParameters(shape, 3);
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 1 });
        long Allocated(int samples)
        {
            var data = new DataSet("zeros", new byte[samples], [], 1, 1, 0);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var count = 0;
            Predictor.Predict(accelerator, shape, parameters, data, PixelScaling.Unit, batch => count += batch.Count);
            Assert.Equal(samples, count);

            // The list of the samples' numbers grows with them, the answers do not.
            return GC.GetAllocatedBytesForCurrentThread() - before - (samples * (sizeof(int) + sizeof(byte)));
        }

        var few = Allocated(10_000);
        Assert.InRange(Allocated(100_000), 0, few + 1_000_000);
    }

    [Fact]
    public void A_sample_is_answered_alike_in_whichever_batch_it_stands()
    {
        var data = Samples.Make(1250);
        var shape = Shape(Loss.CrossEntropy);
        var parameters = Configuration.InitialParameters(shape, 3);
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 1 });
        var all = Answers.Of(accelerator, shape, parameters, data).Probabilities;
        foreach (var sample in (int[])[0, 499, 500, 999, 1000, 1249])
        {
            var alone = Answers.Of(accelerator, shape, parameters, data.Select([sample])).Probabilities;
            Assert.Equal(all[(sample * shape.Outputs)..((sample + 1) * shape.Outputs)], alone);
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
            Predictor.Evaluate(counting, shape, parameters, data, PixelScaling.Unit, new Answers(shape.Outputs).Add);
            Assert.Equal(samples * (data.Features + 1), counting.SampleBytes);
            return counting.Prepared;
        }

        var once = Prepared(500);
        Assert.True(once >= 5, $"{once} kernels were counted");
        Assert.Equal(once, Prepared(1500));
        Assert.Equal(2 * once, Prepared(1750));
    }

    private static NetworkShape Shape(Loss loss) => NetworkShape.Dense(36, [8], 4, [Activation.Relu], Activation.Identity, loss);
}
