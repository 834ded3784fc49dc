using Google.Protobuf;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Training.Data;
using Gpu.Training.Export;
using Gpu.Training.Loop;
using Gpu.Training.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Gpu.Export.Tests;

/// <summary>The answers of ONNX Runtime to an exported model, held against those of the program.</summary>
internal static class Answers
{
    /// <summary>How far probabilities may lie apart.</summary>
    internal const double Bound = 1e-5;

    /// <summary>A model as the bytes of its file.</summary>
    internal static byte[] FileOf(Model model) => OnnxFile.Of(model, []).ToByteArray();

    /// <summary>Requires the same label for each sample, but where the two largest outputs are as good as one, and the same probabilities.</summary>
    internal static void RequireSame(Model model, DataSet data)
    {
        var (labels, probabilities) = Run(FileOf(model), data);
        RequireSame(model, data, labels, probabilities);
    }

    /// <summary>The same for answers that are there.</summary>
    internal static void RequireSame(Model model, DataSet data, long[] labels, float[] probabilities)
    {
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 1 });
        var (classes, next) = (model.Shape.Outputs, 0);
        Assert.Equal((data.Count, data.Count * classes), (labels.Length, probabilities.Length));
        Predictor.Predict(accelerator, model.Shape, model.Parameters, data, model.Scaling, batch =>
        {
            for (var row = 0; row < batch.Count; row++, next++)
            {
                var expected = batch.Probabilities(row).ToArray();
                for (var c = 0; c < classes; c++)
                {
                    var (mine, other) = (expected[c], probabilities[(next * classes) + c]);
                    Assert.True(Math.Abs(mine - other) <= Bound * Math.Max(1, Math.Abs(mine)), $"sample {next}, class {c}: {mine} became {other}");
                }

                RequireSameLabel(batch.Answer(row), (int)labels[next], expected, next);
            }
        });
        Assert.Equal(data.Count, next);
    }

    /// <summary>What ONNX Runtime answers to samples of bytes.</summary>
    internal static (long[] Labels, float[] Probabilities) Run(byte[] file, DataSet data)
    {
        using var session = new InferenceSession(file);
        var (name, metadata) = session.InputMetadata.Single();
        int[] sizes = [data.Count, .. metadata.Dimensions.Skip(1)];
        using var outputs = session.Run([NamedOnnxValue.CreateFromTensor(name, new DenseTensor<byte>(data.Values, sizes))], ["label", "probabilities"]);
        return ([.. outputs[0].AsTensor<long>()], [.. outputs[1].AsTensor<float>()]);
    }

    private static void RequireSameLabel(int expected, int found, float[] probabilities, int sample)
    {
        var isTie = Math.Abs(probabilities[expected] - probabilities[found]) <= 2 * Bound;
        Assert.True(expected == found || isTie, $"sample {sample}: {expected} became {found}");
    }
}
