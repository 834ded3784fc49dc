namespace Gpu.Kernels.Accelerators.Cuda;

/// <summary>How a sequence becomes one call: its kernels as the nodes of a CUDA graph.</summary>
internal static class CudaGraph
{
    /// <summary>Launches that are independent of each other may run at the same time.</summary>
    internal const string Branches = "branches";

    /// <summary>One kernel after the other.</summary>
    internal const string Chain = "chain";

    /// <summary>No graph: each kernel is launched by itself.</summary>
    internal const string Launches = "launches";

    /// <summary>What can be forced, as <c>GPU_FORCE_GRAPH</c> names it.</summary>
    internal static OperationVariants Choices { get; } = new("graph", [Branches, Chain, Launches]);

    /// <summary>The form that <c>GPU_FORCE_GRAPH</c> names, or branches.</summary>
    internal static string Choice(VariantChoice variants) => variants.Forced(Choices) ?? Branches;
}

/// <summary>Puts kernels into a graph: each after the ones that the graph ends with at that moment.</summary>
internal sealed unsafe class CudaGraphBuilder(CudaAccelerator accelerator, nint graph)
{
    /// <summary>The nodes that nothing comes after yet.</summary>
    internal IReadOnlyList<nint> Ends { get; set; } = [];

    /// <summary>Adds a kernel after all <see cref="Ends"/>; it is then the only one.</summary>
    internal void Add(in CudaKernelNode kernel, string name)
    {
        nint node;
        var before = Ends.ToArray();
        fixed (nint* dependencies = before)
        fixed (CudaKernelNode* parameters = &kernel)
        {
            accelerator.Check(accelerator.Native.cuGraphAddKernelNode(&node, graph, dependencies, (nuint)before.Length, parameters),
                "cuGraphAddKernelNode", $"{name}, {kernel.GridX:N0} x {kernel.GridY:N0} groups of {kernel.GroupX} x {kernel.GroupY} lanes");
        }

        Ends = [node];
    }
}

/// <summary>Work in order, as one graph that one call launches.</summary>
internal sealed unsafe class CudaSequence : CudaWork
{
    private readonly CudaWork[] _parts;
    private readonly IDriverMemory[] _memory;
    private readonly nint _launchable;

    internal CudaSequence(CudaAccelerator accelerator, string name, CudaWork[] parts) : base(accelerator, name)
    {
        _parts = parts;
        _memory = [.. parts.SelectMany(p => p.Memory).Distinct()];
        accelerator.Enter();
        nint graph, launchable = 0;
        accelerator.Check(accelerator.Native.cuGraphCreate(&graph, 0), "cuGraphCreate", $"{name} on {accelerator.Description}");
        try
        {
            AddTo(new CudaGraphBuilder(accelerator, graph));
            accelerator.Check(accelerator.Native.cuGraphInstantiateWithFlags(&launchable, graph, 0), "cuGraphInstantiateWithFlags",
                $"{name}, {LaunchCount} kernels on {accelerator.Description}");
            accelerator.Own(launchable);
            _launchable = launchable;
        }
        finally
        {
            accelerator.Release(accelerator.Native.cuGraphDestroy(graph), "cuGraphDestroy");
        }
    }

    /// <inheritdoc/>
    public override int LaunchCount => _parts.Sum(part => part.LaunchCount);

    internal override IEnumerable<IDriverMemory> Memory => _memory;

    /// <inheritdoc/>
    public override void Run()
    {
        foreach (var memory in _memory)
        {
            _ = memory.Handle;
        }

        Owner.Enter();
        Owner.Check(Owner.Native.cuGraphLaunch(_launchable, Owner.Stream), "cuGraphLaunch", $"{Name} on {Owner.Description}");
    }

    internal override void AddTo(CudaGraphBuilder graph) => Array.ForEach(_parts, part => part.AddTo(graph));
}

/// <summary>Work in any order: in a graph it may be several branches, by itself it is one launch after the other.</summary>
internal sealed class CudaIndependent(CudaAccelerator accelerator, string name, CudaWork[] parts, bool asBranches)
    : CudaWork(accelerator, name)
{
    /// <inheritdoc/>
    public override int LaunchCount => parts.Sum(part => part.LaunchCount);

    internal override IEnumerable<IDriverMemory> Memory => parts.SelectMany(part => part.Memory);

    /// <inheritdoc/>
    public override void Run() => Array.ForEach(parts, part => part.Run());

    internal override void AddTo(CudaGraphBuilder graph)
    {
        if (!asBranches)
        {
            Array.ForEach(parts, part => part.AddTo(graph));
            return;
        }

        var before = graph.Ends;
        var ends = new List<nint>();
        foreach (var part in parts)
        {
            graph.Ends = before;
            part.AddTo(graph);
            ends.AddRange(graph.Ends.Except(before));
        }

        graph.Ends = ends.Count > 0 ? ends : before;
    }
}
