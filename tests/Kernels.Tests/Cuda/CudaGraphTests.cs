using System.Runtime.InteropServices;
using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Accelerators.Cuda;
using Gpu.Kernels.Ops;
using Gpu.Kernels.Tests.Cuda.Emulation;

namespace Gpu.Kernels.Tests.Cuda;

/// <summary>
/// Sequences as graphs: one call a run, and dependencies that keep the order where it matters, for the emulated driver runs nodes
/// that do not depend on each other in another order than they were added in.
/// </summary>
[Collection(nameof(CudaCollection))]
public sealed class CudaGraphTests : IDisposable
{
    private readonly EmulatedCuda _driver = new();

    public void Dispose() => _driver.Dispose();

    [Theory]
    [InlineData(null, 1, 0)]
    [InlineData("branches", 1, 0)]
    [InlineData("chain", 1, 0)]
    [InlineData("launches", 0, 6)]
    public void A_run_is_one_call_and_each_form_gives_the_same(string? form, int graphs, int launches)
    {
        using var cuda = _driver.Open(variants: Variants(form));
        using var x = new Numbers(cuda);
        var inner = cuda.Sequence("inner", [x.Scale(1, 2), x.Scale(2, 3)]);
        var sequence = cuda.Sequence("outer", [x.Scale(0, 1), cuda.Independent("both", [inner, x.Scale(1, 4), x.Nothing]), x.Scale(3, 0), x.Scale(4, 5)]);
        var (before, single) = (_driver.Calls("cuGraphLaunch"), _driver.Calls("cuLaunchKernel"));
        sequence.Run();
        Assert.Equal(6, sequence.LaunchCount);
        Assert.Equal((graphs, launches), (_driver.Calls("cuGraphLaunch") - before, _driver.Calls("cuLaunchKernel") - single));
        Assert.Equal([-8, -2, -4, -6, -4, -6], x.Exponents);
        cuda.Dispose();
        _driver.AssertClean();
    }

    [Fact]
    public void A_sequence_repeated_in_another_is_one_call()
    {
        using var cuda = _driver.Open();
        using var x = new Numbers(cuda);
        var step = cuda.Sequence("step", [x.Scale(0, 1), x.Scale(1, 0)]);
        var chunk = cuda.Sequence("chunk", [.. Enumerable.Repeat(step, 2)]);
        chunk.Run();
        Assert.Equal(4, chunk.LaunchCount);
        Assert.Equal(1, _driver.Calls("cuGraphLaunch"));
        Assert.Equal([-8, -6], x.Exponents[..2]);
    }

    /// <summary>As cuda.h declares CUDA_KERNEL_NODE_PARAMS_v1 for 64 bits.</summary>
    [Fact]
    public void A_node_is_laid_out_as_the_driver_reads_it()
    {
        Assert.Equal(56, Marshal.SizeOf<CudaKernelNode>());
        Assert.Equal(8, Marshal.OffsetOf<CudaKernelNode>(nameof(CudaKernelNode.GridX)));
        Assert.Equal(40, Marshal.OffsetOf<CudaKernelNode>(nameof(CudaKernelNode.Parameters)));
    }

    [Fact]
    public void A_sequence_of_nothing_runs()
    {
        using var cuda = _driver.Open();
        using var x = new Numbers(cuda);
        cuda.Sequence("nothing", [x.Nothing, cuda.Independent("none", [])]).Run();
        cuda.Synchronize();
        Assert.Empty(_driver.Violations);
    }

    [Fact]
    public void Memory_that_was_given_back_is_not_used_by_a_graph()
    {
        using var cuda = _driver.Open();
        var x = new Numbers(cuda);
        var sequence = cuda.Sequence("step", [x.Scale(0, 1), x.Scale(1, 2)]);
        x.Dispose();
        Assert.Throws<ObjectDisposedException>(sequence.Run);
    }

    [Theory]
    [InlineData("cuGraphCreate")]
    [InlineData("cuGraphAddKernelNode")]
    [InlineData("cuGraphInstantiateWithFlags")]
    public void A_graph_that_cannot_be_made_leaves_nothing_behind(string call)
    {
        using var cuda = _driver.Open();
        using var x = new Numbers(cuda);
        var launch = x.Scale(0, 1);
        _driver.Fail(call, EmulatedCuda.OutOfMemory);
        var exception = Assert.Throws<OutOfDeviceMemoryException>(() => cuda.Sequence("step", [launch]));
        Assert.StartsWith(call, exception.Message, StringComparison.Ordinal);
        cuda.Dispose();
        _driver.AssertClean();
    }

    [Fact]
    public void A_form_that_is_none_is_refused()
    {
        Assert.Contains("GPU_FORCE_GRAPH=loops: 'graph' has the variants branches, chain, launches",
            Assert.Throws<DeviceException>(() => Variants("loops")).Message, StringComparison.Ordinal);
    }

    private static VariantChoice Variants(string? form) =>
        form is null ? VariantChoice.Automatic : VariantChoice.Automatic.With(CudaGraph.Choices, form);

    /// <summary>Six numbers, the first -1, the others 0; a launch makes one of them a hundredth of another, by leaky rectification.</summary>
    private sealed class Numbers : IDisposable
    {
        private readonly CudaAccelerator _cuda;
        private readonly DeviceBuffer<float> _buffer;

        internal Numbers(CudaAccelerator cuda)
        {
            _cuda = cuda;
            _buffer = cuda.Allocate<float>(6);
            _buffer.CopyFrom([-1, 0, 0, 0, 0, 0]);
        }

        /// <summary>The powers of ten that the numbers are, whatever their rounding.</summary>
        internal double[] Exponents => [.. _buffer.ToArray().Select(v => Math.Round(Math.Log10(-v), 3))];

        internal Launch Nothing => Activations.PrepareForward(_cuda, Activation.LeakyRelu, _buffer.View.Slice(0, 0), _buffer.View.Slice(0, 0));

        internal Launch Scale(int from, int to) =>
            Activations.PrepareForward(_cuda, Activation.LeakyRelu, _buffer.View.Slice(from, 1), _buffer.View.Slice(to, 1));

        public void Dispose() => _buffer.Dispose();
    }
}
