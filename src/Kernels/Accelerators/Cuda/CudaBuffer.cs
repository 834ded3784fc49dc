namespace Gpu.Kernels.Accelerators.Cuda;

/// <summary>Memory of a CUDA device.</summary>
/// <typeparam name="T">The element type.</typeparam>
internal sealed unsafe class CudaBuffer<T> : DriverBuffer<T> where T : unmanaged
{
    private readonly CudaAccelerator _accelerator;

    internal CudaBuffer(CudaAccelerator accelerator, int length) : base(accelerator, length)
    {
        _accelerator = accelerator;
        accelerator.Enter();
        nint address;
        var code = accelerator.Native.cuMemAlloc_v2(&address, AllocatedBytes);
        if (code != 0)
        {
            throw accelerator.AllocationFailure(code, "cuMemAlloc_v2", $"{Bytes:N0} bytes on {accelerator.Description}");
        }

        Own(address);
    }

    private protected override void Write(void* source, nuint bytes, nuint offset)
    {
        Upload(source, bytes, offset);

        // A device that reaches the process's own memory may read it only when the copy's turn comes.
        _accelerator.Synchronize();
    }

    private protected override void Enqueue(DriverHostBuffer<T> host, void* source, nuint bytes, nuint offset)
    {
        Upload(source, bytes, offset);
        ((CudaHostBuffer<T>)host).NoteUpload();
    }

    private protected override void Read(void* destination, nuint bytes, nuint offset)
    {
        _accelerator.Enter();
        _accelerator.Check(
            _accelerator.Native.cuMemcpyDtoHAsync_v2(destination, Handle + (nint)offset, bytes, _accelerator.Stream),
            "cuMemcpyDtoHAsync_v2", $"{bytes:N0} bytes from {_accelerator.Description}");
        _accelerator.Synchronize();
    }

    private protected override void Release(nint handle)
    {
        _accelerator.EnterToRelease();
        _accelerator.Release(_accelerator.Native.cuMemFree_v2(handle), "cuMemFree_v2");
    }

    private void Upload(void* source, nuint bytes, nuint offset)
    {
        _accelerator.Enter();
        _accelerator.Check(_accelerator.Native.cuMemcpyHtoDAsync_v2(Handle + (nint)offset, source, bytes, _accelerator.Stream),
            "cuMemcpyHtoDAsync_v2", $"{bytes:N0} bytes to {_accelerator.Description}");
    }
}
