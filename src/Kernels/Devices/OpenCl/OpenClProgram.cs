using ILGPU.Runtime.OpenCL;

namespace Gpu.Kernels.Devices.OpenCl;

/// <summary>A kernel's text as the driver has compiled it, and the kernels that were made of it, one a launch.</summary>
internal sealed class OpenClProgram : IDisposable
{
    private const int LongestLog = 4000;

    private readonly OpenClAccelerator _accelerator;
    private readonly List<nint> _kernels = [];
    private readonly string _name;
    private readonly string _entry;
    private readonly nint _program;

    /// <summary>Has the driver compile a text.</summary>
    /// <exception cref="DeviceException">It does not; the message has its log.</exception>
    internal OpenClProgram(OpenClAccelerator accelerator, string name, KernelText text)
    {
        (_accelerator, _name, _entry) = (accelerator, name, text.Entry);
        var device = (CLAccelerator)accelerator.Device;
        accelerator.Check(Api.CreateProgram(device.NativePtr, text.Text, out _program), "clCreateProgramWithSource", $"{name}, {text.Text.Length:N0} characters");
        var code = Api.BuildProgram(_program, device.DeviceId, accelerator.Options);
        if (code != CLError.CL_SUCCESS)
        {
            _ = Api.GetProgramBuildLog(_program, device.DeviceId, out var log);
            _ = Api.ReleaseProgram(_program);
            throw new DeviceException($"{accelerator.Description} does not compile {name} with '{accelerator.Options}' "
                + $"({OpenClNative.NameOf((int)code)}), its driver says:\n{Shorten(log)}");
        }
    }

    private static CLAPI Api => CLAPI.CurrentAPI;

    /// <summary>A kernel without arguments.</summary>
    internal nint CreateKernel()
    {
        _accelerator.Check(Api.CreateKernel(_program, _entry, out var kernel), "making a kernel", _name);
        _kernels.Add(kernel);
        return kernel;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // A device that was lost gives nothing back, and that was told when it happened.
        _kernels.ForEach(kernel => Api.ReleaseKernel(kernel));
        _kernels.Clear();
        _ = Api.ReleaseProgram(_program);
    }

    private static string Shorten(string? log)
    {
        var text = log?.Trim('\0', ' ', '\n') ?? "(no log)";
        return text.Length <= LongestLog ? text : text[..LongestLog] + "\n...";
    }
}
