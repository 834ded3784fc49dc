namespace Gpu.Kernels.Devices.Cuda;

/// <summary>Memory of a CUDA device as launches see it.</summary>
internal interface ICudaMemory
{
    /// <summary>The address on the device.</summary>
    /// <exception cref="ObjectDisposedException">It was given back.</exception>
    nint Address { get; }

    /// <summary>Bytes of all elements.</summary>
    long Bytes { get; }

    /// <summary>Whether launches may write it: samples as bytes are only read.</summary>
    bool IsWritten { get; }
}

/// <summary>Where launches are enqueued, and what is made of their failures.</summary>
/// <param name="Calls">CUDA.</param>
/// <param name="Description">The device, for messages.</param>
/// <param name="Say">Told what a person should know.</param>
internal sealed record CudaQueue(ICudaCalls Calls, string Description, Action<string> Say)
{
    private const int OutOfMemory = 2;

    /// <summary>Branches of the graph that is recorded which are open.</summary>
    internal int OpenBranches { get; set; }

    /// <summary>Throws where a call has failed.</summary>
    internal void Check(int code, string call, string what)
    {
        if (code != 0)
        {
            throw Failure(code, call, what);
        }
    }

    private DeviceException Failure(int code, string call, string what)
    {
        var message = $"{call} failed with {Calls.NameOf(code)}: {what} on {Description}";
        return code == OutOfMemory ? new OutOfDeviceMemoryException($"{message}: use a smaller batch or network.") : new DeviceException($"{message}.");
    }
}

/// <summary>Work of a CUDA device that can become part of a graph.</summary>
internal abstract class CudaWork(CudaQueue queue, string name) : Launch(name)
{
    /// <summary>Where it is enqueued.</summary>
    internal CudaQueue Queue => queue;

    /// <summary>The memory that it reads and writes.</summary>
    internal abstract IEnumerable<ICudaMemory> Memory { get; }

    /// <summary>Enqueues its kernels one by one, whatever they are part of.</summary>
    internal abstract void Enqueue();
}
