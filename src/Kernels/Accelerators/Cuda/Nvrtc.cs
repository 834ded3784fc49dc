using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Gpu.Kernels.Accelerators.Cuda;

/// <summary>
/// NVIDIA's compiler for CUDA C at run time. Names and numbers are those of the "NVRTC" reference, CUDA 11.2.
/// </summary>
[SuppressMessage("Naming", "CA1707", Justification = "The names are the library's.")]
internal sealed unsafe class Nvrtc
{
    private const int BuiltinFailure = 7;
    private const int LongestLog = 4000;

    private readonly delegate* unmanaged<int*, int*, int> _nvrtcVersion;
    private readonly delegate* unmanaged<int, byte*> _nvrtcGetErrorString;
    private readonly delegate* unmanaged<int*, int> _nvrtcGetNumSupportedArchs;
    private readonly delegate* unmanaged<int*, int> _nvrtcGetSupportedArchs;
    private readonly delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, int> _nvrtcCreateProgram;
    private readonly delegate* unmanaged<nint*, int> _nvrtcDestroyProgram;
    private readonly delegate* unmanaged<nint, int, byte**, int> _nvrtcCompileProgram;
    private readonly delegate* unmanaged<nint, nuint*, int> _nvrtcGetCUBINSize;
    private readonly delegate* unmanaged<nint, byte*, int> _nvrtcGetCUBIN;
    private readonly delegate* unmanaged<nint, nuint*, int> _nvrtcGetPTXSize;
    private readonly delegate* unmanaged<nint, byte*, int> _nvrtcGetPTX;
    private readonly delegate* unmanaged<nint, nuint*, int> _nvrtcGetProgramLogSize;
    private readonly delegate* unmanaged<nint, byte*, int> _nvrtcGetProgramLog;

    /// <summary>Takes the functions by name.</summary>
    /// <exception cref="EntryPointNotFoundException">One is missing: the library is older than CUDA 11.2.</exception>
    internal Nvrtc(Func<string, nint> find, string name)
    {
        Name = name;
        _nvrtcVersion = (delegate* unmanaged<int*, int*, int>)find("nvrtcVersion");
        _nvrtcGetErrorString = (delegate* unmanaged<int, byte*>)find("nvrtcGetErrorString");
        _nvrtcGetNumSupportedArchs = (delegate* unmanaged<int*, int>)find("nvrtcGetNumSupportedArchs");
        _nvrtcGetSupportedArchs = (delegate* unmanaged<int*, int>)find("nvrtcGetSupportedArchs");
        _nvrtcCreateProgram = (delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, int>)find("nvrtcCreateProgram");
        _nvrtcDestroyProgram = (delegate* unmanaged<nint*, int>)find("nvrtcDestroyProgram");
        _nvrtcCompileProgram = (delegate* unmanaged<nint, int, byte**, int>)find("nvrtcCompileProgram");
        _nvrtcGetCUBINSize = (delegate* unmanaged<nint, nuint*, int>)find("nvrtcGetCUBINSize");
        _nvrtcGetCUBIN = (delegate* unmanaged<nint, byte*, int>)find("nvrtcGetCUBIN");
        _nvrtcGetPTXSize = (delegate* unmanaged<nint, nuint*, int>)find("nvrtcGetPTXSize");
        _nvrtcGetPTX = (delegate* unmanaged<nint, byte*, int>)find("nvrtcGetPTX");
        _nvrtcGetProgramLogSize = (delegate* unmanaged<nint, nuint*, int>)find("nvrtcGetProgramLogSize");
        _nvrtcGetProgramLog = (delegate* unmanaged<nint, byte*, int>)find("nvrtcGetProgramLog");
        int major, minor, count;
        Check(_nvrtcVersion(&major, &minor), "nvrtcVersion");
        Version = new Version(major, minor);
        Check(_nvrtcGetNumSupportedArchs(&count), "nvrtcGetNumSupportedArchs");
        var architectures = new int[count];
        fixed (int* pointer = architectures)
        {
            Check(_nvrtcGetSupportedArchs(pointer), "nvrtcGetSupportedArchs");
        }

        Array.Sort(architectures);
        Architectures = architectures;
    }

    /// <summary>The file or name it was loaded by.</summary>
    internal string Name { get; }

    /// <summary>The release of CUDA it belongs to.</summary>
    internal Version Version { get; }

    /// <summary>The compute capabilities it compiles for, ascending: 90 is 9.0.</summary>
    internal IReadOnlyList<int> Architectures { get; }

    /// <summary>Compiles a program.</summary>
    /// <param name="source">CUDA C.</param>
    /// <param name="target">What it is for.</param>
    /// <param name="subject">What messages call it.</param>
    /// <param name="log">What the compiler had to say: nothing, where all is well.</param>
    /// <returns>Machine code, or PTX with the 0 at its end.</returns>
    /// <exception cref="DeviceException">It does not compile; the log is in the message.</exception>
    internal byte[] Compile(string source, CudaTarget target, string subject, out string log)
    {
        nint program;
        fixed (byte* text = Terminated(source))
        fixed (byte* file = "kernels.cu\0"u8)
        {
            Check(_nvrtcCreateProgram(&program, text, file, 0, null, null), "nvrtcCreateProgram");
        }

        try
        {
            var code = Run(program, target.Options);
            log = ReadLog(program);
            if (code != 0)
            {
                throw new DeviceException(code == BuiltinFailure
                    ? $"{Name} cannot compile, because its part libnvrtc-builtins of version {Version} is missing: install the whole package of NVRTC."
                    : $"NVRTC {Version} does not compile {subject} with '{string.Join(' ', target.Options)}' ({NameOf(code)}), its log says:\n{log}");
            }

            return target.IsPtx ? Read(program, _nvrtcGetPTXSize, _nvrtcGetPTX, "nvrtcGetPTX")
                : Read(program, _nvrtcGetCUBINSize, _nvrtcGetCUBIN, "nvrtcGetCUBIN");
        }
        finally
        {
            _ = _nvrtcDestroyProgram(&program);
        }
    }

    private int Run(nint program, IReadOnlyList<string> options)
    {
        var texts = options.Select(o => Marshal.StringToCoTaskMemUTF8(o)).ToArray();
        try
        {
            fixed (nint* pointers = texts)
            {
                return _nvrtcCompileProgram(program, texts.Length, (byte**)pointers);
            }
        }
        finally
        {
            Array.ForEach(texts, Marshal.FreeCoTaskMem);
        }
    }

    private byte[] Read(nint program, delegate* unmanaged<nint, nuint*, int> size, delegate* unmanaged<nint, byte*, int> read, string call)
    {
        nuint length;
        Check(size(program, &length), call + "Size");
        var bytes = new byte[length];
        fixed (byte* pointer = bytes)
        {
            Check(read(program, pointer), call);
        }

        return bytes;
    }

    private string ReadLog(nint program)
    {
        var log = Encoding.UTF8.GetString(Read(program, _nvrtcGetProgramLogSize, _nvrtcGetProgramLog, "nvrtcGetProgramLog")).TrimEnd('\0').Trim();
        return log.Length <= LongestLog ? log : log[..LongestLog] + "\n...";
    }

    private void Check(int code, string call)
    {
        if (code != 0)
        {
            throw new DeviceException($"{call} of {Name} failed with {NameOf(code)}.");
        }
    }

    private string NameOf(int code) => string.Create(CultureInfo.InvariantCulture,
        $"{Marshal.PtrToStringUTF8((nint)_nvrtcGetErrorString(code))} ({code})");

    private static byte[] Terminated(string text) => [.. Encoding.UTF8.GetBytes(text), 0];
}

/// <summary>What a program is compiled for.</summary>
/// <param name="Architecture">The compute capability: 90 is 9.0.</param>
/// <param name="IsPtx">Whether the driver compiles further, because NVRTC does not know the device's own architecture.</param>
internal sealed record CudaTarget(int Architecture, bool IsPtx)
{
    /// <summary>The options of the compilation; without contraction a * b + c has the bits of C#.</summary>
    internal IReadOnlyList<string> Options { get; } =
    [
        $"--gpu-architecture={(IsPtx ? "compute" : "sm")}_{Architecture}", "--std=c++17", "--fmad=false",
    ];

    /// <summary>The best that a compiler has for a device; null where it knows only later ones.</summary>
    /// <param name="capability">The device's compute capability: 90 is 9.0.</param>
    /// <param name="architectures">Those of the compiler, ascending.</param>
    internal static CudaTarget? For(int capability, IReadOnlyList<int> architectures) =>
        architectures.Contains(capability) ? new CudaTarget(capability, IsPtx: false)
        : architectures.LastOrDefault(a => a < capability) is var earlier and > 0 ? new CudaTarget(earlier, IsPtx: true)
        : null;
}
