using System.Runtime.CompilerServices;

namespace Gpu.Kernels.Devices.Cuda;

/// <summary>How a sequence is enqueued.</summary>
internal static class CudaGraph
{
    /// <summary>As one CUDA graph, recorded from its launches.</summary>
    internal const string Graph = "graph";

    /// <summary>Each kernel by itself.</summary>
    internal const string Launches = "launches";

    /// <summary>What can be forced, as <c>GPU_FORCE_GRAPH</c> names it.</summary>
    internal static OperationVariants Choices { get; } = new("graph", [Graph, Launches]);

    /// <summary>
    /// Whether sequences become graphs: unless launches are forced. On an H100 a step of 784-128-10 took 23.9 us by launches, 18.4 as a graph.
    /// </summary>
    internal static bool IsChosen(VariantChoice variants) => variants.Forced(Choices) != Launches;
}

/// <summary>Work in order, each kernel launched by itself.</summary>
internal sealed class CudaLaunches(CudaQueue queue, string name, CudaWork[] parts) : CudaWork(queue, name)
{
    /// <inheritdoc/>
    public override int LaunchCount => parts.Sum(part => part.LaunchCount);

    internal override IEnumerable<ICudaMemory> Memory => parts.SelectMany(part => part.Memory);

    /// <inheritdoc/>
    public override void Run()
    {
        Queue.Calls.Bind();
        Enqueue();
    }

    internal override void Enqueue()
    {
        foreach (var part in parts)
        {
            part.Enqueue();
        }
    }
}

/// <summary>
/// Work in order as one graph that one call enqueues. Its first run is done twice from the same state, by launches and by the graph: where the
/// bits differ the launches are right, this says so, and stays with them.
/// </summary>
internal sealed class CudaSequence : CudaWork, IDisposable
{
    private readonly CudaWork[] _parts;
    private readonly ICudaMemory[] _memory;
    private nint _executable;
    private bool _isTried;

    /// <summary>Records a graph.</summary>
    /// <exception cref="DeviceException">The driver refuses it.</exception>
    internal CudaSequence(CudaQueue queue, string name, CudaWork[] parts) : base(queue, name)
    {
        _parts = parts;
        _memory = [.. parts.SelectMany(part => part.Memory).Distinct()];
        queue.Calls.Bind();
        Record();
    }

    /// <inheritdoc/>
    public override int LaunchCount => _parts.Sum(part => part.LaunchCount);

    internal override IEnumerable<ICudaMemory> Memory => _memory;

    /// <inheritdoc/>
    public override void Run()
    {
        Queue.Calls.Bind();
        foreach (var memory in _memory)
        {
            _ = memory.Address;
        }

        if (_executable == 0)
        {
            Enqueue();
        }
        else if (_isTried)
        {
            Launch();
        }
        else
        {
            Try();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_executable != 0)
        {
            // A device that was lost has no graphs to give back, and that was told when it happened.
            _ = Queue.Calls.DestroyExecutable(_executable);
            _executable = 0;
        }
    }

    internal override void Enqueue()
    {
        foreach (var part in _parts)
        {
            part.Enqueue();
        }
    }

    private void Launch() => Queue.Check(Queue.Calls.LaunchGraph(_executable), "cuGraphLaunch", Name);

    private void Record()
    {
        Queue.Check(Queue.Calls.BeginCapture(), "cuStreamBeginCapture", Name);
        nint graph = 0;
        int code;
        try
        {
            Enqueue();
        }
        finally
        {
            // A stream that goes on recording would swallow all that comes after.
            code = Queue.Calls.EndCapture(out graph);
        }

        Queue.Check(code, "cuStreamEndCapture", Name);
        try
        {
            Queue.Check(Queue.Calls.Instantiate(graph, out _executable), "cuGraphInstantiate", $"{Name}, {LaunchCount} kernels");
        }
        finally
        {
            _ = Queue.Calls.DestroyGraph(graph);
        }
    }

    /// <summary>The first run: by launches, then from the same state by the graph.</summary>
    private void Try()
    {
        _isTried = true;
        ICudaMemory[] written = [.. _memory.Where(memory => memory.IsWritten)];
        if (written.FirstOrDefault(memory => memory.Bytes > Array.MaxLength) is { } large)
        {
            GiveUp($"works on {large.Bytes:N0} bytes at once, too many to be compared with its launches");
            Enqueue();
            return;
        }

        var before = Array.ConvertAll(written, Read);
        Enqueue();
        var launched = Array.ConvertAll(written, Read);
        Write(written, before);
        Launch();
        var replayed = Array.ConvertAll(written, Read);
        if (Enumerable.Range(0, written.Length).All(i => launched[i].AsSpan().SequenceEqual(replayed[i])))
        {
            return;
        }

        Write(written, launched);
        GiveUp("gave other bits than its launches (please report it, with the output of 'gpu devices')");
    }

    private void GiveUp(string why)
    {
        Dispose();
        Queue.Say($"{Queue.Description}: the CUDA graph of {Name} {why}; the launches are used.");
    }

    private unsafe byte[] Read(ICudaMemory memory)
    {
        var bytes = GC.AllocateUninitializedArray<byte>((int)memory.Bytes, pinned: true);
        if (bytes.Length > 0)
        {
            Queue.Check(Queue.Calls.Copy((nint)Unsafe.AsPointer(ref bytes[0]), memory.Address, bytes.Length), "cuMemcpyAsync", $"{bytes.Length:N0} bytes of {Name}");
            Queue.Check(Queue.Calls.Synchronize(), "cuStreamSynchronize", Name);
        }

        return bytes;
    }

    private unsafe void Write(ICudaMemory[] memory, byte[][] contents)
    {
        foreach (var (target, bytes) in memory.Zip(contents).Where(pair => pair.Second.Length > 0))
        {
            Queue.Check(Queue.Calls.Copy(target.Address, (nint)Unsafe.AsPointer(ref bytes[0]), bytes.Length), "cuMemcpyAsync", $"{bytes.Length:N0} bytes of {Name}");
        }

        Queue.Check(Queue.Calls.Synchronize(), "cuStreamSynchronize", Name);
    }
}
