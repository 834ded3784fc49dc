using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

/// <summary>
/// The convolutional network of <c>convolution.py</c>, trained on MNIST with the modules and the optimizer that TorchSharp brings; samples lie in
/// memory as floats, and nothing is read back within an epoch. Writes a line an epoch: samples a second, and the share of test images it has right.
/// </summary>
internal static class ConvolutionalNetwork
{
    /// <param name="threads">Threads of libtorch.</param>
    /// <param name="folder">MNIST's IDX files, compressed.</param>
    /// <param name="batch">Samples of a step.</param>
    /// <param name="samples">Samples of an epoch: the first ones.</param>
    /// <param name="epochs">How many to train.</param>
    internal static void Train(int threads, string folder, int batch, int samples, int epochs)
    {
        torch.set_num_threads(threads);
        torch.random.manual_seed(1);
        using Tensor images = Mnist.Images(folder, "train"), labels = Mnist.Labels(folder, "train");
        using Tensor testImages = Mnist.Images(folder, "t10k"), testLabels = Mnist.Labels(folder, "t10k");
        using var model = Sequential(
            Conv2d(1, 20, 5), ReLU(), MaxPool2d(2), Conv2d(20, 50, 5), ReLU(), MaxPool2d(2), Flatten(), Linear(800, 500), ReLU(), Dropout(0.5), Linear(500, 10));
        using var optimizer = optim.Adam(model.parameters(), 0.001);
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            using var order = torch.randperm(samples, ScalarType.Int64);
            model.train();
            var start = Stopwatch.GetTimestamp();
            for (var first = 0; first < samples; first += batch)
            {
                // As zero_grad() of PyTorch 2 does it; TorchSharp's own fills with zeros, which is slower.
                foreach (var parameter in model.parameters())
                {
                    parameter.grad = null;
                }

                using (torch.NewDisposeScope())
                {
                    var rows = order.narrow(0, first, Math.Min(batch, samples - first));
                    functional.cross_entropy(model.call(images.index_select(0, rows)), labels.index_select(0, rows)).backward();
                }

                // Not in the scope of a step: what the optimizer keeps from step to step must outlive it.
                optimizer.step();
            }

            var rate = samples / Stopwatch.GetElapsedTime(start).TotalSeconds;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rate:F0} {Accuracy(model, testImages, testLabels):F4}"));
        }
    }

    private static double Accuracy(Module<Tensor, Tensor> model, Tensor images, Tensor labels)
    {
        using var off = torch.no_grad();
        model.eval();
        var right = 0L;
        for (var first = 0; first < images.shape[0]; first += 1000)
        {
            using var chunk = torch.NewDisposeScope();
            right += model.call(images.narrow(0, first, 1000)).argmax(1).eq(labels.narrow(0, first, 1000)).sum().ToInt64();
        }

        return right / (double)images.shape[0];
    }
}
