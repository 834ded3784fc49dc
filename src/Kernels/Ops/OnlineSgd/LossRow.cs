using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// The losses of <see cref="OnlineSgd"/>'s twin on one row of outputs, padded to groups of 16 floats. Sums over the row are taken
/// in 16 lanes and then in a fixed tree, whatever the vector width.
/// </summary>
internal unsafe struct LossRow
{
    /// <summary>Lanes of a sum over the row.</summary>
    private const int LaneCount = 16;

    /// <summary>The number of outputs.</summary>
    internal int Outputs;

    /// <summary>Outputs, rounded up to groups of 16.</summary>
    internal int Columns;

    /// <summary>(columns): 1 where there is an output, 0 beyond.</summary>
    internal float* Valid;

    /// <summary>(columns): the gradient by the outputs, 0 beyond them.</summary>
    internal float* Gradient;

    /// <summary>(columns): probabilities.</summary>
    internal float* Work;

    /// <summary>(columns): what is added up.</summary>
    internal float* Terms;

    /// <summary>(16): partial sums.</summary>
    internal float* Lanes;

    /// <summary>(2 columns): 0 but for a 1 in the middle; from columns - label on it is the target.</summary>
    internal float* OneHot;

    /// <summary>1 where the first maximum of the row is the label; 0 in a row that holds NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal readonly int IsCorrect(float* y, int label)
    {
        var target = Vector128.Create(y[label]);
        ulong wrong = 0;
        for (var first = 0; first < Outputs; first += 4)
        {
            // A lane is right when it is below the target, or equals it and does not come before it.
            var lanes = Vector128.Load(y + first);
            var isBelow = Vector128.LessThan(lanes, target).ExtractMostSignificantBits();
            var isEqual = Vector128.Equals(lanes, target).ExtractMostSignificantBits();
            var isBefore = label >= first + 4 ? 15u : label <= first ? 0u : (1u << (label - first)) - 1;
            var exists = Outputs - first >= 4 ? 15u : (1u << (Outputs - first)) - 1;
            wrong |= ~(isBelow | (isEqual & ~isBefore)) & exists;
        }

        return wrong == 0 ? 1 : 0;
    }

    /// <summary>The loss of the row; its gradient by the outputs goes to <see cref="Gradient"/>.</summary>
    internal readonly float Evaluate<TSimd, TVector>(LossFunction loss, float* y, int label)
        where TSimd : struct, ISimd<TVector> where TVector : struct => loss switch
        {
            LossFunction.SoftmaxCrossEntropy => CrossEntropy<TSimd, TVector>(y, label),
            LossFunction.SoftmaxSquaredError => SoftmaxSquaredError<TSimd, TVector>(y, label),
            _ => BinaryCrossEntropy<TSimd, TVector>(y, label),
        };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly float CrossEntropy<TSimd, TVector>(float* y, int label) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var (max, sum) = Softmax<TSimd, TVector>(y);
        var scale = TSimd.Broadcast(1f / sum);
        var target = OneHot + (Columns - label);
        for (var c = 0; c < Columns; c += TSimd.Width)
        {
            var p = TSimd.FlushToZero(TSimd.Multiply(TSimd.Load(Work + c), scale));
            TSimd.Store(Gradient + c, TSimd.Subtract(p, TSimd.Load(target + c)));
        }

        return KernelMath.Log(sum) - (y[label] - max);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly float SoftmaxSquaredError<TSimd, TVector>(float* y, int label) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var (_, sum) = Softmax<TSimd, TVector>(y);
        var scale = TSimd.Broadcast(1f / sum);
        for (var c = 0; c < Columns; c += TSimd.Width)
        {
            TSimd.Store(Work + c, TSimd.FlushToZero(TSimd.Multiply(TSimd.Load(Work + c), scale)));
        }

        var loss = SquaredError<TSimd, TVector>(Work, label);
        for (var c = 0; c < Columns; c += TSimd.Width)
        {
            TSimd.Store(Terms + c, TSimd.Multiply(TSimd.Load(Gradient + c), TSimd.Load(Work + c)));
        }

        var dot = TSimd.Broadcast(Sum<TSimd, TVector>(Terms));
        for (var c = 0; c < Columns; c += TSimd.Width)
        {
            var gradient = TSimd.Multiply(TSimd.Load(Work + c), TSimd.Subtract(TSimd.Load(Gradient + c), dot));
            TSimd.Store(Gradient + c, TSimd.FlushToZero(gradient));
        }

        return loss;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly float SquaredError<TSimd, TVector>(float* y, int label) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var target = OneHot + (Columns - label);
        var slope = TSimd.Broadcast(2f / Outputs);
        for (var c = 0; c < Columns; c += TSimd.Width)
        {
            var difference = TSimd.Subtract(TSimd.Load(y + c), TSimd.Load(target + c));
            TSimd.Store(Terms + c, TSimd.Multiply(difference, difference));
            TSimd.Store(Gradient + c, TSimd.Multiply(difference, slope));
        }

        return Sum<TSimd, TVector>(Terms) / Outputs;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly float BinaryCrossEntropy<TSimd, TVector>(float* y, int label) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var target = OneHot + (Columns - label);
        var slope = TSimd.Broadcast(1f / Outputs);
        var one = TSimd.Broadcast(1f);
        for (var c = 0; c < Columns; c += TSimd.Width)
        {
            var a = TSimd.Load(y + c);
            var t = TSimd.Load(target + c);
            var valid = TSimd.Load(Valid + c);
            var tail = SimdMath.Log<TSimd, TVector>(TSimd.Add(one, SimdMath.Exp<TSimd, TVector>(TSimd.Subtract(TSimd.Zero, TSimd.Abs(a)))));
            var term = TSimd.Add(TSimd.Subtract(TSimd.MaxOrSecond(TSimd.Zero, a), TSimd.Multiply(a, t)), tail);
            TSimd.Store(Terms + c, TSimd.SelectGreater(valid, TSimd.Zero, term, TSimd.Zero));
            var gradient = TSimd.Multiply(TSimd.Subtract(SimdMath.Sigmoid<TSimd, TVector>(a), t), slope);
            TSimd.Store(Gradient + c, TSimd.SelectGreater(valid, TSimd.Zero, TSimd.FlushToZero(gradient), TSimd.Zero));
        }

        return Sum<TSimd, TVector>(Terms) / Outputs;
    }

    /// <summary>exp(y - max) into <see cref="Work"/>, 0 beyond the outputs; the maximum and the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly (float Max, float Sum) Softmax<TSimd, TVector>(float* y) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        var lowest = TSimd.Broadcast(float.NegativeInfinity);
        for (var c = 0; c < Columns; c += TSimd.Width)
        {
            TSimd.Store(Work + c, TSimd.SelectGreater(TSimd.Load(Valid + c), TSimd.Zero, TSimd.Load(y + c), lowest));
        }

        var max = Max<TSimd, TVector>(Work);
        var shift = TSimd.Broadcast(max);
        for (var c = 0; c < Columns; c += TSimd.Width)
        {
            TSimd.Store(Work + c, SimdMath.Exp<TSimd, TVector>(TSimd.Subtract(TSimd.Load(Work + c), shift)));
        }

        return (max, Sum<TSimd, TVector>(Work));
    }

    /// <summary>The sum of the row: lane i adds up the columns that are i modulo 16, then the lanes are halved until one is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float Sum<TSimd, TVector>(float* row) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        for (var lane = 0; Columns > LaneCount && lane < LaneCount; lane += TSimd.Width)
        {
            var sum = TSimd.Load(row + lane);
            for (var c = lane + LaneCount; c < Columns; c += LaneCount)
            {
                sum = TSimd.Add(sum, TSimd.Load(row + c));
            }

            TSimd.Store(Lanes + lane, sum);
        }

        var lanes = Columns > LaneCount ? Lanes : row;
        var four = (Vector128.Load(lanes) + Vector128.Load(lanes + 8)) + (Vector128.Load(lanes + 4) + Vector128.Load(lanes + 12));
        var two = four + Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1));
        return two[0] + two[1];
    }

    /// <summary>The maximum of the row; any number where the row holds NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float Max<TSimd, TVector>(float* row) where TSimd : struct, ISimd<TVector> where TVector : struct
    {
        for (var lane = 0; Columns > LaneCount && lane < LaneCount; lane += TSimd.Width)
        {
            var max = TSimd.Load(row + lane);
            for (var c = lane + LaneCount; c < Columns; c += LaneCount)
            {
                max = TSimd.MaxOrSecond(max, TSimd.Load(row + c));
            }

            TSimd.Store(Lanes + lane, max);
        }

        var lanes = Columns > LaneCount ? Lanes : row;
        var four = Greater(Greater(Vector128.Load(lanes), Vector128.Load(lanes + 8)), Greater(Vector128.Load(lanes + 4), Vector128.Load(lanes + 12)));
        var two = Greater(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        return Greater(two, Vector128.Shuffle(two, Vector128.Create(1, 0, 3, 2)))[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Greater(Vector128<float> a, Vector128<float> b) =>
        Vector128.ConditionalSelect(Vector128.GreaterThan(a, b), a, b);
}
