using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

public static partial class Reference64
{
    /// <summary>y = f(a), element by element.</summary>
    public static Bounded ActivationForward(Activation activation, double[] a)
    {
        var result = Bounded.Zeros(a.Length);
        for (var i = 0; i < a.Length; i++)
        {
            (result.Values[i], result.Allowed[i]) = Activated(activation, a[i]);
        }

        return result;
    }

    /// <summary>da = dy f'(a), where f' is taken from what the activation keeps: its sums, or else its outputs.</summary>
    public static Bounded ActivationBackward(Activation activation, double[] kept, double[] dy)
    {
        var result = Bounded.Zeros(kept.Length);
        for (var i = 0; i < kept.Length; i++)
        {
            var slope = SlopeFrom(activation, kept[i]);
            result.Values[i] = dy[i] * slope.Value;
            result.Allowed[i] = (Math.Abs(dy[i]) * slope.Error) + (Rounding * Math.Abs(result.Values[i])) + Underflow;
        }

        return result;
    }

    /// <summary>What f' is taken from: a itself where the activation keeps its sums, else f(a).</summary>
    public static double[] ActivationKept(Activation activation, double[] a) =>
        Activations.KeepsSum(activation) ? a : ActivationForward(activation, a).Values;

    /// <summary>f(a).</summary>
    internal static Tracked Activated(Activation activation, Tracked a) => ActivationList.Choose<TruthVisitor, Tracked, Tracked>(activation, a);

    /// <summary>f'(a), from what is kept of it.</summary>
    internal static Tracked SlopeFrom(Activation activation, Tracked kept) => ActivationList.Choose<SlopeVisitor, Tracked, Tracked>(activation, kept);

    /// <summary>f'(a); where a may lie on either side of 0, the whole step of a derivative that has one there counts as error.</summary>
    private static Tracked Slope(Activation activation, Tracked a)
    {
        var from = Activations.KeepsSum(activation) ? a : Activated(activation, a);
        var step = ActivationList.Choose<StepVisitor, int, double>(activation, 0);
        if (step == 0)
        {
            return SlopeFrom(activation, from);
        }

        var mayStep = Math.Abs(a.Value) <= a.Error && a.Error > 0;
        var slope = SlopeFrom(activation, from);
        return mayStep ? slope with { Error = slope.Error + step } : slope;
    }

    private readonly struct TruthVisitor : IActivationVisitor<Tracked, Tracked>
    {
        public static Tracked Visit<TActivation>(Tracked argument) where TActivation : struct, IActivationFunction => TActivation.Truth(argument);
    }

    private readonly struct SlopeVisitor : IActivationVisitor<Tracked, Tracked>
    {
        public static Tracked Visit<TActivation>(Tracked argument) where TActivation : struct, IActivationFunction => TActivation.Slope(argument);
    }

    private readonly struct StepVisitor : IActivationVisitor<int, double>
    {
        public static double Visit<TActivation>(int argument) where TActivation : struct, IActivationFunction => TActivation.Step;
    }
}
