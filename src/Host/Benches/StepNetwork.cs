using Gpu.Kernels.Ops;
using Gpu.Training.Layers;
using Gpu.Training.Networks;

namespace Gpu.Host.Benches;

/// <summary>A network whose training steps are timed.</summary>
/// <param name="Name">What tables call it.</param>
/// <param name="Side">Rows and columns of an image.</param>
/// <param name="Layers">The layers but the last, as recipes write them.</param>
/// <param name="Batch">Samples of a step.</param>
/// <param name="Steps">Steps of a pass on a processor.</param>
/// <param name="GpuSteps">Steps of a pass on a graphics processor.</param>
internal sealed record StepNetwork(string Name, int Side, string Layers, int Batch, int Steps, int GpuSteps)
{
    private const int Classes = 10;

    private const string Deep = "dense 2500 scaled-tanh, dense 2000 scaled-tanh, dense 1500 scaled-tanh, dense 1000 scaled-tanh, dense 500 scaled-tanh";

    /// <summary>
    /// A to E are the networks of classic articles, F and G those that programs written in CUDA were published with. A pass on a graphics
    /// processor is an epoch of 60,000 samples, or nearly: what an epoch costs once must weigh as much as it does there.
    /// tests/Benchmarks/torch_peer.py takes the same list.
    /// </summary>
    internal static IReadOnlyList<StepNetwork> All { get; } =
    [
        new("A 784-10-10", 28, "dense 10 relu", 1, 4000, 4000),
        new("B 784-30-10", 28, "dense 30 sigmoid", 50, 400, 1200),
        new("C 784-128-10", 28, "dense 128 relu", 32, 400, 1875),
        new("C with adam", 28, "dense 128 relu", 32, 400, 1875) { Optimizer = "adam" },
        new("D 784-128-64-10", 28, "dense 128 sigmoid, dense 64 sigmoid", 32, 400, 1875),
        new("E 841-2500-2000-1500-1000-500-10", 29, Deep, 128, 8, 64),
        new("E with adam", 29, Deep, 128, 8, 64) { Optimizer = "adam" },
        new("F 784-1024-512-10", 28, "dense 1024 relu, dense 512 relu", 4096, 2, 15),
        new("G 784-320-160-10", 28, "dense 320 relu, dense 160 relu", 64, 200, 938),
        new("convolutional, with adam", 28, "conv 5x5x20 relu, max-pool 2, conv 5x5x50 relu, max-pool 2, dense 500 relu, dropout 0.5", 128, 8, 469) { Optimizer = "adam" },
    ];

    /// <summary>The optimizer, as recipes write it.</summary>
    internal string Optimizer { get; init; } = "sgd";

    /// <summary>The network with its output layer.</summary>
    internal NetworkShape Shape => NetworkShape.Of(new SampleSize(Side, Side, 1), LayerKinds.ReadList(Layers), Classes, Activation.Identity, Loss.CrossEntropy);
}
