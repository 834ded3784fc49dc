using System.Text;

namespace Gpu.Kernels.Accelerators.OpenCl;

/// <summary>A program of an accelerator, compiled or taken from the cache.</summary>
internal sealed unsafe class OpenClProgram
{
    private const uint BinarySizes = 0x1165;
    private const uint Binaries = 0x1166;
    private const uint BuildLog = 0x1183;
    private const int LongestLog = 4000;

    private readonly OpenClNative _native;
    private readonly OpenClDevice _device;
    private readonly nint _context;
    private readonly string _source;

    internal OpenClProgram(OpenClDevice device, nint context, string source, KernelCache cache)
    {
        _native = device.Library.Native;
        _device = device;
        _context = context;
        _source = source;
        var options = Options(device);
        var key = KernelCache.Key("opencl", device.Platform, device.PlatformVersion, device.Name, device.Vendor, device.DriverVersion,
            device.Version, options, _source);
        Handle = cache.Read(key) is { } binary ? FromBinary(binary, options) : 0;
        FromCache = Handle != 0;
        if (!FromCache)
        {
            Handle = FromSource(options);
            cache.Write(key, ReadBinary());
        }
    }

    /// <summary>The program object, which whoever holds the program gives back.</summary>
    internal nint Handle { get; }

    /// <summary>Whether the program was compiled in an earlier run.</summary>
    internal bool FromCache { get; }

    /// <summary>A kernel of the program, without arguments.</summary>
    internal nint CreateKernel(string name)
    {
        int code;
        nint kernel;
        fixed (byte* pointer = Terminated(name))
        {
            kernel = _native.clCreateKernel(Handle, pointer, &code);
        }

        OpenClError.Check(code, "clCreateKernel", $"kernel {name} on {_device.Name}");
        return kernel;
    }

    private static string Options(OpenClDevice device) =>
        "-cl-std=CL1.2" + (device.RoundsDivisionCorrectly ? " -cl-fp32-correctly-rounded-divide-sqrt" : "");

    private nint FromSource(string options)
    {
        int code;
        nint program;
        fixed (byte* text = Terminated(_source))
        {
            program = _native.clCreateProgramWithSource(_context, 1, &text, null, &code);
        }

        OpenClError.Check(code, "clCreateProgramWithSource", $"{_source.Length:N0} characters for {_device.Name}");
        code = Build(program, options);
        if (code != 0)
        {
            var log = ReadLog(program);
            _ = _native.clReleaseProgram(program);
            throw OpenClError.Failure(code, "clBuildProgram",
                $"{_device.Name} (driver {_device.DriverVersion}) does not compile the kernels with '{options}', its log says:\n{log}");
        }

        return program;
    }

    /// <summary>The program from what was compiled before, or 0 where the driver does not take it any more.</summary>
    private nint FromBinary(byte[] binary, string options)
    {
        int code, status;
        nint program;
        var device = _device.Handle;
        var length = (nuint)binary.Length;
        fixed (byte* bytes = binary)
        {
            program = _native.clCreateProgramWithBinary(_context, 1, &device, &length, &bytes, &status, &code);
        }

        if (code != 0 || program == 0)
        {
            return 0;
        }

        if (status == 0 && Build(program, options) == 0)
        {
            return program;
        }

        _ = _native.clReleaseProgram(program);
        return 0;
    }

    private int Build(nint program, string options)
    {
        var device = _device.Handle;
        fixed (byte* text = Terminated(options))
        {
            return _native.clBuildProgram(program, 1, &device, text, null, null);
        }
    }

    /// <summary>What the driver compiled; nothing where it does not hand that out, which costs the next start its time.</summary>
    private byte[] ReadBinary()
    {
        nuint size = 0;
        if (_native.clGetProgramInfo(Handle, BinarySizes, (nuint)sizeof(nuint), &size, null) != 0)
        {
            return [];
        }

        var binary = new byte[size];
        fixed (byte* pointer = binary)
        {
            var destination = pointer;
            return _native.clGetProgramInfo(Handle, Binaries, (nuint)sizeof(byte*), &destination, null) == 0 ? binary : [];
        }
    }

    private string ReadLog(nint program)
    {
        nuint size = 0;
        if (_native.clGetProgramBuildInfo(program, _device.Handle, BuildLog, 0, null, &size) != 0 || size == 0)
        {
            return "(no log)";
        }

        var bytes = new byte[size];
        fixed (byte* pointer = bytes)
        {
            _ = _native.clGetProgramBuildInfo(program, _device.Handle, BuildLog, size, pointer, null);
        }

        var log = Encoding.UTF8.GetString(bytes).TrimEnd('\0').Trim();
        return log.Length <= LongestLog ? log : log[..LongestLog] + "\n...";
    }

    private static byte[] Terminated(string text)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }
}
