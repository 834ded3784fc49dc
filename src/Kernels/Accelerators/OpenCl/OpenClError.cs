using System.Runtime.CompilerServices;

namespace Gpu.Kernels.Accelerators.OpenCl;

/// <summary>Return codes of OpenCL, and the errors that they become.</summary>
internal static class OpenClError
{
    internal const int NoPlatform = -1001;

    private const int DeviceNotAvailable = -2;
    private const int MemObjectAllocationFailure = -4;
    private const int OutOfResources = -5;
    private const int OutOfHostMemory = -6;
    private const int MapFailure = -12;
    private const int FailedInWaitList = -14;
    private const int InvalidContext = -34;
    private const int InvalidQueue = -36;
    private const int InvalidBufferSize = -61;

    private static readonly Dictionary<int, string> _names = new()
    {
        [-1] = "CL_DEVICE_NOT_FOUND",
        [DeviceNotAvailable] = "CL_DEVICE_NOT_AVAILABLE",
        [-3] = "CL_COMPILER_NOT_AVAILABLE",
        [MemObjectAllocationFailure] = "CL_MEM_OBJECT_ALLOCATION_FAILURE",
        [OutOfResources] = "CL_OUT_OF_RESOURCES",
        [OutOfHostMemory] = "CL_OUT_OF_HOST_MEMORY",
        [-7] = "CL_PROFILING_INFO_NOT_AVAILABLE",
        [MapFailure] = "CL_MAP_FAILURE",
        [FailedInWaitList] = "CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST",
        [-11] = "CL_BUILD_PROGRAM_FAILURE",
        [-13] = "CL_MISALIGNED_SUB_BUFFER_OFFSET",
        [-30] = "CL_INVALID_VALUE",
        [-31] = "CL_INVALID_DEVICE_TYPE",
        [-32] = "CL_INVALID_PLATFORM",
        [-33] = "CL_INVALID_DEVICE",
        [InvalidContext] = "CL_INVALID_CONTEXT",
        [-35] = "CL_INVALID_QUEUE_PROPERTIES",
        [InvalidQueue] = "CL_INVALID_COMMAND_QUEUE",
        [-38] = "CL_INVALID_MEM_OBJECT",
        [-42] = "CL_INVALID_BINARY",
        [-43] = "CL_INVALID_BUILD_OPTIONS",
        [-44] = "CL_INVALID_PROGRAM",
        [-45] = "CL_INVALID_PROGRAM_EXECUTABLE",
        [-46] = "CL_INVALID_KERNEL_NAME",
        [-47] = "CL_INVALID_KERNEL_DEFINITION",
        [-48] = "CL_INVALID_KERNEL",
        [-49] = "CL_INVALID_ARG_INDEX",
        [-50] = "CL_INVALID_ARG_VALUE",
        [-51] = "CL_INVALID_ARG_SIZE",
        [-52] = "CL_INVALID_KERNEL_ARGS",
        [-53] = "CL_INVALID_WORK_DIMENSION",
        [-54] = "CL_INVALID_WORK_GROUP_SIZE",
        [-55] = "CL_INVALID_WORK_ITEM_SIZE",
        [-56] = "CL_INVALID_GLOBAL_OFFSET",
        [-57] = "CL_INVALID_EVENT_WAIT_LIST",
        [-58] = "CL_INVALID_EVENT",
        [-59] = "CL_INVALID_OPERATION",
        [InvalidBufferSize] = "CL_INVALID_BUFFER_SIZE",
        [-63] = "CL_INVALID_GLOBAL_WORK_SIZE",
        [NoPlatform] = "CL_PLATFORM_NOT_FOUND_KHR",
    };

    /// <summary>The name of a code, with its number.</summary>
    internal static string Name(int code) => _names.TryGetValue(code, out var name) ? $"{name} ({code})" : $"error {code}";

    /// <summary>Throws where a call has failed.</summary>
    /// <param name="code">What the call returned.</param>
    /// <param name="call">The call.</param>
    /// <param name="detail">What it was about: names and sizes.</param>
    internal static void Check(int code, string call, [InterpolatedStringHandlerArgument(nameof(code))] CallDetail detail)
    {
        if (code != 0)
        {
            throw Failure(code, call, detail.Take());
        }
    }

    /// <summary>The error for a call that has failed.</summary>
    internal static DeviceException Failure(int code, string call, string detail)
    {
        var message = $"{call} failed with {Name(code)}: {detail}.";
        return code is MemObjectAllocationFailure or OutOfHostMemory or InvalidBufferSize or MapFailure
            ? new OutOfDeviceMemoryException(message)
            : new DeviceException(message);
    }

    /// <summary>Whether what is missing may be memory, where memory was asked for.</summary>
    internal static bool IsOutOfResources(int code) => code == OutOfResources;

    /// <summary>
    /// Whether later calls can fail for the same reason: memory ran out, which drivers allocate when it is first used, a kernel went wrong,
    /// or the device did. Codes below the specification's are drivers' own and tell of that too.
    /// </summary>
    internal static bool IsFinal(int code) => code is DeviceNotAvailable or MemObjectAllocationFailure or OutOfResources or OutOfHostMemory
        or FailedInWaitList or InvalidContext or InvalidQueue or < NoPlatform;

}
