using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace Gpu.Kernels.Devices.Ilgpu;

/// <summary>What ILGPU throws or returns, as errors of ours.</summary>
internal static class IlgpuError
{
    /// <summary>Something that was asked of a device failed.</summary>
    /// <param name="what">What was done, with sizes.</param>
    /// <param name="description">The device.</param>
    /// <param name="exception">What ILGPU has thrown.</param>
    internal static DeviceException Failure(string what, string description, AcceleratorException exception)
    {
        var message = $"{what} failed on {description}: {CodeName(exception)}{exception.Message.TrimEnd('.')}";
        return IsOutOfMemory(exception)
            ? new OutOfDeviceMemoryException($"{message}: use a smaller batch or network.", exception)
            : new DeviceException($"{message}.", exception);
    }

    /// <summary>The message that says most: ILGPU wraps the reason in general words.</summary>
    internal static string Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner)
        {
            exception = inner;
        }

        return exception.Message.TrimEnd('.');
    }

    private static string CodeName(AcceleratorException exception) => exception switch
    {
        CudaException cuda => $"{cuda.Error}, ",
        CLException openCl => $"{openCl.Error}, ",
        _ => "",
    };

    private static bool IsOutOfMemory(AcceleratorException exception) => exception switch
    {
        CudaException cuda => cuda.Error == nameof(CudaError.CUDA_ERROR_OUT_OF_MEMORY),
        CLException openCl => openCl.Error is CLError.CL_MEM_OBJECT_ALLOCATION_FAILURE or CLError.CL_OUT_OF_RESOURCES
            or CLError.CL_OUT_OF_HOST_MEMORY or CLError.CL_INVALID_BUFFER_SIZE,
        _ => false,
    };
}
