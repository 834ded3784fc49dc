using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
namespace Gpu.Kernels.Tests.Operations;

/// <summary>What the cases of <see cref="GatherMatMul"/> do not say.</summary>
public unsafe class GatherMatMulTests(Devices devices) : IClassFixture<Devices>
{
    [Fact]
    public void Density_is_the_share_of_bytes_that_are_not_zero()
    {
        Assert.Equal(0, GatherMatMul.Density([]));
        Assert.Equal(0, GatherMatMul.Density(new byte[1000]));
        Assert.Equal(0.25, GatherMatMul.Density([0, 0, 255, 0, 0, 1, 0, 0]));
        Assert.Equal(1, GatherMatMul.Density([1, 2, 3]));
    }

    [Fact]
    public void It_is_worthwhile_on_hosts_where_most_bytes_are_zero()
    {
        Assert.All(devices.All, d => Assert.True(GatherMatMul.IsWorthwhile(d.Accelerator, 0.19, 0)));
        Assert.All(devices.All, d => Assert.False(GatherMatMul.IsWorthwhile(d.Accelerator, 0.9, 0)));
        Assert.All(devices.All, d => Assert.False(GatherMatMul.IsWorthwhile(d.Accelerator, 0.19, -0.4f)));
    }

    [Fact]
    public void A_pair_of_zero_bytes_adds_nothing_even_where_the_weights_are_infinite()
    {
        Assert.All(devices.All, device =>
        {
            var y = Forward(device.Accelerator, [0, 0, 2, 0, 0, 0], [float.PositiveInfinity, float.NaN, 3, 4, float.NaN, float.NegativeInfinity]);
            Assert.Equal([6.5f], y);
        });
    }

    [Theory]
    [InlineData(32, 100, 128)]
    [InlineData(70, 65, 30)]
    [InlineData(3, 190, 7)]
    [InlineData(100, 841, 70)]
    [InlineData(130, 129, 17)]
    public void It_has_the_bits_of_a_gather_and_a_multiply_where_it_is_not_sliced(int rows, int features, int outputs)
    {
        var random = new CaseRandom($"gather and multiply {rows} {features} {outputs}");
        var bytes = random.Array(2 * rows * features, r => r.Between(0, 1) < 0.2f ? (byte)r.Below(256) : (byte)0);
        var (initial, gradient) = (random.Array(features * outputs, r => r.Between(-1, 1)), random.Array(rows * outputs, r => r.Between(-1, 1)));
        var offsets = random.Array(outputs, r => r.Between(-1, 1));
        Assert.All(devices.All, device =>
        {
            var cpu = device.Accelerator;
            using var values = Filled(cpu, bytes);
            using var labels = Filled(cpu, new byte[2 * rows]);
            using var order = Filled(cpu, random.Permutation(2 * rows));
            using var cursor = Filled(cpu, (int[])[0, 1, 0, 0, 0, 0]);
            using var rates = Filled(cpu, (float[])[0.3f]);
            using var batchLabels = cpu.Allocate<int>(rows);
            using var x = cpu.Allocate<float>(rows * features);
            using DeviceBuffer<float> w = Filled(cpu, initial), wSparse = Filled(cpu, initial), bias = Filled(cpu, offsets), dy = Filled(cpu, gradient);
            using DeviceBuffer<float> y = cpu.Allocate<float>(rows * outputs), ySparse = cpu.Allocate<float>(rows * outputs);
            using var sparse = new GatherMatMul(cpu, values, labels, order, cursor, 1f / 255, rows, features, outputs);

            GatherBatch.Prepare(cpu, values, labels, order, cursor, 1f / 255, 0, rows, features, x, batchLabels).Run();
            MatMul.PrepareForward(cpu, x, w, bias, Activation.Tanh, rows, features, outputs, y).Run();
            MatMul.PrepareWeightUpdate(cpu, x, dy, rates, cursor, rows, features, outputs, w).Run();
            sparse.PrepareGather(batchLabels).Run();
            sparse.PrepareForward(wSparse, bias, Activation.Tanh, ySparse).Run();
            sparse.PrepareWeightUpdate(dy, rates, wSparse).Run();

            Assert.True(Comparison.SameBits<float>("y", y.ToArray(), ySparse.ToArray()) is { Passed: true }, device.Name);
            Assert.True(Comparison.SameBits<float>("w", w.ToArray(), wSparse.ToArray()) is { Passed: true }, device.Name);
        });
    }

    [Fact]
    public void Wrong_shapes_are_refused_with_both_sizes()
    {
        var cpu = devices.All[^1].Accelerator;
        using var values = cpu.Allocate<byte>(8);
        using var labels = cpu.Allocate<byte>(2);
        using var order = cpu.Allocate<int>(2);
        using var cursor = cpu.Allocate<int>(StepCursor.Length);
        using var floats = cpu.Allocate<float>(7);

        Assert.Contains("2 x 3 = 6 elements, it has 8", Message(() => Make(3)), StringComparison.Ordinal);
        using var operation = Make(4);
        Assert.Contains("4 x 5 = 20 elements, it has 7", Message(() => operation.PrepareForward(floats, floats, Activation.Relu, floats)), StringComparison.Ordinal);
        Assert.Contains("2 x 5 = 10 elements, it has 7", Message(() => operation.PrepareWeightGradient(floats, floats)), StringComparison.Ordinal);
        Assert.Contains($"2 elements, it has {StepCursor.Length}", Message(() => operation.PrepareGather(cursor)), StringComparison.Ordinal);
        Assert.Contains("the offset must be 0, it is 3", Message(() => new GatherMatMul(cpu, values, labels, order, cursor, 1, 2, 4, 5, 3)), StringComparison.Ordinal);

        GatherMatMul Make(int features) => new(cpu, values, labels, order, cursor, 1, 2, features, 5);

        static string Message(Func<object> action) => Assert.ThrowsAny<ArgumentException>(action).Message;
    }

    [Fact]
    public void Bits_are_transposed_alike_in_vectors_and_in_words()
    {
        var random = new CaseRandom("bit matrix");
        ulong* vectors = stackalloc ulong[BitMatrix.Size], words = stackalloc ulong[BitMatrix.Size], before = stackalloc ulong[BitMatrix.Size];
        for (var i = 0; i < BitMatrix.Size; i++)
        {
            vectors[i] = words[i] = before[i] = random.Bits();
        }

        BitMatrix.Transpose(vectors);
        BitMatrix.TransposeWords(words);

        for (var row = 0; row < BitMatrix.Size; row++)
        {
            for (var column = 0; column < BitMatrix.Size; column++)
            {
                Assert.Equal((before[row] >> column) & 1, (vectors[column] >> row) & 1);
                Assert.Equal((before[row] >> column) & 1, (words[column] >> row) & 1);
            }
        }
    }

    private static float[] Forward(ComputeAccelerator cpu, byte[] bytes, float[] weights)
    {
        using var values = Filled(cpu, bytes);
        using var labels = Filled(cpu, (byte[])[0]);
        using var order = Filled(cpu, (int[])[0]);
        using var cursor = Filled(cpu, new int[StepCursor.Length]);
        using var w = Filled(cpu, weights);
        using var bias = Filled(cpu, (float[])[0.5f]);
        using var y = cpu.Allocate<float>(1);
        using var batchLabels = cpu.Allocate<int>(1);
        using var operation = new GatherMatMul(cpu, values, labels, order, cursor, 1, 1, bytes.Length, 1);
        operation.PrepareGather(batchLabels).Run();
        operation.PrepareForward(w, bias, Activation.Identity, y).Run();
        return y.ToArray();
    }

    private static DeviceBuffer<T> Filled<T>(ComputeAccelerator cpu, T[] elements) where T : unmanaged
    {
        var buffer = cpu.Allocate<T>(elements.Length);
        buffer.CopyFrom(elements);
        return buffer;
    }
}
