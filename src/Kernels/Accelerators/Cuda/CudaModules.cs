using System.Text;

namespace Gpu.Kernels.Accelerators.Cuda;

/// <summary>
/// The kernels of an accelerator, one module for each choice of constants: a training run needs about ten of them, and compiling
/// those alone takes a fraction of the time for the whole library. What was compiled once comes from the cache.
/// </summary>
internal sealed unsafe class CudaModules(CudaAccelerator accelerator, KernelLibrary library, KernelCache cache) : IDisposable
{
    private const int ErrorLog = 5;
    private const int ErrorLogBytes = 6;
    private const int LogLength = 4000;

    private readonly CudaDriver _driver = accelerator.Device.Driver;
    private readonly Nvrtc _nvrtc = accelerator.Device.Nvrtc!;
    private readonly CudaTarget _target = CudaTarget.For(accelerator.Device.Capability, accelerator.Device.Nvrtc!.Architectures)!;
    private readonly List<nint> _modules = [];
    private readonly Dictionary<string, nint> _functions = [];

    /// <summary>Kernels that were compiled here.</summary>
    internal int Compiled { get; private set; }

    /// <summary>Kernels that came from the cache.</summary>
    internal int Cached { get; private set; }

    /// <summary>The kernel that a method was translated to.</summary>
    internal KernelSource Find(System.Reflection.MethodInfo method) => library.Find(method);

    /// <summary>A kernel's function on the device, with the specialised ones among its arguments compiled in.</summary>
    /// <exception cref="DeviceException">It does not compile, or the driver does not take it; the message holds the log.</exception>
    internal nint Function(KernelSource kernel, IReadOnlyList<KernelArgument> arguments)
    {
        var program = KernelProgram.Of(kernel, arguments, [kernel]);
        var name = $"{kernel.EntryName} {program.Name}";
        if (!_functions.TryGetValue(name, out var function))
        {
            function = Load(kernel, program);
            _functions.Add(name, function);
        }

        return function;
    }

    /// <summary>Gives every module back.</summary>
    public void Dispose()
    {
        _modules.ForEach(m => accelerator.Release(_driver.Native.cuModuleUnload(m), "cuModuleUnload"));
        _modules.Clear();
        _functions.Clear();
    }

    private nint Load(KernelSource kernel, KernelProgram program)
    {
        var source = library.Text(KernelLanguage.Cuda, program);
        var key = KernelCache.Key("cuda", _driver.Version.ToString(), _nvrtc.Version.ToString(), $"{accelerator.Device.Capability}",
            string.Join(' ', _target.Options), source);

        // The driver may refuse what an earlier run has stored: then it is compiled again.
        if (cache.Read(key) is { } stored && TryLoad(stored, kernel, out var function, out _) == 0)
        {
            Cached++;
            return function;
        }

        var image = _nvrtc.Compile(source, _target, kernel.EntryName, out _);
        var code = TryLoad(image, kernel, out function, out var log);
        if (code != 0)
        {
            throw accelerator.Failure(code, "cuModuleLoadDataEx",
                $"{kernel.EntryName}, {image.Length:N0} bytes of {(_target.IsPtx ? "PTX" : "code")} of NVRTC {_nvrtc.Version} for {accelerator.Description} (CUDA {_driver.Version}){log}");
        }

        Compiled++;
        cache.Write(key, image);
        return function;
    }

    /// <summary>Loads code and finds the kernel in it; what fails leaves no module behind.</summary>
    private int TryLoad(byte[] image, KernelSource kernel, out nint function, out string log)
    {
        var text = stackalloc byte[LogLength];
        text[0] = 0;
        var options = stackalloc int[] { ErrorLog, ErrorLogBytes };
        var values = stackalloc void*[] { text, (void*)(nint)LogLength };
        nint module, found = 0;
        int code;
        fixed (byte* pointer = image)
        {
            code = _driver.Native.cuModuleLoadDataEx(&module, pointer, 2, options, values);
        }

        var message = Encoding.UTF8.GetString(new ReadOnlySpan<byte>(text, LogLength)).Split('\0')[0].Trim();
        log = message.Length == 0 ? "" : $", its log says:\n{message}";
        if (code == 0)
        {
            fixed (byte* name = Encoding.UTF8.GetBytes(kernel.EntryName + '\0'))
            {
                code = _driver.Native.cuModuleGetFunction(&found, module, name);
            }

            if (code == 0)
            {
                _modules.Add(module);
            }
            else
            {
                _ = _driver.Native.cuModuleUnload(module);
            }
        }

        function = found;
        return code;
    }
}
