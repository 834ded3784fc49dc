using Gpu.Training.Layers;
using Gpu.Training.Random;

namespace Gpu.Training.Networks;

/// <summary>
/// How initial numbers are drawn, or that they are not: a rule is one file; <see cref="WeightDistributions"/> lists them. Normal numbers are
/// sqrt(variance) times a standard normal one, uniform ones U[-a, a] with a = sqrt(3 variance).
/// </summary>
public abstract record WeightDistribution
{
    /// <summary>See <see cref="HeRule"/>.</summary>
    public static WeightDistribution He { get; } = new HeRule(IsUniform: false);

    /// <summary>See <see cref="XavierRule"/>.</summary>
    public static WeightDistribution Xavier { get; } = new XavierRule();

    /// <summary>See <see cref="LeCunRule"/>.</summary>
    public static WeightDistribution LeCun { get; } = new LeCunRule(IsUniform: false);

    /// <summary>See <see cref="NormalRule"/>.</summary>
    public static WeightDistribution Normal { get; } = new NormalRule();

    /// <summary>See <see cref="FanOutRule"/>.</summary>
    public static WeightDistribution FanOut { get; } = new FanOutRule();

    /// <summary>The rule in text.</summary>
    public abstract string Name { get; }

    /// <summary>See <see cref="ConstantRule"/>.</summary>
    public static WeightDistribution Constant(float value) => new ConstantRule(value);

    /// <summary>See <see cref="UniformRule"/>.</summary>
    public static WeightDistribution Uniform(float limit) => new UniformRule(limit);

    /// <summary>Writes the initial numbers of a tensor.</summary>
    /// <param name="numbers">Where they go.</param>
    /// <param name="fans">The tensor whose fans count: a layer's weights, for its biases, too.</param>
    /// <param name="stream">Where they are drawn from.</param>
    internal abstract void Fill(Span<float> numbers, ParameterTensor fans, ref RandomStream stream);

    /// <summary>Draws normal numbers of a standard deviation.</summary>
    private protected static void FillNormal(Span<float> numbers, double deviation, ref RandomStream stream)
    {
        foreach (ref var number in numbers)
        {
            number = (float)(deviation * stream.NextNormal());
        }
    }

    /// <summary>Draws numbers from [-limit, limit].</summary>
    private protected static void FillUniform(Span<float> numbers, double limit, ref RandomStream stream)
    {
        foreach (ref var number in numbers)
        {
            number = (float)(limit * ((2 * stream.NextDouble()) - 1));
        }
    }

    /// <summary>Draws numbers of a variance, in either form.</summary>
    private protected static void Fill(Span<float> numbers, double variance, bool isUniform, ref RandomStream stream)
    {
        if (isUniform)
        {
            FillUniform(numbers, Math.Sqrt(3 * variance), ref stream);
        }
        else
        {
            FillNormal(numbers, Math.Sqrt(variance), ref stream);
        }
    }

    /// <summary>The text form.</summary>
    public sealed override string ToString() => Name;
}
