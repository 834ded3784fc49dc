using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

public static partial class Reference64
{
    /// <summary>The slope of leaky ReLU below 0.</summary>
    private const double LeakySlope = 0.01;

    /// <summary>y = f(a), element by element.</summary>
    public static Bounded ActivationForward(Activation activation, double[] a)
    {
        var result = Bounded.Zeros(a.Length);
        for (var i = 0; i < a.Length; i++)
        {
            (result.Values[i], result.Allowed[i]) = Activate(activation, a[i], 0);
        }

        return result;
    }

    /// <summary>da = dy f'(a), where f' is taken from the output y = f(a).</summary>
    public static Bounded ActivationBackward(Activation activation, double[] y, double[] dy)
    {
        var result = Bounded.Zeros(y.Length);
        for (var i = 0; i < y.Length; i++)
        {
            result.Values[i] = dy[i] * Derivative(activation, y[i]);
            result.Allowed[i] = (Math.Abs(dy[i]) * DerivativeError(activation, y[i])) + (Rounding * Math.Abs(result.Values[i])) + Underflow;
        }

        return result;
    }

    /// <summary>f(a), and how far float32 may be off where <paramref name="a"/> itself may be off by <paramref name="error"/>.</summary>
    public static (double Value, double Allowed) Activate(Activation activation, double a, double error) => activation switch
    {
        Activation.Identity => (a, error),
        Activation.Relu => (a < 0 ? 0 : a, error),
        Activation.LeakyRelu => a > 0 ? (a, error) : (LeakySlope * a, error + (2 * Rounding * LeakySlope * Math.Abs(a))),
        Activation.Sigmoid => Sigmoid(a, error),
        Activation.Tanh => (Math.Tanh(a), error + (MathError * Math.Abs(Math.Tanh(a)))),
        Activation.ScaledTanh => ScaledTanh(a, error),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "There is no such activation."),
    };

    /// <summary>f'(a), from y = f(a).</summary>
    public static double Derivative(Activation activation, double y) => activation switch
    {
        Activation.Identity => 1,
        Activation.Relu => y > 0 ? 1 : 0,
        Activation.LeakyRelu => y > 0 ? 1 : LeakySlope,
        Activation.Sigmoid => y * (1 - y),
        Activation.Tanh => 1 - (y * y),
        Activation.ScaledTanh => 1.7159 * 2 / 3 * (1 - (y / 1.7159 * (y / 1.7159))),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "There is no such activation."),
    };

    /// <summary>How far float32 may be off in f'(a), from y = f(a).</summary>
    private static double DerivativeError(Activation activation, double y) => activation switch
    {
        Activation.Identity or Activation.Relu => 0,
        Activation.LeakyRelu => y > 0 ? 0 : Rounding * LeakySlope,
        Activation.Sigmoid => 2 * Rounding * Math.Abs(y * (1 - y)),
        Activation.Tanh => Rounding * (Math.Abs(1 - (y * y)) + (y * y)),
        // The constants are rounded as well; the square of y / 1.7159 is at most about 1.
        _ => 8 * Rounding,
    };

    private static (double Value, double Allowed) Sigmoid(double a, double error)
    {
        var value = a >= 0 ? 1 / (1 + Math.Exp(-a)) : Math.Exp(a) / (1 + Math.Exp(a));
        return (value, (error * value * (1 - value)) + (error * error) + (MathError * value) + Underflow);
    }

    private static (double Value, double Allowed) ScaledTanh(double a, double error)
    {
        var inner = 2.0 / 3 * a;
        var tanh = Math.Tanh(inner);

        // 2/3 and the product are rounded, which shifts the argument by 2 u |inner|; tanh' falls off as fast as |inner| grows.
        var shifted = ((2.0 / 3 * error) + (2 * Rounding * Math.Abs(inner))) * (1 - (tanh * tanh));
        return (1.7159 * tanh, 1.7159 * ((2.0 / 3 * error * error) + shifted + ((MathError + (2 * Rounding)) * Math.Abs(tanh))));
    }
}
