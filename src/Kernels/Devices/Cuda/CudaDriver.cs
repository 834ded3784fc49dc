using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gpu.Kernels.Devices.Cuda;

/// <summary>The CUDA driver of the machine, and the errors that its return codes become.</summary>
/// <param name="native">Its functions.</param>
/// <param name="name">The file or name it was loaded by.</param>
internal sealed unsafe class CudaDriver(CudaNative native, string name)
{
    internal CudaNative Native => native;

    internal string Name => name;

    /// <summary>The version of CUDA that the driver has: 12.4.</summary>
    internal Version Version
    {
        get
        {
            int version;
            Check(native.cuDriverGetVersion(&version), "cuDriverGetVersion", $"{name}");
            return new Version(version / 1000, version % 1000 / 10);
        }
    }

    /// <summary>Throws where a call has failed.</summary>
    /// <param name="code">What the call returned.</param>
    /// <param name="call">The call.</param>
    /// <param name="detail">What it was about: names and sizes.</param>
    internal void Check(int code, string call, [InterpolatedStringHandlerArgument(nameof(code))] CallDetail detail)
    {
        if (code != 0)
        {
            throw Failure(code, call, detail.Take());
        }
    }

    /// <summary>The error for a call that has failed.</summary>
    private DeviceException Failure(int code, string call, string detail) => new($"{call} failed with {NameOf(code)}: {detail}.");

    /// <summary>A code's name, number and meaning, as the driver has them.</summary>
    internal string NameOf(int code)
    {
        var number = code.ToString(CultureInfo.InvariantCulture);
        byte* text;
        if (native.cuGetErrorName(code, &text) != 0 || text == null)
        {
            return $"error {number}";
        }

        var found = $"{Marshal.PtrToStringUTF8((nint)text)} ({number})";
        return native.cuGetErrorString(code, &text) == 0 && text != null ? $"{found}, {Marshal.PtrToStringUTF8((nint)text)}" : found;
    }
}
