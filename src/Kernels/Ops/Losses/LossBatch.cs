using Gpu.Kernels.Devices;

namespace Gpu.Kernels.Ops;

/// <summary>What every loss reads and writes.</summary>
/// <param name="Logits">(m, n): what stands before softmax, or before each output's sigmoid; probabilities where a loss says so.</param>
/// <param name="Labels">(m), each from 0 to n - 1.</param>
/// <param name="M">Rows.</param>
/// <param name="N">Classes, 1 or more.</param>
/// <param name="Losses">(m), written: the loss of each row.</param>
/// <param name="Correct">(m), written: 1 where the row's first maximum is its label.</param>
/// <param name="Gradient">(m, n), written: the derivative of the mean loss by the logits; null to evaluate.</param>
public readonly record struct LossBatch(DeviceView<float> Logits, DeviceView<int> Labels, int M, int N, DeviceView<float> Losses,
    DeviceView<int> Correct, DeviceView<float>? Gradient)
{
    /// <summary>Throws where a view has another size.</summary>
    internal void RequireShapes(string operation)
    {
        Require.Positive(N, operation, "n");
        Require.Matrix(Logits, M, N, operation, "logits");
        Require.Length(Labels, M, operation, "labels");
        Require.Length(Losses, M, operation, "losses");
        Require.Length(Correct, M, operation, "correct");
        Require.Matrix(Gradient ?? Logits, M, N, operation, "gradient");
    }

    /// <summary>The gradient of a loss that is never without one.</summary>
    internal DeviceView<float> RequireGradient(string operation) => Gradient
        ?? throw new ArgumentException($"{operation}: a gradient of {M} x {N} was expected, there is none.", nameof(operation));

    /// <summary>Binds the kernel with the gradient, or the one without, an index a row.</summary>
    internal Launch Prepare(ComputeAccelerator accelerator, Delegate withGradient, Delegate lossAlone) => Gradient is { } gradient
        ? accelerator.Prepare(withGradient, LaunchShape.Linear(M), Logits, Labels, M, N, Losses, Correct, gradient)
        : accelerator.Prepare(lossAlone, LaunchShape.Linear(M), Logits, Labels, M, N, Losses, Correct);
}
