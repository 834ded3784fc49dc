namespace Gpu.Kernels.Ops;

public static partial class KernelMath
{
    private const float RadiansOfTurn = 6.28318548f;

    /// <summary>
    /// Sine and cosine of an angle given in turns, from -1 to 1, each within 2^-22 of the truth and with the same bits on every device: the angle less the
    /// nearest quarter of a turn, which is exact, in Taylor's series to the ninth and tenth power.
    /// </summary>
    public static (float Sin, float Cos) SinCosOfTurns(float turns)
    {
        var quarters = Fma(turns, 4f, RoundToInteger) - RoundToInteger;
        var a = Fma(quarters, -0.25f, turns) * RadiansOfTurn;
        var z = a * a;
        var sin = Fma(a * z, Fma(z, Fma(z, Fma(z, 1f / 362880, -1f / 5040), 1f / 120), -1f / 6), a);
        var cos = Fma(z, Fma(z, Fma(z, Fma(z, Fma(z, -1f / 3628800, 1f / 40320), -1f / 720), 1f / 24), -0.5f), 1f);

        // Each quarter on, a sine becomes a cosine and a cosine the negative sine.
        var quadrant = (int)quarters;
        var isOdd = (quadrant & 1) != 0;
        return ((1 - (quadrant & 2)) * (isOdd ? cos : sin), (1 - ((quadrant + 1) & 2)) * (isOdd ? sin : cos));
    }
}
