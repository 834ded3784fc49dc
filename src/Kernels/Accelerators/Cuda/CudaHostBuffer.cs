namespace Gpu.Kernels.Accelerators.Cuda;

/// <summary>Page-locked memory of the process, with an event that tells when the last upload from it has ended.</summary>
/// <typeparam name="T">The element type.</typeparam>
internal sealed unsafe class CudaHostBuffer<T> : DriverHostBuffer<T> where T : unmanaged
{
    private readonly CudaAccelerator _accelerator;
    private readonly nint _uploaded;
    private bool _isUploading;

    internal CudaHostBuffer(CudaAccelerator accelerator, int length) : base(accelerator, length)
    {
        _accelerator = accelerator;
        accelerator.Enter();
        void* pointer;
        nint uploaded;
        var code = accelerator.Native.cuMemHostAlloc(&pointer, AllocatedBytes, 0);
        if (code != 0)
        {
            throw accelerator.HostAllocationFailure(code, "cuMemHostAlloc",
                $"{AllocatedBytes:N0} bytes of page-locked host memory for {accelerator.Description}");
        }

        code = accelerator.Native.cuEventCreate(&uploaded, CudaTimer.WithoutTime);
        if (code != 0)
        {
            _ = accelerator.Native.cuMemFreeHost(pointer);
            throw accelerator.Failure(code, "cuEventCreate", accelerator.Description);
        }

        _uploaded = uploaded;
        Own(pointer);
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

    /// <summary>Marks the place after an upload in the stream.</summary>
    internal void NoteUpload()
    {
        _isUploading = true;
        _accelerator.Check(_accelerator.Native.cuEventRecord(_uploaded, _accelerator.Stream), "cuEventRecord",
            $"an upload to {_accelerator.Description}");
    }

    private protected override void Release(void* pointer)
    {
        _accelerator.EnterToRelease();
        if (_isUploading)
        {
            _accelerator.Release(_accelerator.Native.cuEventSynchronize(_uploaded), "cuEventSynchronize");
        }

        _accelerator.Release(_accelerator.Native.cuEventDestroy_v2(_uploaded), "cuEventDestroy_v2");
        _accelerator.Release(_accelerator.Native.cuMemFreeHost(pointer), "cuMemFreeHost");
    }
}
