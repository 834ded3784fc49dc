using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Accelerators.Cuda;

namespace Gpu.Kernels.Tests.Cuda.Emulation;

/// <summary>
/// A CUDA driver and an NVRTC made of C#, to run the host side of the CUDA backend where there is no NVIDIA device: which calls it
/// makes, in which order, with which arguments, and what it gives back. Device memory is memory of the process; a kernel runs as
/// its C# method through the CPU's plain path, from the argument block that the driver was handed. Work in a stream waits until
/// somebody waits for it, so that memory reused too early shows; a graph runs its nodes in another order than they were added in,
/// as far as their dependencies allow. It proves nothing about CUDA C, about NVRTC or about hardware.
/// </summary>
internal sealed unsafe partial class EmulatedCuda : IDisposable
{
    internal const int Success = 0;
    internal const int InvalidValue = 1;
    internal const int OutOfMemory = 2;
    internal const int InvalidImage = 200;
    internal const int InvalidContext = 201;
    internal const int NoBinary = 209;
    internal const int InvalidHandle = 400;
    internal const int NotFound = 500;
    internal const int IllegalAddress = 700;

    /// <summary>A process has one driver: a test that wants another waits until this one is given back.</summary>
    private static readonly SemaphoreSlim _free = new(1);
    private static EmulatedCuda? _current;

    private readonly Dictionary<nint, object> _objects = [];
    private readonly List<(string Call, int Code, int After)> _faults = [];
    private readonly Dictionary<string, int> _calls = [];
    private nint _lastHandle = 0x1000;
    private int _sticky;

    internal EmulatedCuda(KernelLibrary? library = null)
    {
        Assert.True(_free.Wait(TimeSpan.FromMinutes(10)), "an emulated driver was not given back");
        _current = this;
        Library = library ?? KernelSources.Library;
    }

    /// <summary>The kernels that the driver can run.</summary>
    internal KernelLibrary Library { get; }

    /// <summary>What cuInit returns.</summary>
    internal int InitCode { get; init; }

    internal int DeviceCount { get; init; } = 1;

    /// <summary>12040 is CUDA 12.4.</summary>
    internal int Version { get; init; } = 12040;

    /// <summary>The device's compute capability.</summary>
    internal int Capability { get; init; } = 90;

    internal int ComputeMode { get; init; }

    internal int Multiprocessors { get; init; } = 4;

    /// <summary>The most lanes of a group that kernels are chosen by: 256 at most, and slow where a group waits for itself. Real devices have 1024.</summary>
    internal int LanesOfGroup { get; init; } = 64;

    internal long MemoryBytes { get; init; } = 1L << 30;

    internal Version NvrtcVersion { get; init; } = new(12, 4);

    internal int[] Architectures { get; init; } = [50, 60, 70, 75, 80, 86, 89, 90];

    /// <summary>A function that neither library exports.</summary>
    internal string? MissingFunction { get; init; }

    /// <summary>What went against the rules of the driver.</summary>
    internal List<string> Violations { get; } = [];

    /// <summary>Bytes that the functions which a step calls have themselves allocated on the managed heap.</summary>
    internal long ManagedBytes { get; private set; }

    /// <summary>Programs that NVRTC compiled.</summary>
    internal int Compilations { get; private set; }

    private EmulatedKernels Kernels { get; } = new();

    /// <summary>What exists at this moment, by kind.</summary>
    internal Dictionary<string, int> Alive => _objects.Values.Where(o => o is not Function and not Node)
        .GroupBy(o => o.GetType().Name).ToDictionary(g => g.Key, g => g.Count());

    /// <summary>How often a function was called.</summary>
    internal int Calls(string function) => _calls.GetValueOrDefault(function);

    /// <summary>Makes a function fail once; "kernel" makes one fail while it runs.</summary>
    /// <param name="function">The function.</param>
    /// <param name="code">What it returns.</param>
    /// <param name="after">How many calls succeed before.</param>
    internal void Fail(string function, int code, int after = 0) => _faults.Add((function, code, after));

    /// <summary>What the backend finds on a machine with this driver.</summary>
    internal CudaDiscovery Discover(bool withNvrtc = true)
    {
        var attempts = new List<LibraryAttempt> { new("libcuda.so.1", "loaded") };
        var driver = new CudaDriver(new CudaNative(Export), "libcuda.so.1");
        return CudaDiscovery.Run(driver, attempts, _ => withNvrtc ? new Nvrtc(ExportNvrtc, "libnvrtc.so.12") : null);
    }

    /// <summary>Opens the first device.</summary>
    internal CudaAccelerator Open(KernelCache? cache = null, VariantChoice? variants = null) => new(Discover().Devices[0], new CudaOptions
    {
        Library = Library,
        Cache = cache ?? new KernelCache(null),
        Variants = variants ?? VariantChoice.Automatic,
    });

    /// <summary>Throws where anything is left or went against the rules.</summary>
    internal void AssertClean()
    {
        Assert.Empty(Violations);
        Assert.Empty(Alive);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_current != this)
        {
            return;
        }

        Kernels.Dispose();
        FreeAll();
        _current = null;
        _free.Release();
    }

    private void FreeAll()
    {
        foreach (var allocation in _objects.Values.OfType<Allocation>())
        {
            allocation.Free();
        }

        foreach (var memory in _objects.Values.OfType<HostMemory>())
        {
            memory.Free();
        }

        _objects.Clear();
    }

    /// <summary>Runs a call: faults first, then the rules, then what it does; no exception may reach the caller.</summary>
    private static int Run(string call, Func<EmulatedCuda, int> body, bool inContext = true)
    {
        var driver = _current!;
        try
        {
            driver._calls[call] = driver.Calls(call) + 1;
            var fault = driver.TakeFault(call);
            return fault != 0 ? fault
                : !inContext ? body(driver)
                : driver._sticky != 0 ? driver._sticky
                : driver.CurrentContext is null ? driver.Violation($"{call} without a current context", InvalidContext)
                : body(driver);
        }
        catch (Exception exception)
        {
            return driver.Violation($"{call}: {exception}", InvalidValue);
        }
    }

    /// <summary>Bytes that this thread has allocated; read before a function's own allocations.</summary>
    private static long Mark => GC.GetAllocatedBytesForCurrentThread();

    /// <summary>Takes what a function has allocated since the mark as the emulation's own.</summary>
    private static int Counted(long mark, int code)
    {
        _current!.ManagedBytes += Mark - mark;
        return code;
    }

    private int TakeFault(string call)
    {
        var index = _faults.FindIndex(f => f.Call == call);
        if (index < 0)
        {
            return 0;
        }

        var fault = _faults[index];
        if (fault.After > 0)
        {
            _faults[index] = fault with { After = fault.After - 1 };
            return 0;
        }

        _faults.RemoveAt(index);
        return fault.Code;
    }

    private int Violation(string text, int code)
    {
        Violations.Add(text);
        return code;
    }

    private nint Add(object item)
    {
        _lastHandle += 16;
        _objects.Add(_lastHandle, item);
        return _lastHandle;
    }

    private T? Get<T>(nint handle) where T : class => _objects.GetValueOrDefault(handle) as T;

    private int Destroy<T>(nint handle, string call, Action<T>? before = null) where T : class
    {
        if (Get<T>(handle) is not { } item)
        {
            return Violation($"{call} of something that is not there", InvalidHandle);
        }

        before?.Invoke(item);
        _objects.Remove(handle);
        return Success;
    }
}
