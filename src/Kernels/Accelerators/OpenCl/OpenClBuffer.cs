namespace Gpu.Kernels.Accelerators.OpenCl;

/// <summary>Memory of an OpenCL device.</summary>
/// <typeparam name="T">The element type.</typeparam>
internal sealed unsafe class OpenClBuffer<T> : DriverBuffer<T> where T : unmanaged
{
    private const ulong ReadWrite = 1;

    private readonly OpenClAccelerator _accelerator;

    internal OpenClBuffer(OpenClAccelerator accelerator, int length) : base(accelerator, length)
    {
        _accelerator = accelerator;
        RequireMemory();
        int code;
        var handle = accelerator.Native.clCreateBuffer(accelerator.Context, ReadWrite, AllocatedBytes, null, &code);
        if (code != 0)
        {
            throw accelerator.AllocationFailure(code, "clCreateBuffer",
                $"{Bytes:N0} bytes on {accelerator.Description}, {accelerator.DescribeMemory()}");
        }

        Own(handle);
    }

    private protected override void Write(void* source, nuint bytes, nuint offset) => _accelerator.Check(
        _accelerator.Native.clEnqueueWriteBuffer(_accelerator.Queue, Handle, 1, offset, bytes, source, 0, null, null),
        "clEnqueueWriteBuffer", $"{bytes:N0} bytes to {_accelerator.Description}");

    private protected override void Enqueue(DriverHostBuffer<T> host, void* source, nuint bytes, nuint offset)
    {
        nint upload;
        _accelerator.Check(
            _accelerator.Native.clEnqueueWriteBuffer(_accelerator.Queue, Handle, 0, offset, bytes, source, 0, null, &upload),
            "clEnqueueWriteBuffer", $"{bytes:N0} bytes to {_accelerator.Description}");
        ((OpenClHostBuffer<T>)host).Note(upload);
        _accelerator.Check(_accelerator.Native.clFlush(_accelerator.Queue), "clFlush", $"{_accelerator.Description}");
    }

    private protected override void Read(void* destination, nuint bytes, nuint offset) => _accelerator.Check(
        _accelerator.Native.clEnqueueReadBuffer(_accelerator.Queue, Handle, 1, offset, bytes, destination, 0, null, null),
        "clEnqueueReadBuffer", $"{bytes:N0} bytes from {_accelerator.Description}");

    private protected override void Release(nint handle) =>
        _accelerator.Release(_accelerator.Native.clReleaseMemObject(handle), "clReleaseMemObject");

    /// <summary>
    /// Refuses what cannot fit. Drivers allocate when memory is first used, and some then take the whole system down with them
    /// instead of returning an error.
    /// </summary>
    private void RequireMemory()
    {
        var memory = _accelerator.Memory;
        if (Bytes > memory.LargestAllocationBytes)
        {
            throw new OutOfDeviceMemoryException(
                $"{_accelerator.Description} allocates at most {memory.LargestAllocationBytes:N0} bytes at once, {Bytes:N0} were asked for: use a smaller batch or network.");
        }

        if (Bytes > memory.AvailableBytes)
        {
            throw new OutOfDeviceMemoryException(
                $"{Bytes:N0} bytes on {_accelerator.Description} were asked for, {_accelerator.DescribeMemory()}: use a smaller batch or network.");
        }
    }
}
