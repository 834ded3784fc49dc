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
        Assert.All(devices.All, d => Assert.True(GatherMatMul.IsWorthwhile(d.Accelerator, new(32, 784, 128) { Density = 0.19 })));
        Assert.All(devices.All, d => Assert.True(GatherMatMul.IsWorthwhile(d.Accelerator, new(1000, 30, 5000) { Density = 0.19, Learns = true })));
        Assert.All(devices.All, d => Assert.False(GatherMatMul.IsWorthwhile(d.Accelerator, new(32, 784, 128) { Density = 0.9 })));
        Assert.All(devices.All, d => Assert.False(GatherMatMul.IsWorthwhile(d.Accelerator, new(32, 784, 128) { Density = 0.19, Offset = -0.4f })));
    }

    [Theory]
    [InlineData(95, 784, 128, true)]
    [InlineData(1, 193, 1, true)]
    [InlineData(32, 1024, 256, true)]
    [InlineData(96, 784, 128, false)]
    [InlineData(32, 192, 128, false)]
    [InlineData(32, 1024, 257, false)]
    public void It_is_worthwhile_on_hosts_that_learn_from_few_rows_in_slices(int rows, int features, int outputs, bool expected)
    {
        GatherShape full = new(rows, features, outputs) { Density = 0.9, Learns = true }, shifted = full with { Density = 0.19, Offset = -0.4f };

        Assert.All(devices.All, d => Assert.Equal(expected, GatherMatMul.IsWorthwhile(d.Accelerator, full)));
        Assert.All(devices.All, d => Assert.Equal(expected, GatherMatMul.IsWorthwhile(d.Accelerator, shifted)));
        Assert.All(devices.All, d => Assert.False(GatherMatMul.IsWorthwhile(d.Accelerator, shifted with { Learns = false })));
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
            using var sparse = new GatherMatMul(cpu, values, labels, order, cursor, 1f / 255, new(rows, features, outputs));

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

    [Theory]
    [InlineData(1, 193, 5, 128)]
    [InlineData(32, 784, 128, 384)]
    [InlineData(95, 321, 33, 192)]
    [InlineData(7, 256, 17, 128)]
    public void Its_slices_have_the_bits_of_a_gather_and_multiplies_of_halves(int rows, int features, int outputs, int border)
    {
        var random = new CaseRandom($"slices {rows} {features} {outputs}");
        var bytes = random.Array(2 * rows * features, r => (byte)r.Below(256));
        var (initial, gradient) = (random.Array(features * outputs, r => r.Between(-1, 1)), random.Array(rows * outputs, r => r.Between(-1, 1)));
        var offsets = random.Array(outputs, r => r.Between(-1, 1));
        Assert.All(devices.All, device =>
        {
            var cpu = device.Accelerator;
            using var values = Filled(cpu, bytes);
            using var labels = Filled(cpu, random.Array(2 * rows, r => (byte)r.Below(10)));
            using var order = Filled(cpu, random.Permutation(2 * rows));
            using var cursor = Filled(cpu, (int[])[0, rows / 2, 0, 0, 0, 0]);
            using var rates = Filled(cpu, (float[])[0.3f]);
            using DeviceBuffer<int> batchLabels = cpu.Allocate<int>(rows), sliceLabels = cpu.Allocate<int>(rows);
            using var x = cpu.Allocate<float>(rows * features);
            using DeviceBuffer<float> w = Filled(cpu, initial), wSliced = Filled(cpu, initial), bias = Filled(cpu, offsets), dy = Filled(cpu, gradient);
            using var y = cpu.Allocate<float>(rows * outputs);
            using var sliced = new GatherMatMul(cpu, values, labels, order, cursor, 0.01f,
                new(rows, features, outputs) { Density = 1, Offset = -0.4f, Learns = true });

            GatherBatch.Prepare(cpu, values, labels, order, cursor, 0.01f, -0.4f, rows, features, x, batchLabels).Run();
            var (first, second) = (Product(cpu, x.ToArray(), initial, 0, border), Product(cpu, x.ToArray(), initial, border, features));
            MatMul.PrepareWeightUpdate(cpu, x, dy, rates, cursor, rows, features, outputs, w).Run();
            sliced.PrepareGather(sliceLabels).Run();
            sliced.PrepareForward(wSliced, bias, Activation.Identity, y).Run();
            sliced.PrepareWeightUpdate(dy, rates, wSliced).Run();

            float[] expected = [.. first.Select((sum, i) => sum + second[i] + offsets[i % outputs])];
            Assert.True(Comparison.SameBits<float>("y", expected, y.ToArray()) is { Passed: true }, device.Name);
            Assert.True(Comparison.SameBits<float>("w", w.ToArray(), wSliced.ToArray()) is { Passed: true }, device.Name);
            Assert.Equal(batchLabels.ToArray(), sliceLabels.ToArray());
        });

        // Some columns of x by the rows of w that go with them.
        float[] Product(ComputeAccelerator cpu, float[] x, float[] w, int from, int end)
        {
            var depth = end - from;
            using var part = Filled(cpu, Enumerable.Range(0, rows * depth).Select(i => x[(i / depth * features) + from + (i % depth)]).ToArray());
            using var weights = Filled(cpu, w[(from * outputs)..(end * outputs)]);
            using var zeros = Filled(cpu, new float[outputs]);
            using var y = cpu.Allocate<float>(rows * outputs);
            MatMul.PrepareForward(cpu, part, weights, zeros, Activation.Identity, rows, depth, outputs, y).Run();
            return y.ToArray();
        }
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
        Assert.Contains("gather and multiply separately", Message(() => Make(4, offset: 3)), StringComparison.Ordinal);
        Assert.Contains("gather and multiply separately", Message(() => Make(4, density: 1)), StringComparison.Ordinal);

        GatherMatMul Make(int features, float offset = 0, double density = 0) =>
            new(cpu, values, labels, order, cursor, 1, new(2, features, 5) { Offset = offset, Density = density });

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
        using var operation = new GatherMatMul(cpu, values, labels, order, cursor, 1, new(1, bytes.Length, 1));
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
