using System.Runtime.InteropServices;
using System.Text;
using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Accelerators.Cuda;

namespace Gpu.Kernels.Tests.Cuda.Emulation;

/// <summary>Modules, launches and graphs.</summary>
internal sealed unsafe partial class EmulatedCuda
{
    private const int LongestY = 65_535;
    private const int LargestGroup = 1024;
    private const string ImageMark = "EMULATED";

    [UnmanagedCallersOnly]
    private static int ModuleLoadData(nint* module, void* image, uint count, int* options, void** values) =>
        Run("cuModuleLoadDataEx", d =>
        {
            var words = new ReadOnlySpan<byte>(image, ImageMark.Length).SequenceEqual(Encoding.UTF8.GetBytes(ImageMark))
                ? Marshal.PtrToStringUTF8((nint)image)!.Split(' ')
                : [];
            if (words.Length < 3)
            {
                return InvalidImage;
            }

            var target = words[1].Split('_');
            var architecture = int.Parse(target[1], System.Globalization.CultureInfo.InvariantCulture);
            if (target[0] == "sm" ? architecture != d.Capability : architecture > d.Capability)
            {
                Encoding.UTF8.GetBytes("emulated log\0").CopyTo(new Span<byte>(values[0], (int)(nint)values[1]));
                return NoBinary;
            }

            *module = d.Add(new Module { Kernels = words[2..] });
            return Success;
        });

    [UnmanagedCallersOnly]
    private static int ModuleUnload(nint module) => Run("cuModuleUnload", d => d.Destroy<Module>(module, "cuModuleUnload", found =>
    {
        if (d._objects.Values.OfType<Executable>().Any(e => e.Nodes.Any(n => n.Launch.Function.Module == found)))
        {
            d.Violation("a module was unloaded before a graph that uses it", Success);
        }
    }));

    [UnmanagedCallersOnly]
    private static int ModuleGetFunction(nint* function, nint module, byte* name) => Run("cuModuleGetFunction", d =>
    {
        if (d.Get<Module>(module) is not { } found)
        {
            return InvalidHandle;
        }

        var text = Marshal.PtrToStringUTF8((nint)name)!;
        if (!found.Kernels.Contains(text))
        {
            return NotFound;
        }

        *function = d.Add(new Function(found, d.Library.Kernels.Single(k => k.EntryName == text)));
        return Success;
    });

    [UnmanagedCallersOnly]
    private static int FuncGetAttribute(int* value, int attribute, nint function) => Run("cuFuncGetAttribute", d =>
    {
        *value = LargestGroup;
        return attribute == 0 && d.Get<Function>(function) is not null ? Success : InvalidValue;
    });

    [UnmanagedCallersOnly]
    private static int LaunchKernel(nint function, uint gridX, uint gridY, uint gridZ, uint groupX, uint groupY, uint groupZ, uint shared,
        nint stream, void** parameters, void** extra) => Counted(Mark, LaunchKernelCore(function, gridX, gridY, gridZ, groupX, groupY, groupZ, shared, stream, parameters, extra));

    private static int LaunchKernelCore(nint function, uint gridX, uint gridY, uint gridZ, uint groupX, uint groupY, uint groupZ, uint shared,
        nint stream, void** parameters, void** extra) => Run("cuLaunchKernel", d =>
    {
        var launch = d.Capture(function, new CudaKernelNode
        {
            GridX = gridX,
            GridY = gridY,
            GridZ = gridZ,
            GroupX = groupX,
            GroupY = groupY,
            GroupZ = groupZ,
            DynamicSharedBytes = shared,
            Parameters = parameters,
            Extra = extra,
        });
        return launch is null ? InvalidValue : d.Enqueue(stream, () => d.Execute(launch));
    });

    [UnmanagedCallersOnly]
    private static int GraphCreate(nint* graph, uint flags) => Run("cuGraphCreate", d =>
    {
        *graph = d.Add(new Graph());
        return flags == 0 ? Success : InvalidValue;
    });

    [UnmanagedCallersOnly]
    private static int GraphDestroy(nint graph) => Run("cuGraphDestroy", d => d.Destroy<Graph>(graph, "cuGraphDestroy"));

    [UnmanagedCallersOnly]
    private static int GraphAddKernelNode(nint* node, nint graph, nint* dependencies, nuint count, CudaKernelNode* parameters) =>
        Run("cuGraphAddKernelNode", d =>
        {
            var before = new ReadOnlySpan<nint>(dependencies, (int)count).ToArray().Select(d.Get<Node>).ToArray();
            if (d.Get<Graph>(graph) is not { } found || before.Distinct().Count() != before.Length
                || before.Any(b => b is null || !found.Nodes.Contains(b)) || d.Capture(parameters->Function, *parameters) is not { } launch)
            {
                return d.Violation("a node with dependencies or parameters that are none", InvalidValue);
            }

            var added = new Node(launch, [.. before.OfType<Node>()]);
            found.Nodes.Add(added);
            *node = d.Add(added);
            return Success;
        });

    [UnmanagedCallersOnly]
    private static int GraphInstantiate(nint* executable, nint graph, ulong flags) => Run("cuGraphInstantiateWithFlags", d =>
    {
        if (d.Get<Graph>(graph) is not { } found || flags != 0)
        {
            return InvalidValue;
        }

        *executable = d.Add(new Executable(Order(found.Nodes)));
        return Success;
    });

    [UnmanagedCallersOnly]
    private static int GraphExecDestroy(nint executable) => Run("cuGraphExecDestroy", d =>
        d.Destroy<Executable>(executable, "cuGraphExecDestroy"));

    [UnmanagedCallersOnly]
    private static int GraphLaunch(nint executable, nint stream) => Counted(Mark, GraphLaunchCore(executable, stream));

    private static int GraphLaunchCore(nint executable, nint stream) => Run("cuGraphLaunch", d => d.Get<Executable>(executable) is { } found
        ? d.Enqueue(stream, () => found.Nodes.Select(n => d.Execute(n.Launch)).FirstOrDefault(code => code != 0))
        : InvalidHandle);

    /// <summary>An order that the dependencies allow and that is as far as can be from the one of adding.</summary>
    private static List<Node> Order(List<Node> nodes)
    {
        var order = new List<Node>();
        while (order.Count < nodes.Count)
        {
            order.Add(nodes.Last(n => !order.Contains(n) && n.Before.All(order.Contains)));
        }

        return order;
    }

    private CapturedLaunch? Capture(nint function, CudaKernelNode node)
    {
        if (Get<Function>(function) is not { } found || !_objects.ContainsValue(found.Module) || node.Extra != null
            || node.GridX < 1 || node.GridY is < 1 or > LongestY || node.GridZ != 1 || node.GroupZ != 1 || node.DynamicSharedBytes != 0
            || node.GroupX < 1 || node.GroupY < 1 || node.GroupX * node.GroupY > LargestGroup)
        {
            return null;
        }

        return new CapturedLaunch(found, (int)node.GridX, (int)node.GridY, (int)node.GroupX, (int)node.GroupY,
            EmulatedKernels.Decode(found.Source, node.Parameters));
    }

    private int Execute(CapturedLaunch launch)
    {
        try
        {
            var fault = TakeFault("kernel");
            if (fault == 0)
            {
                Kernels.Run(launch, _objects);
            }

            return fault;
        }
        catch (Exception exception) when (exception is DeviceException or ArgumentException or InvalidOperationException)
        {
            return Violation(exception.Message, IllegalAddress);
        }
    }

    /// <summary>
    /// A launch with its arguments as they were when it was made: for a view its address, first element and length, for a value
    /// itself, then the extents.
    /// </summary>
    internal sealed record CapturedLaunch(Function Function, int GridX, int GridY, int GroupX, int GroupY, IReadOnlyList<object> Arguments);

    internal sealed class Module
    {
        internal required string[] Kernels { get; init; }
    }

    internal sealed record Function(Module Module, KernelSource Source);

    private sealed class Graph
    {
        internal List<Node> Nodes { get; } = [];
    }

    private sealed record Node(CapturedLaunch Launch, Node[] Before);

    private sealed record Executable(List<Node> Nodes);
}
