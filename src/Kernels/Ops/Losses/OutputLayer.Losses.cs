using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>The loss of a row and its gradient, as an empty struct that <see cref="OutputLayer"/> takes as a type argument.</summary>
public interface IOutputLoss
{
    /// <summary>The loss of a row of n outputs.</summary>
    static abstract float Loss(ArrayView<float> y, int n, int label);

    /// <summary>An element of the gradient of the mean loss of m rows.</summary>
    static abstract float Gradient(ArrayView<float> y, int n, int label, int column, int m);
}

public static partial class OutputLayer
{
    private static Type TypeOf(LossFunction loss) => loss switch
    {
        LossFunction.SoftmaxCrossEntropy => typeof(CrossEntropyLoss),
        LossFunction.SoftmaxSquaredError => typeof(SquaredErrorLoss),
        LossFunction.BinaryCrossEntropy => typeof(BinaryLoss),
        _ => throw new ArgumentOutOfRangeException(nameof(loss), loss, $"{Operation}: there is no loss {(int)loss}."),
    };

    private readonly struct CrossEntropyLoss : IOutputLoss
    {
        public static float Loss(ArrayView<float> y, int n, int label) => SoftmaxCrossEntropy.RowLoss(y, 0, n, label);

        public static float Gradient(ArrayView<float> y, int n, int label, int column, int m) => SoftmaxCrossEntropy.RowGradient(y, 0, n, label, column, m);
    }

    private readonly struct SquaredErrorLoss : IOutputLoss
    {
        public static float Loss(ArrayView<float> y, int n, int label) => SoftmaxSquaredError.RowLoss(y, 0, n, label);

        public static float Gradient(ArrayView<float> y, int n, int label, int column, int m) => SoftmaxSquaredError.RowGradient(y, 0, n, label, column, m);
    }

    private readonly struct BinaryLoss : IOutputLoss
    {
        public static float Loss(ArrayView<float> y, int n, int label) => BinaryCrossEntropy.RowLoss(y, 0, n, label);

        public static float Gradient(ArrayView<float> y, int n, int label, int column, int m) => BinaryCrossEntropy.RowGradient(y, 0, n, label, column, m);
    }
}
