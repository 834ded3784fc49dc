using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// 784-128-10 with ReLU and plain descent, trained on MNIST as a user of TorchSharp would write it when speed counts: by autograd with plain
/// parameters, and by hand without autograd, where the update is part of the weight gradient's product. Samples lie in memory as floats.
/// </summary>
internal static class DenseNetwork
{
    private const int Inputs = 784;
    private const int Hidden = 128;
    private const int Classes = 10;
    private const float Rate = 0.05f;

    /// <summary>Writes, for each of both ways, the samples a second of its fastest pass, and the share of test images that are right in the end.</summary>
    /// <param name="threads">Threads of libtorch.</param>
    /// <param name="folder">MNIST's IDX files, compressed.</param>
    /// <param name="batch">Samples of a step.</param>
    /// <param name="samples">Samples of a pass.</param>
    /// <param name="passes">How many passes.</param>
    internal static void Train(int threads, string folder, int batch, int samples, int passes)
    {
        torch.set_num_threads(threads);
        torch.random.manual_seed(1);
        using Tensor images = Mnist.Images(folder, "train").reshape(-1, Inputs), labels = Mnist.Labels(folder, "train");
        using Tensor testImages = Mnist.Images(folder, "t10k").reshape(-1, Inputs), testLabels = Mnist.Labels(folder, "t10k");
        using var targets = nn.functional.one_hot(labels, Classes).to_type(ScalarType.Float32);
        foreach (var byHand in (bool[])[false, true])
        {
            using var scope = torch.NewDisposeScope();
            Tensor[] weights = [Draw(Inputs, Hidden, byHand), Draw(Hidden, Classes, byHand)];
            Tensor[] biases = [torch.zeros(Hidden, requires_grad: !byHand), torch.zeros(Classes, requires_grad: !byHand)];
            var best = 0.0;
            for (var pass = 0; pass < passes; pass++)
            {
                using var inner = torch.NewDisposeScope();
                var order = torch.randperm(images.shape[0], ScalarType.Int64);
                var start = Stopwatch.GetTimestamp();
                for (var first = 0; first < samples; first += batch)
                {
                    using var step = torch.NewDisposeScope();
                    var rows = order.narrow(0, first, Math.Min(batch, samples - first));
                    if (byHand)
                    {
                        StepByHand(images.index_select(0, rows), targets.index_select(0, rows), weights, biases);
                    }
                    else
                    {
                        Step(images.index_select(0, rows), labels.index_select(0, rows), weights, biases);
                    }
                }

                best = Math.Max(best, samples / Stopwatch.GetElapsedTime(start).TotalSeconds);
            }

            using var off = torch.no_grad();
            var right = Outputs(testImages, weights, biases).argmax(1).eq(testLabels).sum().ToInt64() / (double)testLabels.shape[0];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{best:F0} {right:F4}"));
        }
    }

    private static Tensor Draw(int inputs, int outputs, bool byHand)
    {
        var weights = torch.randn(inputs, outputs).mul_(Math.Sqrt(2.0 / inputs));
        return byHand ? weights : weights.requires_grad_(true);
    }

    private static Tensor Outputs(Tensor x, Tensor[] weights, Tensor[] biases) => biases[1].addmm(biases[0].addmm(x, weights[0]).relu_(), weights[1]);

    private static void Step(Tensor x, Tensor labels, Tensor[] weights, Tensor[] biases)
    {
        nn.functional.cross_entropy(Outputs(x, weights, biases), labels).backward();
        using var off = torch.no_grad();
        foreach (var parameter in weights.Concat(biases))
        {
            parameter.add_(parameter.grad!, -Rate);
            parameter.grad = null;
        }
    }

    private static void StepByHand(Tensor x, Tensor targets, Tensor[] weights, Tensor[] biases)
    {
        using var off = torch.inference_mode();
        var scale = -Rate / x.shape[0];
        var hidden = biases[0].addmm(x, weights[0]).relu_();
        var dy = biases[1].addmm(hidden, weights[1]).softmax(1).sub_(targets);
        var down = dy.mm(weights[1].t()).mul_(hidden.sign());
        weights[1].addmm_(hidden.t(), dy, 1, scale);
        biases[1].add_(dy.sum(0L), scale);
        weights[0].addmm_(x.t(), down, 1, scale);
        biases[0].add_(down.sum(0L), scale);
    }
}
