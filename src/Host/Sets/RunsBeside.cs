using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Host.Sets;

/// <summary>What runs share that go on beside one another: their data, the cores, and a GPU, which one of them has at a time.</summary>
/// <param name="data">The data.</param>
/// <param name="threads">Threads that each of them has on the processor.</param>
internal sealed class RunsBeside(SharedData data, int threads) : IDisposable
{
    private readonly Lock _opening = new();
    private readonly SemaphoreSlim _gpu = new(1);

    /// <summary>The data.</summary>
    internal SharedData Data => data;

    /// <summary>Opens a device, with the threads that a run has: one run at a time, since drivers are looked for once.</summary>
    internal ComputeAccelerator Open(Func<int, ComputeAccelerator> open)
    {
        lock (_opening)
        {
            return open(threads);
        }
    }

    /// <summary>Waits until a run may work on a device; what is returned ends its turn. On the processor each has its own cores.</summary>
    /// <exception cref="OperationCanceledException">The run was stopped before its turn.</exception>
    internal IDisposable? TakeTurn(ComputeAccelerator accelerator, CancellationToken stop)
    {
        if (accelerator is CpuAccelerator)
        {
            return null;
        }

        _gpu.Wait(stop);
        return new Turn(_gpu);
    }

    public void Dispose() => _gpu.Dispose();

    private sealed class Turn(SemaphoreSlim gpu) : IDisposable
    {
        public void Dispose() => gpu.Release();
    }
}
