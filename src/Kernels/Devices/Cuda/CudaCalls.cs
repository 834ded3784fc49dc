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

    private static CudaAPI Api => CudaAPI.CurrentAPI;

    public void Bind() => accelerator.Bind();

    public int LoadModule(string ptx, out nint module, out string? log) => (int)Api.LoadModule(out module, ptx, out log);

    public int GetFunction(nint module, string name, out nint function) => (int)Api.GetModuleFunction(out function, module, name);

    public int UnloadModule(nint module) => (int)Api.DestroyModule(module);

    public int Launch(nint function, CudaGrid grid, nint arguments) => (int)Api.LaunchKernel(
        function, grid.X, grid.Y, 1, grid.GroupX, grid.GroupY, 1, 0, stream.StreamPtr, arguments, 0);

    public int Copy(nint destination, nint source, long bytes) => (int)Api.MemcpyAsync(destination, source, (nint)bytes, stream);

    public int Synchronize() => (int)Api.SynchronizeStream(stream.StreamPtr);

    public int BeginCapture() => cuStreamBeginCapture_v2(stream.StreamPtr, RelaxedCapture);

    public int EndCapture(out nint graph) => cuStreamEndCapture(stream.StreamPtr, out graph);

    public int Instantiate(nint graph, out nint executable) => cuGraphInstantiateWithFlags(out executable, graph, 0);

    public int LaunchGraph(nint executable) => cuGraphLaunch(executable, stream.StreamPtr);

    public int DestroyGraph(nint graph) => cuGraphDestroy(graph);

    public int DestroyExecutable(nint executable) => cuGraphExecDestroy(executable);

    public string NameOf(int code) => Enum.IsDefined((CudaError)code) ? $"{(CudaError)code} ({code})" : $"error {code}";

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
