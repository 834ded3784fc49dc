namespace Gpu.Kernels.Accelerators.Cuda;

/// <summary>Page-locked memory of the process, with an event that tells when the last upload from it has ended.</summary>
/// <typeparam name="T">The element type.</typeparam>
internal sealed unsafe class CudaHostBuffer<T> : HostBuffer<T> where T : unmanaged
{
    private readonly CudaAccelerator _accelerator;
    private readonly nint _uploaded;
    private T* _pointer;
    private bool _isUploading;

    internal CudaHostBuffer(CudaAccelerator accelerator, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        (_accelerator, Length) = (accelerator, length);
        accelerator.Enter();
        void* pointer;
        nint uploaded;
        var bytes = (nuint)Math.Max((long)length * sizeof(T), 1);
        accelerator.Check(accelerator.Native.cuMemHostAlloc(&pointer, bytes, 0), "cuMemHostAlloc",
            $"{bytes:N0} bytes of page-locked host memory for {accelerator.Description}");
        var code = accelerator.Native.cuEventCreate(&uploaded, CudaTimer.WithoutTime);
        if (code != 0)
        {
            _ = accelerator.Native.cuMemFreeHost(pointer);
            throw accelerator.Failure(code, "cuEventCreate", accelerator.Description);
        }

        _pointer = (T*)pointer;
        _uploaded = uploaded;
        accelerator.Add(this);
    }

    /// <inheritdoc/>
    public override int Length { get; }

    /// <inheritdoc/>
    public override Span<T> Span => new((void*)Address, Length);

    internal CudaAccelerator Owner => _accelerator;

    internal nint Address
    {
        get
        {
            ObjectDisposedException.ThrowIf(_pointer == null, this);
            return (nint)_pointer;
        }
    }

    /// <inheritdoc/>
    public override void WaitForUploads()
    {
        if (_isUploading)
        {
            _accelerator.Enter();
            _accelerator.Check(_accelerator.Native.cuEventSynchronize(_uploaded), "cuEventSynchronize",
                $"an upload to {_accelerator.Description}");
            _isUploading = false;
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (_pointer == null)
        {
            return;
        }

        var pointer = _pointer;
        _pointer = null;
        _accelerator.Remove(this);
        _accelerator.EnterToRelease();
        if (_isUploading)
        {
            _accelerator.Release(_accelerator.Native.cuEventSynchronize(_uploaded), "cuEventSynchronize");
        }

        _accelerator.Release(_accelerator.Native.cuEventDestroy_v2(_uploaded), "cuEventDestroy_v2");
        _accelerator.Release(_accelerator.Native.cuMemFreeHost(pointer), "cuMemFreeHost");
    }

    /// <summary>Marks the place after an upload in the stream.</summary>
    internal void NoteUpload()
    {
        _isUploading = true;
        _accelerator.Check(_accelerator.Native.cuEventRecord(_uploaded, _accelerator.Stream), "cuEventRecord",
            $"an upload to {_accelerator.Description}");
    }
}
