namespace Gpu.Kernels.Accelerators.Cuda;

/// <summary>Return codes of the driver that are told apart; all others are only named.</summary>
internal static class CudaError
{
    internal const int OutOfMemory = 2;
    internal const int StubLibrary = 34;
    internal const int NoDevice = 100;
    internal const int DriverMismatch = 803;

    private const int FirstOfRunningKernels = 700;
    private const int LaunchOutOfResources = 701;
    private const int LastOfRunningKernels = 719;
    private const int UncorrectableMemory = 214;
    private const int Unknown = 999;

    /// <summary>
    /// Whether every later call of the process on this device fails too: a kernel went wrong, or the device did. A launch that asked
    /// for more than a group may have is refused and harms nothing.
    /// </summary>
    internal static bool IsFinal(int code) => code is (>= FirstOfRunningKernels and <= LastOfRunningKernels and not LaunchOutOfResources)
        or UncorrectableMemory or Unknown;
}
