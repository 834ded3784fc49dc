namespace Gpu.Kernels.Accelerators.Cuda;

/// <summary>Two events that the device stamps with its own clock; their resolution is about half a microsecond.</summary>
internal sealed unsafe class CudaTimer : IDisposable
{
    /// <summary>The flag of an event that only marks a place.</summary>
    internal const uint WithoutTime = 2;

    private readonly CudaAccelerator _accelerator;
    private readonly nint _start;
    private readonly nint _end;

    internal CudaTimer(CudaAccelerator accelerator)
    {
        _accelerator = accelerator;
        nint start, end;
        accelerator.Check(accelerator.Native.cuEventCreate(&start, 0), "cuEventCreate", $"{accelerator.Description}");
        var code = accelerator.Native.cuEventCreate(&end, 0);
        if (code != 0)
        {
            _ = accelerator.Native.cuEventDestroy_v2(start);
            throw accelerator.Failure(code, "cuEventCreate", accelerator.Description);
        }

        (_start, _end) = (start, end);
    }

    /// <summary>Seconds from before the first run to after the last.</summary>
    internal double Measure(Launch launch, int repeats)
    {
        Record(_start);
        for (var i = 0; i < repeats; i++)
        {
            launch.Run();
        }

        Record(_end);
        float milliseconds;
        _accelerator.Check(_accelerator.Native.cuEventSynchronize(_end), "cuEventSynchronize", $"{repeats} runs of {launch.Name}");
        _accelerator.Check(_accelerator.Native.cuEventElapsedTime(&milliseconds, _start, _end), "cuEventElapsedTime",
            $"{repeats} runs of {launch.Name}");
        return milliseconds * 1e-3;
    }

    public void Dispose()
    {
        _accelerator.Release(_accelerator.Native.cuEventDestroy_v2(_start), "cuEventDestroy_v2");
        _accelerator.Release(_accelerator.Native.cuEventDestroy_v2(_end), "cuEventDestroy_v2");
    }

    private void Record(nint mark) =>
        _accelerator.Check(_accelerator.Native.cuEventRecord(mark, _accelerator.Stream), "cuEventRecord", $"{_accelerator.Description}");
}
