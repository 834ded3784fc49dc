namespace Gpu.Kernels.Accelerators.OpenCl;

/// <summary>Host memory that the driver allocated, page-locked where it can, and mapped for as long as it lives.</summary>
/// <typeparam name="T">The element type.</typeparam>
internal sealed unsafe class OpenClHostBuffer<T> : HostBuffer<T> where T : unmanaged
{
    private const ulong ReadWrite = 1;
    private const ulong AllocateHostMemory = 1 << 4;
    private const ulong MapReadWrite = 3;

    private readonly OpenClAccelerator _accelerator;
    private nint _handle;
    private T* _pointer;
    private nint _upload;

    internal OpenClHostBuffer(OpenClAccelerator accelerator, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        (_accelerator, Length) = (accelerator, length);
        var bytes = (nuint)Math.Max((long)length * sizeof(T), 1);
        var detail = $"{bytes:N0} bytes of host memory for {accelerator.Description}";
        int code;
        _handle = accelerator.Native.clCreateBuffer(accelerator.Context, ReadWrite | AllocateHostMemory, bytes, null, &code);
        OpenClError.CheckAllocation(code, "clCreateBuffer", $"{detail}");
        _pointer = (T*)accelerator.Native.clEnqueueMapBuffer(accelerator.Queue, _handle, 1, MapReadWrite, 0, bytes, 0, null, null, &code);
        if (code != 0)
        {
            _ = accelerator.Native.clReleaseMemObject(_handle);
            throw OpenClError.AllocationFailure(code, "clEnqueueMapBuffer", detail);
        }

        accelerator.Add(this);
    }

    /// <inheritdoc/>
    public override int Length { get; }

    /// <inheritdoc/>
    public override Span<T> Span => new(Pointer, Length);

    internal OpenClAccelerator Owner => _accelerator;

    internal T* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_pointer == null, this);
            return _pointer;
        }
    }

    /// <inheritdoc/>
    public override void WaitForUploads()
    {
        if (_upload == 0)
        {
            return;
        }

        var upload = _upload;
        _upload = 0;
        var code = _accelerator.Native.clWaitForEvents(1, &upload);
        OpenClError.Check(_accelerator.Native.clReleaseEvent(upload), "clReleaseEvent", $"{_accelerator.Description}");
        OpenClError.Check(code, "clWaitForEvents", $"an upload to {_accelerator.Description}");
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (_handle == 0)
        {
            return;
        }

        WaitForUploads();
        var handle = _handle;
        var pointer = _pointer;
        _handle = 0;
        _pointer = null;
        _accelerator.Remove(this);
        OpenClError.Check(_accelerator.Native.clEnqueueUnmapMemObject(_accelerator.Queue, handle, pointer, 0, null, null),
            "clEnqueueUnmapMemObject", $"{_accelerator.Description}");
        _accelerator.Synchronize();
        OpenClError.Check(_accelerator.Native.clReleaseMemObject(handle), "clReleaseMemObject", $"{_accelerator.Description}");
    }

    /// <summary>Notes the latest upload; those before it end earlier, the queue keeps their order.</summary>
    internal void Note(nint upload)
    {
        var before = _upload;
        _upload = upload;
        if (before != 0)
        {
            OpenClError.Check(_accelerator.Native.clReleaseEvent(before), "clReleaseEvent", $"{_accelerator.Description}");
        }
    }
}
