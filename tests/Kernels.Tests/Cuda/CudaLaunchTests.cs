using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cuda;

namespace Gpu.Kernels.Tests.Cuda;

/// <summary>Launches and graphs of CUDA, up to the calls that they make: nothing here has seen a device.</summary>
public class CudaLaunchTests
{
    private readonly CudaRecorder _cuda = new();
    private readonly List<string> _said = [];
    private readonly RecordedMemory _memory = new([1, 2, 3, 4]);

    [Fact]
    public void Arguments_are_the_bytes_that_ILGPUs_PTX_reads()
    {
        _cuda.Kernels[7] = arguments =>
        {
            Assert.Equal(70, CudaRecorder.Argument<int>(arguments, 0));
            Assert.Equal(3, CudaRecorder.Argument<int>(arguments, 0, 4));
            Assert.Equal(_memory.Address + 4, CudaRecorder.Argument<nint>(arguments, 1));
            Assert.Equal(2L, CudaRecorder.Argument<long>(arguments, 1, 8));
            Assert.Equal(-5, CudaRecorder.Argument<int>(arguments, 2));
            Assert.Equal(3_000_000_000u, CudaRecorder.Argument<uint>(arguments, 3));
            Assert.Equal(1.5f, CudaRecorder.Argument<float>(arguments, 4));
        };
        var arguments = new CudaArguments();
        arguments.AddExtent(LaunchShape.Plane(70, 3));
        arguments.AddView(_memory, offset: 4, length: 2);
        arguments.AddValue(-5, "kernel");
        arguments.AddValue(3_000_000_000u, "kernel");
        arguments.AddValue(1.5f, "kernel");
        new CudaLaunch(Queue, "kernel", 7, new CudaGrid(2, 3, 64, 1), arguments).Run();
        Assert.Equal(["bind", "launch 7 2 x 3 groups of 64 x 1 lanes"], _cuda.Calls);
    }

    [Fact]
    public void A_grouped_kernel_has_no_extent()
    {
        var arguments = new CudaArguments();
        arguments.AddExtent(LaunchShape.Groups(2, 3, 64, 1));
        arguments.AddValue(42, "kernel");
        _cuda.Kernels[7] = block => Assert.Equal(42, CudaRecorder.Argument<int>(block, 0));
        new CudaLaunch(Queue, "kernel", 7, new CudaGrid(2, 3, 64, 1), arguments).Run();
    }

    [Fact]
    public void A_launch_that_fails_names_kernel_groups_and_device()
    {
        var launch = Add(1, 10);
        _cuda.Fail("launch", CudaRecorder.Invalid);
        var error = Assert.Throws<DeviceException>(launch.Run);
        Assert.Equal("cuLaunchKernel failed with error 1: add 10, 1 x 1 groups of 4 x 1 lanes on cuda:0 (recorded).", error.Message);
    }

    [Fact]
    public void A_launch_without_memory_for_it_is_out_of_memory()
    {
        var launch = Add(1, 10);
        _cuda.Fail("launch", CudaRecorder.OutOfMemory);
        Assert.EndsWith("use a smaller batch or network.", Assert.Throws<OutOfDeviceMemoryException>(launch.Run).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Launches_in_order_run_one_by_one()
    {
        new CudaLaunches(Queue, "both", [Add(1, 10), Double(2)]).Run();
        Assert.Equal([22, 24, 26, 28], _memory.Values);
        Assert.Equal(["launch 1", "launch 2"], Launches);
    }

    [Fact]
    public void A_graph_is_recorded_once_compared_with_its_launches_and_then_replayed()
    {
        using var sequence = new CudaSequence(Queue, "step", [Add(1, 10), new CudaLaunches(Queue, "inner", [Double(2)])]);
        Assert.Equal([1, 2, 3, 4], _memory.Values);
        Assert.Equal(["bind", "begin", "launch 1 1 x 1 groups of 4 x 1 lanes", "launch 2 1 x 1 groups of 4 x 1 lanes", "end", "instantiate", "destroy graph"], _cuda.Calls);
        Assert.Equal(2, sequence.LaunchCount);

        _cuda.Calls.Clear();
        sequence.Run();
        Assert.Equal([22, 24, 26, 28], _memory.Values);
        Assert.Equal(["launch 1", "launch 2"], Launches);
        Assert.Single(_cuda.Calls, "graph");

        _cuda.Calls.Clear();
        sequence.Run();
        Assert.Equal([64, 68, 72, 76], _memory.Values);
        Assert.Equal(["bind", "graph"], _cuda.Calls);
        Assert.Empty(_said);
        sequence.Dispose();
        Assert.Equal(0, _cuda.Alive);
    }

    [Fact]
    public void Independent_work_branches_off_in_a_graph_and_is_joined()
    {
        var inner = new CudaBranches(Queue, "inner", [Double(2), Add(3, 5), Add(4, 6)]);
        var work = new CudaBranches(Queue, "outer", [Add(1, 10), inner]);
        using var sequence = new CudaSequence(work.Queue, "step", [work, Double(5)]);
        Assert.Equal(
            ["branch 0", "launch 1", "leave 0", "branch 1", "launch 2", "leave 1", "launch 3", "launch 4", "join 1", "join 0", "launch 5"],
            _cuda.Calls.Where(c => c.Split(' ')[0] is "branch" or "leave" or "join" or "launch").Select(c => string.Join(' ', c.Split(' ')[..2])));

        _cuda.Calls.Clear();
        work.Run();
        Assert.Equal(["launch 1", "launch 2", "launch 3", "launch 4"], Launches);
        Assert.Equal(5, _cuda.Calls.Count);
    }

    [Fact]
    public void A_branch_that_fails_is_no_longer_open()
    {
        var queue = Queue;
        _cuda.Fail("branch 0", CudaRecorder.Invalid);
        Assert.Throws<DeviceException>(() => new CudaSequence(queue, "step", [new CudaBranches(queue, "both", [Add(1, 10), Double(2)])]));
        Assert.Equal(0, queue.OpenBranches);
    }

    [Fact]
    public void A_graph_with_other_bits_than_its_launches_is_given_up_aloud()
    {
        using var sequence = new CudaSequence(Queue, "step", [Add(1, 10)]);
        _cuda.GraphFault = () => _memory.Values[3] = -1;
        sequence.Run();
        Assert.Equal([11, 12, 13, 14], _memory.Values);
        Assert.Contains("the CUDA graph of step gave other bits than its launches", Assert.Single(_said), StringComparison.Ordinal);
        Assert.Equal(0, _cuda.Alive);
        _cuda.Calls.Clear();
        sequence.Run();
        Assert.Equal([21, 22, 23, 24], _memory.Values);
        Assert.DoesNotContain("graph", _cuda.Calls);
    }

    [Fact]
    public void Memory_that_is_only_read_is_not_compared()
    {
        var samples = new RecordedMemory([5], isWritten: false);
        var arguments = new CudaArguments();
        arguments.AddView(samples, 0, 1);
        _cuda.Kernels[3] = _ => { };
        using var sequence = new CudaSequence(Queue, "step", [new CudaLaunch(Queue, "read", 3, new CudaGrid(1, 1, 1, 1), arguments)]);
        sequence.Run();
        Assert.DoesNotContain("copy", _cuda.Calls);
    }

    [Fact]
    public void A_launch_that_fails_while_it_is_recorded_ends_the_recording()
    {
        _cuda.Fail("launch", CudaRecorder.Invalid);
        Assert.Throws<DeviceException>(() => new CudaSequence(Queue, "step", [Add(1, 10)]));
        Assert.Equal("end", _cuda.Calls[^1]);
    }

    [Fact]
    public void A_graph_that_cannot_be_made_is_given_back()
    {
        _cuda.Fail("instantiate", CudaRecorder.OutOfMemory);
        var error = Assert.Throws<OutOfDeviceMemoryException>(() => new CudaSequence(Queue, "step", [Add(1, 10)]));
        Assert.Contains("cuGraphInstantiate failed with CUDA_ERROR_OUT_OF_MEMORY (2): step, 1 kernels", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, _cuda.Alive);
    }

    [Fact]
    public void Memory_that_was_given_back_is_not_used()
    {
        var launch = Add(1, 10);
        using var sequence = new CudaSequence(Queue, "step", [launch]);
        _memory.IsGone = true;
        Assert.Throws<ObjectDisposedException>(launch.Run);
        Assert.Throws<ObjectDisposedException>(sequence.Run);
    }

    [Fact]
    public void A_run_allocates_nothing()
    {
        using var sequence = new CudaSequence(Queue, "step", [Add(1, 10), Double(2)]);
        sequence.Run();
        _cuda.Calls.Clear();
        _cuda.Calls.EnsureCapacity(4000);
        sequence.Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            sequence.Run();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private CudaQueue Queue => field ??= new(_cuda, "cuda:0 (recorded)", _said.Add);

    private IEnumerable<string> Launches => _cuda.Calls.Where(c => c.StartsWith("launch", StringComparison.Ordinal)).Select(c => c[.."launch 1".Length]);

    private CudaLaunch Add(nint function, int number) => Kernel(function, $"add {number}", value => value + number);

    private CudaLaunch Double(nint function) => Kernel(function, "double", value => 2 * value);

    private CudaLaunch Kernel(nint function, string name, Func<int, int> change)
    {
        _cuda.Kernels[function] = _ =>
        {
            for (var i = 0; i < _memory.Values.Length; i++)
            {
                _memory.Values[i] = change(_memory.Values[i]);
            }
        };
        var arguments = new CudaArguments();
        arguments.AddView(_memory, 0, _memory.Values.Length);
        return new CudaLaunch(Queue, name, function, new CudaGrid(1, 1, 4, 1), arguments);
    }
}
