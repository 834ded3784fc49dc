using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices.Cuda;

namespace Gpu.Kernels.Tests.Cuda;

/// <summary>
/// CUDA that runs nothing but notes what it is asked: the order of calls, the arguments of launches as a device would read them, and, while a
/// stream records, what a graph holds. Device memory is memory of the process. Kernels are what the test says they are.
/// </summary>
internal sealed unsafe class CudaRecorder : ICudaCalls
{
    internal const int OutOfMemory = 2;
    internal const int Invalid = 1;

    private readonly List<nint[]> _graphs = [];
    private readonly Dictionary<string, int> _failures = [];
    private List<nint>? _recording;

    /// <summary>The calls so far.</summary>
    internal List<string> Calls { get; } = [];

    /// <summary>What a launch of a function does, given the address of its argument pointers.</summary>
    internal Dictionary<nint, Action<nint>> Kernels { get; } = [];

    /// <summary>What a graph does instead of the kernels it recorded, where it is to go wrong.</summary>
    internal Action? GraphFault { get; set; }

    /// <summary>Graphs and executables that were not given back.</summary>
    internal int Alive { get; private set; }

    /// <summary>Has the next call of a name fail.</summary>
    internal void Fail(string call, int code) => _failures[call] = code;

    public void Bind() => Calls.Add("bind");

    public int LoadModule(string ptx, out nint module, out string? log)
    {
        (module, log) = (1, null);
        return Note("load");
    }

    public int GetFunction(nint module, string name, out nint function)
    {
        function = 1;
        return Note("function");
    }

    public int UnloadModule(nint module) => Note("unload");

    public int Launch(nint function, CudaGrid grid, nint arguments)
    {
        var code = Note($"launch {function} {grid}", "launch");
        if (code == 0 && _recording is not null)
        {
            _recording.Add(function);
            Blocks[function] = arguments;
        }
        else if (code == 0)
        {
            Kernels[function](arguments);
        }

        return code;
    }

    public int Copy(nint destination, nint source, long bytes)
    {
        Buffer.MemoryCopy((void*)source, (void*)destination, bytes, bytes);
        return Note("copy");
    }

    public int Synchronize() => Note("wait");

    public int BeginCapture()
    {
        _recording = [];
        return Note("begin");
    }

    public int EndCapture(out nint graph)
    {
        _graphs.Add([.. _recording!]);
        (_recording, graph) = (null, _graphs.Count);
        Alive++;
        return Note("end");
    }

    public int Branches => _recording is null ? 0 : 2;

    public int BeginBranch(int branch) => Note($"branch {branch}");

    public int EndBranch(int branch) => Note($"leave {branch}");

    public int JoinBranch(int branch) => Note($"join {branch}");

    public int Instantiate(nint graph, out nint executable)
    {
        var code = Note("instantiate");
        executable = code == 0 ? 100 + graph : 0;
        Alive += code == 0 ? 1 : 0;
        return code;
    }

    public int LaunchGraph(nint executable)
    {
        var code = Note("graph");
        if (code == 0 && GraphFault is not null)
        {
            GraphFault();
        }
        else if (code == 0)
        {
            foreach (var function in _graphs[(int)executable - 101])
            {
                Kernels[function](Blocks[function]);
            }
        }

        return code;
    }

    public int DestroyGraph(nint graph)
    {
        Alive--;
        return Note("destroy graph");
    }

    public int DestroyExecutable(nint executable)
    {
        Alive--;
        return Note("destroy executable");
    }

    public string NameOf(int code) => code == OutOfMemory ? "CUDA_ERROR_OUT_OF_MEMORY (2)" : $"error {code}";

    public void DestroyBranches() => Note("destroy branches");

    /// <summary>Reads an argument as a kernel would.</summary>
    internal static T Argument<T>(nint arguments, int index, int offset = 0) where T : unmanaged =>
        Unsafe.ReadUnaligned<T>((byte*)((nint*)arguments)[index] + offset);

    private Dictionary<nint, nint> Blocks { get; } = [];

    private int Note(string text, string? call = null)
    {
        Calls.Add(text);
        return _failures.Remove(call ?? text, out var code) ? code : 0;
    }
}

/// <summary>Memory of the process in place of a device's.</summary>
internal sealed class RecordedMemory(int[] values, bool isWritten = true) : ICudaMemory
{
    /// <summary>The elements, which the collector does not move.</summary>
    internal int[] Values { get; } = Pin(values);

    /// <summary>Whether it was given back.</summary>
    internal bool IsGone { get; set; }

    public unsafe nint Address => IsGone ? throw new ObjectDisposedException(nameof(RecordedMemory)) : (nint)Unsafe.AsPointer(ref Values[0]);

    public long Bytes => 4L * Values.Length;

    public bool IsWritten => isWritten;

    private static int[] Pin(int[] values)
    {
        var pinned = GC.AllocateArray<int>(values.Length, pinned: true);
        values.CopyTo(pinned, 0);
        return pinned;
    }
}
