using System.Runtime.InteropServices;
using Gpu.Kernels.Devices.Ilgpu;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace Gpu.Kernels.Devices.Cuda;

/// <summary>CUDA through ILGPU's binding, on a stream of ILGPU's; and what ILGPU does not bind, graphs.</summary>
internal sealed partial class CudaCalls(Accelerator accelerator, CudaStream stream) : ICudaCalls
{
    /// <summary>
    /// Other threads may allocate and free while a graph is recorded: the collector's own does (CUDA Driver API, CU_STREAM_CAPTURE_MODE_RELAXED).
    /// </summary>
    private const int RelaxedCapture = 2;

    /// <summary>CU_STREAM_NON_BLOCKING: it waits for nothing on the device's own stream.</summary>
    private const uint NonBlockingStream = 1;

    /// <summary>A step of as many layers updates them beside each other; what more there are wait their turn.</summary>
    private const int MostBranches = 16;

    private readonly List<CudaBranch> _branches = [];

    /// <summary>Where launches go: while a graph is recorded perhaps to a branch's stream.</summary>
    private nint _current = stream.StreamPtr;

    private bool _isRecording;

    private static CudaAPI Api => CudaAPI.CurrentAPI;

    public int Branches => _isRecording ? _branches.Count : 0;

    public void Bind() => accelerator.Bind();

    public int LoadModule(string ptx, out nint module, out string? log) => (int)Api.LoadModule(out module, ptx, out log);

    public int GetFunction(nint module, string name, out nint function) => (int)Api.GetModuleFunction(out function, module, name);

    public int UnloadModule(nint module) => (int)Api.DestroyModule(module);

    public int Launch(nint function, CudaGrid grid, nint arguments) => (int)Api.LaunchKernel(
        function, grid.X, grid.Y, 1, grid.GroupX, grid.GroupY, 1, 0, _current, arguments, 0);

    public int Copy(nint destination, nint source, long bytes) => (int)Api.MemcpyAsync(destination, source, (nint)bytes, stream);

    public int Synchronize() => (int)Api.SynchronizeStream(stream.StreamPtr);

    public int BeginCapture()
    {
        var code = CreateBranches();
        code = code == 0 ? cuStreamBeginCapture_v2(stream.StreamPtr, RelaxedCapture) : code;
        _isRecording = code == 0;
        return code;
    }

    public int EndCapture(out nint graph)
    {
        (_isRecording, _current) = (false, stream.StreamPtr);
        return cuStreamEndCapture(stream.StreamPtr, out graph);
    }

    public int BeginBranch(int branch)
    {
        var (side, mark) = (_branches[branch].Stream, _branches[branch].Mark);
        var code = (int)Api.RecordEvent(mark, _current);
        _branches[branch] = _branches[branch] with { Origin = _current };
        _current = side;
        return code == 0 ? cuStreamWaitEvent(side, mark, 0) : code;
    }

    public int EndBranch(int branch)
    {
        _current = _branches[branch].Origin;
        return (int)Api.RecordEvent(_branches[branch].Mark, _branches[branch].Stream);
    }

    public int JoinBranch(int branch) => cuStreamWaitEvent(_current, _branches[branch].Mark, 0);

    public int Instantiate(nint graph, out nint executable) => cuGraphInstantiateWithFlags(out executable, graph, 0);

    public int LaunchGraph(nint executable) => cuGraphLaunch(executable, stream.StreamPtr);

    public int DestroyGraph(nint graph) => cuGraphDestroy(graph);

    public int DestroyExecutable(nint executable) => cuGraphExecDestroy(executable);

    public string NameOf(int code) => Enum.IsDefined((CudaError)code) ? $"{(CudaError)code} ({code})" : $"error {code}";

    public void DestroyBranches()
    {
        foreach (var branch in _branches)
        {
            _ = Api.DestroyEvent(branch.Mark);
            _ = cuStreamDestroy_v2(branch.Stream);
        }

        _branches.Clear();
    }

    /// <summary>Makes the branches' streams, before the first recording: nothing is made during one.</summary>
    private int CreateBranches()
    {
        while (_branches.Count < MostBranches)
        {
            var code = cuStreamCreate(out var side, NonBlockingStream);
            if (code != 0)
            {
                return code;
            }

            code = (int)Api.CreateEvent(out var mark, CudaEventFlags.CU_EVENT_DISABLE_TIMING);
            if (code != 0)
            {
                _ = cuStreamDestroy_v2(side);
                return code;
            }

            _branches.Add(new(side, mark, 0));
        }

        return 0;
    }

    /// <summary>A branch of a recording.</summary>
    /// <param name="Stream">Where its launches go.</param>
    /// <param name="Mark">Where it begins, then where it ends.</param>
    /// <param name="Origin">The stream that it left.</param>
    private readonly record struct CudaBranch(nint Stream, nint Mark, nint Origin);

    [LibraryImport(NativeLibraries.Cuda)]
    private static partial int cuStreamCreate(out nint stream, uint flags);

    [LibraryImport(NativeLibraries.Cuda)]
    private static partial int cuStreamDestroy_v2(nint stream);

    [LibraryImport(NativeLibraries.Cuda)]
    private static partial int cuStreamWaitEvent(nint stream, nint mark, uint flags);

    [LibraryImport(NativeLibraries.Cuda)]
    private static partial int cuStreamBeginCapture_v2(nint stream, int mode);

    [LibraryImport(NativeLibraries.Cuda)]
    private static partial int cuStreamEndCapture(nint stream, out nint graph);

    [LibraryImport(NativeLibraries.Cuda)]
    private static partial int cuGraphInstantiateWithFlags(out nint executable, nint graph, ulong flags);

    [LibraryImport(NativeLibraries.Cuda)]
    private static partial int cuGraphLaunch(nint executable, nint stream);

    [LibraryImport(NativeLibraries.Cuda)]
    private static partial int cuGraphDestroy(nint graph);

    [LibraryImport(NativeLibraries.Cuda)]
    private static partial int cuGraphExecDestroy(nint executable);
}
