using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>What becomes of a product's sums.</summary>
/// <typeparam name="TSelf">The struct itself.</typeparam>
public interface IProductTarget<TSelf> where TSelf : struct
{
    /// <summary>Whether the sums of the right factor's columns are wanted as well: the gradient by the biases.</summary>
    static abstract bool SumsColumns { get; }

    /// <summary>
    /// What is added to the sums of four columns from <paramref name="column"/> on, or of as many as are left, in every row: loaded once by a
    /// lane.
    /// </summary>
    static abstract Float4 Terms(TSelf target, int column, int left);

    /// <summary>Takes as many of four neighbours of a row as are left, their terms added.</summary>
    static abstract void Put(TSelf target, int row, int column, int left, Float4 sums);

    /// <summary>Takes one element.</summary>
    static abstract void PutOne(TSelf target, int row, int column, float sum);

    /// <summary>Takes four neighbours of a row at once: rows begin at multiples of 16 bytes and hold a multiple of four.</summary>
    static abstract void PutFour(TSelf target, int row, int column, Float4 sums);

    /// <summary>Takes the sum of a column of the right factor.</summary>
    static abstract void PutColumn(TSelf target, int column, float sum);
}

/// <summary>y = f(sum + bias).</summary>
internal struct ForwardTarget<TWidth, TActivation> : IProductTarget<ForwardTarget<TWidth, TActivation>>
    where TWidth : struct, IWidth where TActivation : struct, IActivation
{
    internal ArrayView<float> Bias;
    internal ArrayView<float> Y;
    internal int HasBias;
    internal int Columns;

    /// <inheritdoc/>
    public static bool SumsColumns => false;

    /// <inheritdoc/>
    public static Float4 Terms(ForwardTarget<TWidth, TActivation> target, int column, int left) =>
        Narrow.Fetch(target.Bias, column, target.HasBias != 0 ? left : 0);

    /// <inheritdoc/>
    public static void Put(ForwardTarget<TWidth, TActivation> target, int row, int column, int left, Float4 sums) =>
        TWidth.Put(target, row, column, left, sums);

    /// <inheritdoc/>
    public static void PutOne(ForwardTarget<TWidth, TActivation> target, int row, int column, float sum) =>
        target.Y[(row * target.Columns) + column] = TActivation.Apply<SimdScalar, float>(sum);

    /// <inheritdoc/>
    public static void PutFour(ForwardTarget<TWidth, TActivation> target, int row, int column, Float4 sums) =>
        target.Y.Cast<Float4>()[((row * target.Columns) + column) >> 2] = new Float4
        {
            X = TActivation.Apply<SimdScalar, float>(sums.X),
            Y = TActivation.Apply<SimdScalar, float>(sums.Y),
            Z = TActivation.Apply<SimdScalar, float>(sums.Z),
            W = TActivation.Apply<SimdScalar, float>(sums.W),
        };

    /// <inheritdoc/>
    public static void PutColumn(ForwardTarget<TWidth, TActivation> target, int column, float sum)
    {
        // No column sums.
    }
}

/// <summary>dx = sum f'(a), with f' from what was kept, which is read where the activation is not the identity.</summary>
internal struct InputGradientTarget<TWidth, TActivation> : IProductTarget<InputGradientTarget<TWidth, TActivation>>
    where TWidth : struct, IWidth where TActivation : struct, IActivation
{
    internal ArrayView<float> Kept;
    internal ArrayView<float> Dx;
    internal int Columns;

    /// <inheritdoc/>
    public static bool SumsColumns => false;

    /// <inheritdoc/>
    public static Float4 Terms(InputGradientTarget<TWidth, TActivation> target, int column, int left) => default;

    /// <inheritdoc/>
    public static void Put(InputGradientTarget<TWidth, TActivation> target, int row, int column, int left, Float4 sums) =>
        TWidth.Put(target, row, column, left, sums);

    /// <inheritdoc/>
    public static void PutOne(InputGradientTarget<TWidth, TActivation> target, int row, int column, float sum)
    {
        var at = (row * target.Columns) + column;
        target.Dx[at] = TActivation.From == SlopeSource.None ? sum : sum * TActivation.Derivative<SimdScalar, float>(target.Kept[at]);
    }

    /// <inheritdoc/>
    public static void PutFour(InputGradientTarget<TWidth, TActivation> target, int row, int column, Float4 sums)
    {
        var at = ((row * target.Columns) + column) >> 2;
        if (TActivation.From != SlopeSource.None)
        {
            var kept = target.Kept.Cast<Float4>()[at];
            sums.X *= TActivation.Derivative<SimdScalar, float>(kept.X);
            sums.Y *= TActivation.Derivative<SimdScalar, float>(kept.Y);
            sums.Z *= TActivation.Derivative<SimdScalar, float>(kept.Z);
            sums.W *= TActivation.Derivative<SimdScalar, float>(kept.W);
        }

        target.Dx.Cast<Float4>()[at] = sums;
    }

    /// <inheritdoc/>
    public static void PutColumn(InputGradientTarget<TWidth, TActivation> target, int column, float sum)
    {
        // No column sums.
    }
}

/// <summary>dw = sum, and where they are asked for db = the column sums; also the partial sums of a part of the depth.</summary>
internal struct StoreTarget<TWidth> : IProductTarget<StoreTarget<TWidth>> where TWidth : struct, IWidth
{
    internal ArrayView<float> Dw;
    internal ArrayView<float> Db;
    internal int HasBias;
    internal int Columns;

    /// <inheritdoc/>
    public static bool SumsColumns => true;

    /// <inheritdoc/>
    public static Float4 Terms(StoreTarget<TWidth> target, int column, int left) => default;

    /// <inheritdoc/>
    public static void Put(StoreTarget<TWidth> target, int row, int column, int left, Float4 sums) =>
        TWidth.Put(target, row, column, left, sums);

    /// <inheritdoc/>
    public static void PutOne(StoreTarget<TWidth> target, int row, int column, float sum) => target.Dw[(row * target.Columns) + column] = sum;

    /// <inheritdoc/>
    public static void PutFour(StoreTarget<TWidth> target, int row, int column, Float4 sums) =>
        target.Dw.Cast<Float4>()[((row * target.Columns) + column) >> 2] = sums;

    /// <inheritdoc/>
    public static void PutColumn(StoreTarget<TWidth> target, int column, float sum)
    {
        if (target.HasBias != 0)
        {
            target.Db[column] = sum;
        }
    }
}

/// <summary>w = w - rate sum, each element rounded once, and where it is asked for bias = bias - rate times the column sum.</summary>
internal struct UpdateTarget<TWidth> : IProductTarget<UpdateTarget<TWidth>> where TWidth : struct, IWidth
{
    internal ArrayView<float> Weights;
    internal ArrayView<float> Bias;
    internal float Rate;
    internal int HasBias;
    internal int Columns;

    /// <inheritdoc/>
    public static bool SumsColumns => true;

    /// <inheritdoc/>
    public static Float4 Terms(UpdateTarget<TWidth> target, int column, int left) => default;

    /// <inheritdoc/>
    public static void Put(UpdateTarget<TWidth> target, int row, int column, int left, Float4 sums) =>
        TWidth.Put(target, row, column, left, sums);

    /// <inheritdoc/>
    public static void PutOne(UpdateTarget<TWidth> target, int row, int column, float sum)
    {
        var at = (row * target.Columns) + column;
        target.Weights[at] = KernelMath.Fma(-target.Rate, sum, target.Weights[at]);
    }

    /// <inheritdoc/>
    public static void PutFour(UpdateTarget<TWidth> target, int row, int column, Float4 sums)
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
    public static void PutColumn(UpdateTarget<TWidth> target, int column, float sum)
    {
        if (target.HasBias != 0)
        {
            target.Bias[column] = KernelMath.Fma(-target.Rate, sum, target.Bias[column]);
        }
    }
}
