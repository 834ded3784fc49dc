namespace Gpu.Kernels.Devices.Cuda;

/// <summary>Work in any order: side by side in a graph, as far as the device has room, else launched one by one.</summary>
internal sealed class CudaBranches(CudaQueue queue, string name, CudaWork[] parts) : CudaWork(queue, name)
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

    /// <inheritdoc/>
    /// <remarks>The last part goes on where the work began, the others branch off: with other work inside the last, chains overlap.</remarks>
    internal override void Enqueue()
    {
        var first = Queue.OpenBranches;
        var count = Math.Clamp(Queue.Calls.Branches - first, 0, parts.Length - 1);
        try
        {
            Queue.OpenBranches += count;
            for (var i = 0; i < count; i++)
            {
                Queue.Check(Queue.Calls.BeginBranch(first + i), "cuStreamWaitEvent", Name);
                parts[i].Enqueue();
                Queue.Check(Queue.Calls.EndBranch(first + i), "cuEventRecord", Name);
            }

            for (var i = count; i < parts.Length; i++)
            {
                parts[i].Enqueue();
            }

            for (var i = 0; i < count; i++)
            {
                Queue.Check(Queue.Calls.JoinBranch(first + i), "cuStreamWaitEvent", Name);
            }
        }
        finally
        {
            Queue.OpenBranches = first;
        }
    }
}
