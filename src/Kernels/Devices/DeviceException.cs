namespace Gpu.Kernels.Devices;

/// <summary>A device or its driver failed, or is not there. The message is one sentence for the user.</summary>
public class DeviceException : Exception
{
    /// <summary>An error without a message.</summary>
    public DeviceException() { }

    /// <summary>An error with its sentence.</summary>
    public DeviceException(string message) : base(message) { }

    /// <summary>An error with its sentence and cause.</summary>
    public DeviceException(string message, Exception innerException) : base(message, innerException) { }
}

/// <summary>The device has not the memory that was asked for.</summary>
public sealed class OutOfDeviceMemoryException : DeviceException
{
    /// <summary>An error without a message.</summary>
    public OutOfDeviceMemoryException() { }

    /// <summary>An error with its sentence.</summary>
    public OutOfDeviceMemoryException(string message) : base(message) { }

    /// <summary>An error with its sentence and cause.</summary>
    public OutOfDeviceMemoryException(string message, Exception innerException) : base(message, innerException) { }
}
