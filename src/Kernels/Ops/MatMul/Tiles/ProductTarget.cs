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

    /// <summary>
    /// What the results of four neighbours of a row, or of as many as are left, are made with beside their sums, from the place where they go;
    /// zeros where that is nothing.
    /// </summary>
    static abstract Float4 Read(TSelf target, int row, int column, int left);

    /// <summary>Takes as many of four neighbours of a row as are left, their terms added, with what was read of them.</summary>
    static abstract void Put(TSelf target, int row, int column, int left, Float4 read, Float4 sums);

    /// <summary>Takes one element.</summary>
    static abstract void PutOne(TSelf target, int row, int column, float read, float sum);

    /// <summary>Takes four neighbours of a row at once: rows begin at multiples of 16 bytes and hold a multiple of four.</summary>
    static abstract void PutFour(TSelf target, int row, int column, Float4 read, Float4 sums);

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
    public static Float4 Read(ForwardTarget<TWidth, TActivation> target, int row, int column, int left) => default;

    /// <inheritdoc/>
    public static void Put(ForwardTarget<TWidth, TActivation> target, int row, int column, int left, Float4 read, Float4 sums) =>
        TWidth.Put(target, row, column, left, read, sums);

    /// <inheritdoc/>
    public static void PutOne(ForwardTarget<TWidth, TActivation> target, int row, int column, float read, float sum) =>
        target.Y[(row * target.Columns) + column] = TActivation.Apply<SimdScalar, float>(sum);

    /// <inheritdoc/>
    public static void PutFour(ForwardTarget<TWidth, TActivation> target, int row, int column, Float4 read, Float4 sums) =>
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
    public static Float4 Read(InputGradientTarget<TWidth, TActivation> target, int row, int column, int left) =>
        TActivation.From == SlopeSource.None ? default : TWidth.Fetch(target.Kept, (row * target.Columns) + column, left);

    /// <inheritdoc/>
    public static void Put(InputGradientTarget<TWidth, TActivation> target, int row, int column, int left, Float4 read, Float4 sums) =>
        TWidth.Put(target, row, column, left, read, sums);

    /// <inheritdoc/>
    public static void PutOne(InputGradientTarget<TWidth, TActivation> target, int row, int column, float read, float sum) =>
        target.Dx[(row * target.Columns) + column] = ActivationGradient.Through<TActivation, SimdScalar, float>(sum, read);

    /// <inheritdoc/>
    public static void PutFour(InputGradientTarget<TWidth, TActivation> target, int row, int column, Float4 read, Float4 sums)
    {
        if (TActivation.From != SlopeSource.None)
        {
            sums.X = ActivationGradient.Through<TActivation, SimdScalar, float>(sums.X, read.X);
            sums.Y = ActivationGradient.Through<TActivation, SimdScalar, float>(sums.Y, read.Y);
            sums.Z = ActivationGradient.Through<TActivation, SimdScalar, float>(sums.Z, read.Z);
            sums.W = ActivationGradient.Through<TActivation, SimdScalar, float>(sums.W, read.W);
        }

        target.Dx.Cast<Float4>()[((row * target.Columns) + column) >> 2] = sums;
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
    public static Float4 Read(StoreTarget<TWidth> target, int row, int column, int left) => default;

    /// <inheritdoc/>
    public static void Put(StoreTarget<TWidth> target, int row, int column, int left, Float4 read, Float4 sums) =>
        TWidth.Put(target, row, column, left, read, sums);

    /// <inheritdoc/>
    public static void PutOne(StoreTarget<TWidth> target, int row, int column, float read, float sum) => target.Dw[(row * target.Columns) + column] = sum;

    /// <inheritdoc/>
    public static void PutFour(StoreTarget<TWidth> target, int row, int column, Float4 read, Float4 sums) =>
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
    public static Float4 Read(UpdateTarget<TWidth> target, int row, int column, int left) =>
        TWidth.Fetch(target.Weights, (row * target.Columns) + column, left);

    /// <inheritdoc/>
    public static void Put(UpdateTarget<TWidth> target, int row, int column, int left, Float4 read, Float4 sums) =>
        TWidth.Put(target, row, column, left, read, sums);

    /// <inheritdoc/>
    public static void PutOne(UpdateTarget<TWidth> target, int row, int column, float read, float sum) =>
        target.Weights[(row * target.Columns) + column] = KernelMath.Fma(-target.Rate, sum, read);

    /// <inheritdoc/>
    public static void PutFour(UpdateTarget<TWidth> target, int row, int column, Float4 read, Float4 sums) =>
        target.Weights.Cast<Float4>()[((row * target.Columns) + column) >> 2] = new Float4
        {
            X = KernelMath.Fma(-target.Rate, sums.X, read.X),
            Y = KernelMath.Fma(-target.Rate, sums.Y, read.Y),
            Z = KernelMath.Fma(-target.Rate, sums.Z, read.Z),
            W = KernelMath.Fma(-target.Rate, sums.W, read.W),
        };

    /// <inheritdoc/>
    public static void PutColumn(UpdateTarget<TWidth> target, int column, float sum)
    {
        if (target.HasBias != 0)
        {
            target.Bias[column] = KernelMath.Fma(-target.Rate, sum, target.Bias[column]);
        }
    }
}
