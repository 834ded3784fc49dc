using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Gpu.Kernels.Tests.Cuda.Emulation;

/// <summary>NVRTC: finds the kernels' names in a text and compiles nothing.</summary>
internal sealed unsafe partial class EmulatedCuda
{
    private const int NvrtcInvalidInput = 3;
    private const int NvrtcInvalidOption = 5;
    private const int NvrtcCompilation = 6;

    private static readonly nint _nvrtcError = Marshal.StringToCoTaskMemUTF8("NVRTC_ERROR_COMPILATION");

    private static readonly Dictionary<string, nint> _nvrtcFunctions = new()
    {
        ["nvrtcVersion"] = (nint)(delegate* unmanaged<int*, int*, int>)&NvrtcGetVersion,
        ["nvrtcGetErrorString"] = (nint)(delegate* unmanaged<int, byte*>)&NvrtcErrorString,
        ["nvrtcGetNumSupportedArchs"] = (nint)(delegate* unmanaged<int*, int>)&NvrtcArchitectureCount,
        ["nvrtcGetSupportedArchs"] = (nint)(delegate* unmanaged<int*, int>)&NvrtcArchitectures,
        ["nvrtcCreateProgram"] = (nint)(delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, int>)&NvrtcCreate,
        ["nvrtcDestroyProgram"] = (nint)(delegate* unmanaged<nint*, int>)&NvrtcDestroy,
        ["nvrtcCompileProgram"] = (nint)(delegate* unmanaged<nint, int, byte**, int>)&NvrtcCompile,
        ["nvrtcGetCUBINSize"] = (nint)(delegate* unmanaged<nint, nuint*, int>)&NvrtcImageSize,
        ["nvrtcGetCUBIN"] = (nint)(delegate* unmanaged<nint, byte*, int>)&NvrtcImage,
        ["nvrtcGetPTXSize"] = (nint)(delegate* unmanaged<nint, nuint*, int>)&NvrtcImageSize,
        ["nvrtcGetPTX"] = (nint)(delegate* unmanaged<nint, byte*, int>)&NvrtcImage,
        ["nvrtcGetProgramLogSize"] = (nint)(delegate* unmanaged<nint, nuint*, int>)&NvrtcLogSize,
        ["nvrtcGetProgramLog"] = (nint)(delegate* unmanaged<nint, byte*, int>)&NvrtcLog,
    };

    private nint ExportNvrtc(string name) => name != MissingFunction && _nvrtcFunctions.TryGetValue(name, out var function)
        ? function
        : throw new EntryPointNotFoundException($"has no function {name}");

    [UnmanagedCallersOnly]
    private static byte* NvrtcErrorString(int code) => (byte*)_nvrtcError;

    [UnmanagedCallersOnly]
    private static int NvrtcGetVersion(int* major, int* minor) => Run("nvrtcVersion", d =>
    {
        (*major, *minor) = (d.NvrtcVersion.Major, d.NvrtcVersion.Minor);
        return Success;
    }, inContext: false);

    [UnmanagedCallersOnly]
    private static int NvrtcArchitectureCount(int* count) => Run("nvrtcGetNumSupportedArchs", d =>
    {
        *count = d.Architectures.Length;
        return Success;
    }, inContext: false);

    [UnmanagedCallersOnly]
    private static int NvrtcArchitectures(int* architectures) => Run("nvrtcGetSupportedArchs", d =>
    {
        d.Architectures.CopyTo(new Span<int>(architectures, d.Architectures.Length));
        return Success;
    }, inContext: false);

    [UnmanagedCallersOnly]
    private static int NvrtcCreate(nint* program, byte* source, byte* name, int headers, byte** texts, byte** names) =>
        Run("nvrtcCreateProgram", d =>
        {
            *program = d.Add(new CompilerProgram { Source = Marshal.PtrToStringUTF8((nint)source)! });
            return headers == 0 ? Success : NvrtcInvalidInput;
        }, inContext: false);

    [UnmanagedCallersOnly]
    private static int NvrtcDestroy(nint* program) => Run("nvrtcDestroyProgram", d =>
        d.Destroy<CompilerProgram>(*program, "nvrtcDestroyProgram"), inContext: false);

    [UnmanagedCallersOnly]
    private static int NvrtcCompile(nint program, int count, byte** options) => Run("nvrtcCompileProgram", d =>
    {
        var found = d.Get<CompilerProgram>(program)!;
        var texts = Enumerable.Range(0, count).Select(i => Marshal.PtrToStringUTF8((nint)options[i])!).ToArray();
        var target = Array.Find(texts, t => t.StartsWith("--gpu-architecture=", StringComparison.Ordinal))?.Split('=')[1];
        if (target is null || !texts.Contains("--fmad=false") || !d.Architectures.Any(a => target.EndsWith($"_{a}", StringComparison.Ordinal)))
        {
            return NvrtcInvalidOption;
        }

        d.Compilations++;
        if (found.Source.Contains("nothing_of_this_name", StringComparison.Ordinal))
        {
            found.Log = "kernels.cu(1): error: identifier \"nothing_of_this_name\" is undefined";
            return NvrtcCompilation;
        }

        found.Image = Encoding.UTF8.GetBytes(string.Join(' ',
            [ImageMark, target, .. KernelName().Matches(found.Source).Select(m => m.Groups[1].Value), "\0"]).Replace(" \0", "\0", StringComparison.Ordinal));
        return Success;
    }, inContext: false);

    [UnmanagedCallersOnly]
    private static int NvrtcImageSize(nint program, nuint* size) => Run("nvrtcGetSize", d =>
    {
        *size = (nuint)d.Get<CompilerProgram>(program)!.Image.Length;
        return Success;
    }, inContext: false);

    [UnmanagedCallersOnly]
    private static int NvrtcImage(nint program, byte* image) => Run("nvrtcGetImage", d =>
    {
        var bytes = d.Get<CompilerProgram>(program)!.Image;
        bytes.CopyTo(new Span<byte>(image, bytes.Length));
        return Success;
    }, inContext: false);

    [UnmanagedCallersOnly]
    private static int NvrtcLogSize(nint program, nuint* size) => Run("nvrtcGetProgramLogSize", d =>
    {
        *size = (nuint)d.Get<CompilerProgram>(program)!.Log.Length + 1;
        return Success;
    }, inContext: false);

    [UnmanagedCallersOnly]
    private static int NvrtcLog(nint program, byte* log) => Run("nvrtcGetProgramLog", d =>
    {
        var bytes = Encoding.UTF8.GetBytes(d.Get<CompilerProgram>(program)!.Log + '\0');
        bytes.CopyTo(new Span<byte>(log, bytes.Length));
        return Success;
    }, inContext: false);

    [GeneratedRegex(@"__kernel (?:GROUP_LANES\(\d+\) )?void (\w+)\(")]
    private static partial Regex KernelName();

    private sealed class CompilerProgram
    {
        internal required string Source { get; init; }

        internal byte[] Image { get; set; } = [];

        internal string Log { get; set; } = "";
    }
}
