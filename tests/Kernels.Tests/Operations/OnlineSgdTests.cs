using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests.Operations;

/// <summary>What the cases of <see cref="OnlineSgd"/> do not say.</summary>
public class OnlineSgdTests(Devices devices) : IClassFixture<Devices>
{
    [Fact]
    public void The_twin_has_the_bits_of_the_kernel()
    {
        var twin = devices.Twins.Last().Accelerator;
        Assert.All(OperationCases.Matching("online-sgd"), declaration =>
        {
            var (kernel, fused) = (declaration.Check(devices.Simulator), declaration.Check(twin));
            Assert.True(kernel.Checksum == fused.Checksum, $"{declaration.Name} has other bits in the twin than in the kernel.");
        });
    }

    [Fact]
    public void A_launch_of_many_steps_is_many_launches_of_one()
    {
        var together = Train([6]);

        Assert.Equal(together, Train([1, 2, 3]));
        Assert.Equal(together, Train([1, 1, 1, 1, 1, 1]));
    }

    [Fact]
    public void By_hand()
    {
        // One weight, one output, binary cross-entropy: a = 2 * 3 - 6 = 0, target 1, gradient 1/2 - 1.
        // At a rate of 1/4 the bias rises by 1/8 and the weight by 2/8.
        var network = new OnlineNetwork { Features = 1, Layers = [new(1, Activation.Identity)], Loss = LossFunction.BinaryCrossEntropy, Scale = 1 };
        Assert.All(devices.All, device =>
        {
            using var memory = new Buffers(device.Accelerator, network, [2], [0], [3, -6], 0.25f);
            using var operation = new OnlineSgd(device.Accelerator, network, memory.Memory);

            operation.Prepare(1).Run();

            Assert.Equal([3.25f, -5.875f], memory.Parameters.ToArray());
            Assert.Equal(Math.Log(2), memory.Totals.ToArray()[0], 1e-7);
            Assert.Equal([1, StepCounts.None], memory.Counts.ToArray()[..2]);
            Assert.Equal(0.5f * MathF.Sqrt(5f), memory.Control.ToArray()[StepControl.Norm], 1e-5f);
        });
    }

    [Fact]
    public void NaN_is_never_right_and_shows_in_the_loss()
    {
        var network = new OnlineNetwork
        {
            Features = 1,
            Layers = [new(2, Activation.Identity)],
            Loss = LossFunction.SoftmaxCrossEntropy,
            Scale = 1,
        };
        Assert.All(devices.All, device =>
        {
            using var memory = new Buffers(device.Accelerator, network, [1], [0], [0, 0, 5, float.NaN], 0.25f);
            using var operation = new OnlineSgd(device.Accelerator, network, memory.Memory);

            operation.Prepare(1).Run();

            Assert.Equal([0, 0], memory.Counts.ToArray()[..2]);
            Assert.True(float.IsNaN(memory.Totals.ToArray()[0]), device.Name);
        });
    }

    [Fact]
    public void Wrong_shapes_are_refused_with_both_sizes()
    {
        var cpu = devices.All[^1].Accelerator;
        var network = new OnlineNetwork { Features = 3, Layers = [new(2, Activation.Relu)], Loss = LossFunction.SoftmaxSquaredError, Scale = 1 };
        using var memory = new Buffers(cpu, network, [1, 2, 3], [0], new float[8], 0.25f);

        Assert.Contains("11 elements, it has 8", Message(network with { Features = 3, Layers = [new(2, Activation.Relu), new(1, Activation.Relu)] }), StringComparison.Ordinal);
        Assert.Contains("1 x 2 = 2 elements, it has 3", Message(network with { Features = 2 }), StringComparison.Ordinal);
        Assert.Contains("must be 1 or more", Message(network with { Layers = [] }), StringComparison.Ordinal);
        Assert.Contains("no activation 77", Message(network with { Layers = [new(2, (Activation)77)] }), StringComparison.Ordinal);
        Assert.Contains("no loss 9", Message(network with { Loss = (LossFunction)9 }), StringComparison.Ordinal);

        string Message(OnlineNetwork wrong) => Assert.ThrowsAny<ArgumentException>(() => new OnlineSgd(cpu, wrong, memory.Memory)).Message;
    }

    /// <summary>The parameters after six samples, in launches of these lengths.</summary>
    private float[] Train(int[] launches)
    {
        var random = new CaseRandom("launches");
        var network = new OnlineNetwork
        {
            Features = 20,
            Layers = [new(5, Activation.Tanh), new(3, Activation.Identity)],
            Loss = LossFunction.SoftmaxCrossEntropy,
            Scale = 1f / 255,
        };
        var cpu = devices.All[^1].Accelerator;
        using var memory = new Buffers(cpu, network, random.Array(6 * 20, r => (byte)r.Below(256)), random.Array(6, r => (byte)r.Below(3)),
            random.Array(network.Parameters, r => r.Between(-1, 1)), 0.25f);
        using var operation = new OnlineSgd(cpu, network, memory.Memory);
        foreach (var samples in launches)
        {
            operation.Prepare(samples).Run();
        }

        return memory.Parameters.ToArray();
    }

    /// <summary>A data set in its own order, a rate for all steps, and parameters.</summary>
    private sealed class Buffers : IDisposable
    {
        private readonly List<IDisposable> _owned = [];
        private readonly ComputeAccelerator _accelerator;

        internal Buffers(ComputeAccelerator accelerator, OnlineNetwork network, byte[] values, byte[] labels, float[] parameters, float rate)
        {
            _accelerator = accelerator;
            Parameters = Filled(parameters);
            Totals = Filled(new float[2]);
            Control = Filled(new float[StepControl.Length]);
            Counts = Filled(new int[] { 0, StepCounts.None, 0, 0, 0, 0, 0, 0 });
            Memory = new OnlineMemory
            {
                Values = Filled(values),
                Labels = Filled(labels),
                Order = Filled(Enumerable.Range(0, values.Length / network.Features).ToArray()),
                Cursor = Filled(new int[StepCursor.Length]),
                Rates = Filled(Enumerable.Repeat(rate, labels.Length).ToArray()),
                Parameters = Parameters,
                Totals = Totals,
                Counts = Counts,
                Control = Control,
            };
        }

        internal OnlineMemory Memory { get; }

        internal DeviceBuffer<float> Parameters { get; }

        internal DeviceBuffer<float> Totals { get; }

        internal DeviceBuffer<int> Counts { get; }

        internal DeviceBuffer<float> Control { get; }

        public void Dispose() => _owned.ForEach(o => o.Dispose());

        private DeviceBuffer<T> Filled<T>(T[] elements) where T : unmanaged
        {
            var buffer = _accelerator.Allocate<T>(elements.Length);
            buffer.CopyFrom(elements);
            _owned.Add(buffer);
            return buffer;
        }
    }
}
