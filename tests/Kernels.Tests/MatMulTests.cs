using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests;

/// <summary>What matrix products promise beyond their cases: the same bits from every variant, and checked shapes.</summary>
public class MatMulTests(Devices devices) : IClassFixture<Devices>
{
    public static TheoryData<int, int, int> Shapes => new()
    {
        { 1, 1, 1 },
        { 9, 31, 10 },
        { 33, 17, 40 },
        { 20, 300, 9 },
        { 261, 5, 3 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_variant_width_and_thread_count_gives_the_same_bits(int m, int k, int n)
    {
        var expected = Outputs(devices.Simulator, MatMul.Plain, m, k, n);

        foreach (var (name, accelerator) in devices.All)
        {
            foreach (var variant in (string[])[MatMul.Plain, MatMul.Direct, MatMul.Packed])
            {
                Assert.True(Comparison.SameBits<float>(variant, expected, Outputs(accelerator, variant, m, k, n)).Passed, $"{name}, {variant}: other bits than the kernel's.");
            }
        }

        Assert.Equal(expected, Outputs(devices.Simulator, MatMul.Tiled, m, k, n));
        Assert.Equal(expected, Outputs(devices.Simulator, MatMul.Register, m, k, n));
    }

    [Fact]
    public void Infinities_reach_their_own_row_and_column_only()
    {
        var accelerator = devices.Simulator;
        using var x = Buffer(accelerator, [1, float.PositiveInfinity, 2, 3, 4, 5]);
        using var w = Buffer(accelerator, [1, 0, 0, 1, 1, 1]);
        using var y = accelerator.Allocate<float>(4);

        MatMul.PrepareForward(accelerator, x, w, null, Activation.Identity, 2, 3, 2, y, MatMul.Tiled).Run();

        Assert.Equal([float.NaN, float.PositiveInfinity, 8, 9], y.ToArray());
    }

    [Fact]
    public void A_view_of_another_size_is_refused_with_both_sizes()
    {
        var accelerator = devices.Simulator;
        using var x = accelerator.Allocate<float>(6);
        using var w = accelerator.Allocate<float>(12);
        using var y = accelerator.Allocate<float>(8);

        var error = Assert.Throws<ArgumentException>(() => MatMul.PrepareForward(accelerator, x, w, null, Activation.Relu, 2, 3, 5, y));
        Assert.StartsWith("matmul-forward: w must have 3 x 5 = 15 elements, it has 12.", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => MatMul.PrepareForward(accelerator, x, w, x.View, Activation.Relu, 2, 3, 4, y));
        Assert.Throws<ArgumentException>(() => MatMul.PrepareInputGradient(accelerator, y, w, w.View, Activation.Relu, 2, 3, 4, x));
        Assert.Throws<ArgumentException>(() => MatMul.PrepareWeightGradient(accelerator, x, y, 2, 3, 4, x));
        Assert.Throws<ArgumentOutOfRangeException>(() => MatMul.PrepareWeightGradient(accelerator, x, y, 2, 0, 4, w));
    }

    [Fact]
    public void A_variant_that_there_is_not_is_refused()
    {
        using var x = devices.Simulator.Allocate<float>(1);

        var refusal = Assert.Throws<DeviceException>(
            () => MatMul.PrepareForward(devices.Simulator, x, x, null, Activation.Relu, 1, 1, 1, x, "fast"));
        Assert.Contains("has the variants plain, tiled, register, register-128", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Small_weights_are_cut_by_rows_so_that_neighbours_chain()
    {
        using var accelerator = new CpuAccelerator(new CpuOptions { Threads = 1, Path = SimdPath.Scalar });
        using var x = accelerator.Allocate<float>(32 * 20);
        using var w = accelerator.Allocate<float>(20 * 10);
        using var y = accelerator.Allocate<float>(32 * 10);

        var forward = Assert.IsAssignableFrom<CpuLaunch>(MatMul.PrepareForward(accelerator, x, w, null, Activation.Relu, 32, 20, 10, y));

        Assert.Equal((32, CpuRows.Parts(32)), (forward.Rows, forward.Parts));
        Assert.Equal("matmul-forward[direct]", forward.Name);
    }

    private static float[] Outputs(ComputeAccelerator accelerator, string variant, int m, int k, int n)
    {
        var random = new CaseRandom($"{m} {k} {n}");
        using var x = Buffer(accelerator, Values(m * k));
        using var w = Buffer(accelerator, Values(k * n));
        using var dy = Buffer(accelerator, Values(m * n));
        using var bias = Buffer(accelerator, Values(n));
        using var rates = Buffer(accelerator, [0.1f]);
        using var cursor = accelerator.Allocate<int>(StepCursor.Length);
        cursor.CopyFrom(new int[StepCursor.Length]);
        using var y = accelerator.Allocate<float>(m * n);
        using var dx = accelerator.Allocate<float>(m * k);
        using var dw = accelerator.Allocate<float>(k * n);
        MatMul.PrepareForward(accelerator, x, w, bias.View, Activation.LeakyRelu, m, k, n, y, variant).Run();
        MatMul.PrepareInputGradient(accelerator, dy, w, x.View, Activation.Sigmoid, m, k, n, dx, variant).Run();
        MatMul.PrepareWeightGradient(accelerator, x, dy, m, k, n, dw, variant).Run();
        MatMul.PrepareWeightUpdate(accelerator, x, dy, rates, cursor, m, k, n, w, variant).Run();
        return [.. y.ToArray(), .. dx.ToArray(), .. dw.ToArray(), .. w.ToArray()];

        float[] Values(int length) => random.Array(length, r => r.Between(-1, 1));
    }

    private static DeviceBuffer<float> Buffer(ComputeAccelerator accelerator, float[] values)
    {
        var buffer = accelerator.Allocate<float>(values.Length);
        buffer.CopyFrom(values);
        return buffer;
    }
}
