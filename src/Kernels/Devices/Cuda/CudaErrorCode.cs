namespace Gpu.Kernels.Devices.Cuda;

/// <summary>Return codes of the driver that are told apart; all others are only named.</summary>
internal static class CudaErrorCode
{
    internal const int StubLibrary = 34;
    internal const int NoDevice = 100;
    internal const int DriverMismatch = 803;
}
