namespace Gpu.Kernels.Checks;

public static partial class Reference64
{
    /// <summary>
    /// The sum of eight chains c -> c / 2 + 1 / 4 of 4 <paramref name="rounds"/> links, begun at x, ..., x + 7: after n links a chain stands
    /// at 1/2 + (c - 1/2) / 2^n. A link halves the errors before it and adds a rounding.
    /// </summary>
    public static Bounded FmaChains(double[] x, int rounds)
    {
        ArgumentNullException.ThrowIfNull(x);
        const int Chains = 8;
        const int Sums = Chains - 1;
        var result = Bounded.Zeros(x.Length);
        for (var i = 0; i < x.Length; i++)
        {
            var (magnitude, error) = (0.0, 0.0);
            for (var chain = 0; chain < Chains; chain++)
            {
                var begin = x[i] + chain;
                var end = 0.5 + ((begin - 0.5) * Math.Pow(2, -4.0 * rounds));
                result.Values[i] += end;
                magnitude += Math.Abs(end);
                error += 2 * Rounding * (Math.Abs(begin) + 1);
            }

            result.Allowed[i] = error + (Sums * Rounding * (magnitude + error));
        }

        return result;
    }
}
