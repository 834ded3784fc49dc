namespace Gpu.Kernels.Accelerators.OpenCl;

/// <summary>Host memory that the driver allocated, page-locked where it can, and mapped for as long as it lives.</summary>
/// <typeparam name="T">The element type.</typeparam>
internal sealed unsafe class OpenClHostBuffer<T> : DriverHostBuffer<T> where T : unmanaged
{
    private const ulong ReadWrite = 1;
    private const ulong AllocateHostMemory = 1 << 4;
    private const ulong MapReadWrite = 3;

    private readonly OpenClAccelerator _accelerator;
    private readonly nint _handle;
    private nint _upload;

    internal OpenClHostBuffer(OpenClAccelerator accelerator, int length) : base(accelerator, length)
    {
        _accelerator = accelerator;
        var detail = $"{AllocatedBytes:N0} bytes of host memory for {accelerator.Description}";
        int code;
        _handle = accelerator.Native.clCreateBuffer(accelerator.Context, ReadWrite | AllocateHostMemory, AllocatedBytes, null, &code);
        if (code != 0)
        {
            throw accelerator.AllocationFailure(code, "clCreateBuffer", detail);
        }

        var pointer = accelerator.Native.clEnqueueMapBuffer(accelerator.Queue, _handle, 1, MapReadWrite, 0, AllocatedBytes, 0, null, null, &code);
        if (code != 0)
        {
            _ = accelerator.Native.clReleaseMemObject(_handle);
            throw accelerator.AllocationFailure(code, "clEnqueueMapBuffer", detail);
        }

        Own(pointer);
    }

    /// <inheritdoc/>
    public override void WaitForUploads()
    {
        if (_upload == 0)
        {
            return;
        }

        var code = EndUpload();
        _accelerator.Check(code, "clWaitForEvents", $"an upload to {_accelerator.Description}");
    }

    /// <summary>Notes the latest upload; those before it end earlier, the queue keeps their order.</summary>
    internal void Note(nint upload)
    {
        var before = _upload;
        _upload = upload;
        if (before != 0)
        {
            _accelerator.Release(_accelerator.Native.clReleaseEvent(before), "clReleaseEvent");
        }
    }

    private protected override void Release(void* pointer)
    {
        if (_upload != 0)
        {
            _accelerator.Release(EndUpload(), "clWaitForEvents");
        }

        _accelerator.Release(_accelerator.Native.clEnqueueUnmapMemObject(_accelerator.Queue, _handle, pointer, 0, null, null),
            "clEnqueueUnmapMemObject");
        _accelerator.Release(_accelerator.Native.clFinish(_accelerator.Queue), "clFinish");
        _accelerator.Release(_accelerator.Native.clReleaseMemObject(_handle), "clReleaseMemObject");
    }

    /// <summary>Waits for the latest upload and gives its event back; returns what the wait returned.</summary>
    private int EndUpload()
    {
        var upload = _upload;
        _upload = 0;
        var code = _accelerator.Native.clWaitForEvents(1, &upload);
        _accelerator.Release(_accelerator.Native.clReleaseEvent(upload), "clReleaseEvent");
        return code;
    }
}
