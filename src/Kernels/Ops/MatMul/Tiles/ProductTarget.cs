using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>What becomes of a product's sums.</summary>
/// <typeparam name="TSelf">The struct itself.</typeparam>
public interface IProductTarget<TSelf> where TSelf : struct
{
    /// <summary>Whether the sums of the right factor's columns are wanted as well: the gradient by the biases.</summary>
    static abstract bool SumsColumns { get; }

    /// <summary>Not 0 where rows are stored by four: they begin at multiples of 16 bytes and hold a multiple of four.</summary>
    static abstract int Vectors(TSelf target);

    /// <summary>
    /// What is added to the sums of four columns from <paramref name="column"/> on, or of as many as are left, in every row: loaded once by a
    /// lane.
    /// </summary>
    static abstract Float4 Terms(TSelf target, int column, int left);

    /// <summary>Takes one element, its term added.</summary>
    static abstract void PutOne(TSelf target, int row, int column, float sum);

    /// <summary>Takes four neighbours of a row at once, their terms added.</summary>
    static abstract void PutFour(TSelf target, int row, int column, Float4 sums);

    /// <summary>Takes the sum of a column of the right factor.</summary>
    static abstract void PutColumn(TSelf target, int column, float sum);
}

/// <summary>y = f(sum + bias).</summary>
internal struct ForwardTarget : IProductTarget<ForwardTarget>
{
    internal ArrayView<float> Bias;
    internal ArrayView<float> Y;
    internal int HasBias;
    internal int Activation;
    internal int Columns;
    internal int Wide;

    /// <inheritdoc/>
    public static bool SumsColumns => false;

    /// <inheritdoc/>
    public static int Vectors(ForwardTarget target) => target.Wide;

    /// <inheritdoc/>
    public static Float4 Terms(ForwardTarget target, int column, int left)
    {
        var count = target.HasBias != 0 ? left : 0;
        return FloatRow.Fetch(target.Bias, 0, 0, column, count);
    }

    /// <inheritdoc/>
    public static void PutOne(ForwardTarget target, int row, int column, float sum) =>
        target.Y[(row * target.Columns) + column] = Activations.Apply(target.Activation, sum);

    /// <inheritdoc/>
    public static void PutFour(ForwardTarget target, int row, int column, Float4 sums) =>
        target.Y.Cast<Float4>()[((row * target.Columns) + column) >> 2] = new Float4
        {
            X = Activations.Apply(target.Activation, sums.X),
            Y = Activations.Apply(target.Activation, sums.Y),
            Z = Activations.Apply(target.Activation, sums.Z),
            W = Activations.Apply(target.Activation, sums.W),
        };

    /// <inheritdoc/>
    public static void PutColumn(ForwardTarget target, int column, float sum)
    {
        // No column sums.
    }
}

/// <summary>dx = sum f'(a), with f' from the outputs x = f(a), which are read where the activation is not the identity.</summary>
internal struct InputGradientTarget : IProductTarget<InputGradientTarget>
{
    internal ArrayView<float> Outputs;
    internal ArrayView<float> Dx;
    internal int Activation;
    internal int Columns;
    internal int Wide;

    /// <inheritdoc/>
    public static bool SumsColumns => false;

    /// <inheritdoc/>
    public static int Vectors(InputGradientTarget target) => target.Wide;

    /// <inheritdoc/>
    public static Float4 Terms(InputGradientTarget target, int column, int left) => default;

    /// <inheritdoc/>
    public static void PutOne(InputGradientTarget target, int row, int column, float sum)
    {
        var at = (row * target.Columns) + column;
        target.Dx[at] = target.Activation == (int)Ops.Activation.Identity
            ? sum : sum * Activations.Derivative(target.Activation, target.Outputs[at]);
    }

    /// <inheritdoc/>
    public static void PutFour(InputGradientTarget target, int row, int column, Float4 sums)
    {
        var at = ((row * target.Columns) + column) >> 2;
        if (target.Activation != (int)Ops.Activation.Identity)
        {
            var outputs = target.Outputs.Cast<Float4>()[at];
            sums.X *= Activations.Derivative(target.Activation, outputs.X);
            sums.Y *= Activations.Derivative(target.Activation, outputs.Y);
            sums.Z *= Activations.Derivative(target.Activation, outputs.Z);
            sums.W *= Activations.Derivative(target.Activation, outputs.W);
        }

        target.Dx.Cast<Float4>()[at] = sums;
    }

    /// <inheritdoc/>
    public static void PutColumn(InputGradientTarget target, int column, float sum)
    {
        // No column sums.
    }
}

/// <summary>dw = sum, and where they are asked for db = the column sums; also the partial sums of a part of the depth.</summary>
internal struct StoreTarget : IProductTarget<StoreTarget>
{
    internal ArrayView<float> Dw;
    internal ArrayView<float> Db;
    internal int HasBias;
    internal int Columns;
    internal int Wide;

    /// <inheritdoc/>
    public static bool SumsColumns => true;

    /// <inheritdoc/>
    public static int Vectors(StoreTarget target) => target.Wide;

    /// <inheritdoc/>
    public static Float4 Terms(StoreTarget target, int column, int left) => default;

    /// <inheritdoc/>
    public static void PutOne(StoreTarget target, int row, int column, float sum) => target.Dw[(row * target.Columns) + column] = sum;

    /// <inheritdoc/>
    public static void PutFour(StoreTarget target, int row, int column, Float4 sums) =>
        target.Dw.Cast<Float4>()[((row * target.Columns) + column) >> 2] = sums;

    /// <inheritdoc/>
    public static void PutColumn(StoreTarget target, int column, float sum)
    {
        if (target.HasBias != 0)
        {
            target.Db[column] = sum;
        }
    }
}

/// <summary>w = w - rate sum, each element rounded once, and where it is asked for bias = bias - rate times the column sum.</summary>
internal struct UpdateTarget : IProductTarget<UpdateTarget>
{
    internal ArrayView<float> Weights;
    internal ArrayView<float> Bias;
    internal float Rate;
    internal int HasBias;
    internal int Columns;
    internal int Wide;

    /// <inheritdoc/>
    public static bool SumsColumns => true;

    /// <inheritdoc/>
    public static int Vectors(UpdateTarget target) => target.Wide;

    /// <inheritdoc/>
    public static Float4 Terms(UpdateTarget target, int column, int left) => default;

    /// <inheritdoc/>
    public static void PutOne(UpdateTarget target, int row, int column, float sum)
    {
        var at = (row * target.Columns) + column;
        target.Weights[at] = KernelMath.Fma(-target.Rate, sum, target.Weights[at]);
    }

    /// <inheritdoc/>
    public static void PutFour(UpdateTarget target, int row, int column, Float4 sums)
    {
        var at = ((row * target.Columns) + column) >> 2;
        var weights = target.Weights.Cast<Float4>()[at];
        weights.X = KernelMath.Fma(-target.Rate, sums.X, weights.X);
        weights.Y = KernelMath.Fma(-target.Rate, sums.Y, weights.Y);
        weights.Z = KernelMath.Fma(-target.Rate, sums.Z, weights.Z);
        weights.W = KernelMath.Fma(-target.Rate, sums.W, weights.W);
        target.Weights.Cast<Float4>()[at] = weights;
    }

    /// <inheritdoc/>
    public static void PutColumn(UpdateTarget target, int column, float sum)
    {
        if (target.HasBias != 0)
        {
            target.Bias[column] = KernelMath.Fma(-target.Rate, sum, target.Bias[column]);
        }
    }
}
