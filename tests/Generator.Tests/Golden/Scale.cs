public static class Scale
{
    private const float Slope = 0.01f;

    /// <summary>y = s x, leaky below 0.</summary>
    public static void ScaleKernel(Index1D i, ArrayView<float> x, float s, int count, ArrayView<float> y)
    {
        if (i >= count)
        {
            return;
        }

        y[i] = Leaky(s * x[i]);
    }

    private static float Leaky(float a) => a > 0f ? a : Slope * a;
}
