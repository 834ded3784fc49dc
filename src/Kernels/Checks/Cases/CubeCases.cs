using Gpu.Kernels.Devices.Cuda;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Checks;

/// <summary>
/// Square matrix products too large for a float64 reference: of small integers, so that any order of the sums gives the same bits, and
/// compared at some thousand elements.
/// </summary>
internal static class CubeCases
{
    private const int Compared = 4096;

    /// <summary>The yardstick's name, where a case of it stands beside one of ours.</summary>
    private const string CuBlas = "cublas";

    internal static IEnumerable<OperationCase> All =>
        from n in (int[])[1024, 2048, 4096, 8192]
        from variant in (string?[])[null, CuBlas]
        select Cube(n, variant);

    private static OperationCase Cube(int n, string? variant) => new()
    {
        Operation = "matmul-forward",
        Variant = variant,
        NeedsCuBlas = variant == CuBlas,
        Parameters = [("m", n), ("k", n), ("n", n)],
        Input = CaseInput.Integers,
        Flops = 2L * n * n * n,
        Bytes = 12L * n * n,
        Timed = true,
        Bind = memory =>
        {
            var x = memory.Input("x", Small(memory, n * n));
            var w = memory.Input("w", Small(memory, n * n));
            var y = memory.Output("y", n * n);
            var launch = variant == CuBlas
                ? memory.Own(CuBlasProduct.Find(memory.Accelerator)!).Prepare(x, w, n, n, n, y)
                : MatMul.PrepareForward(memory.Accelerator, x, w, bias: null, Activation.Identity, n, n, n, y);
            return new(launch,
                () => [Expectation.At(y, Some(x.Before, w.Before, n))]);
        },
    };

    /// <summary>Integers from -8 to 8: a sum of 8,192 products stays far below 2^24.</summary>
    private static float[] Small(CaseMemory memory, int length) => memory.Random.Array(length, r => (float)(r.Below(17) - 8));

    /// <summary>Elements at random, the four corners among them.</summary>
    private static List<(int Index, double Value)> Some(ReadOnlySpan<float> x, ReadOnlySpan<float> w, int n)
    {
        var random = new CaseRandom($"cube {n}");
        var some = new List<(int, double)>(Compared);
        for (var sample = 0; sample < Compared; sample++)
        {
            var (row, column) = sample < 4 ? ((sample & 1) * (n - 1), (sample >> 1) * (n - 1)) : (random.Below(n), random.Below(n));
            var sum = 0.0;
            for (var k = 0; k < n; k++)
            {
                sum += x[(row * n) + k] * w[(k * n) + column];
            }

            some.Add(((row * n) + column, sum));
        }

        return some;
    }
}
