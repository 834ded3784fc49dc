using System.Linq.Expressions;
using System.Reflection;
using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Accelerators.Cpu;

namespace Gpu.Kernels.Tests.Cuda.Emulation;

/// <summary>
/// Runs kernels as C# methods on the CPU's plain path, over copies of the emulated device memory that their arguments point to.
/// </summary>
internal sealed class EmulatedKernels : IDisposable
{
    private readonly CpuAccelerator _cpu = new(new CpuOptions { Path = SimdPath.Plain, Threads = 1, LargestGroup = 256 });
    private readonly Dictionary<EmulatedCuda.Allocation, Mirror> _mirrors = [];
    private readonly Dictionary<string, (Launch Launch, Mirror[] Memory)> _launches = [];
    private readonly Dictionary<string, Delegate> _methods = [];

    public void Dispose() => _cpu.Dispose();

    /// <summary>Reads a block of arguments as the signature of the generated kernel says.</summary>
    internal static unsafe IReadOnlyList<object> Decode(KernelSource source, void** block)
    {
        var values = new List<object>();
        var index = 0;
        foreach (var parameter in source.Parameters)
        {
            if (parameter.Kind == KernelParameterKind.View)
            {
                values.AddRange([*(nint*)block[index++], *(int*)block[index++], *(int*)block[index++]]);
            }
            else
            {
                values.Add(parameter.Type switch
                {
                    "float" => (object)*(float*)block[index++],
                    "uint" => *(uint*)block[index++],
                    _ => *(int*)block[index++],
                });
            }
        }

        for (var dimension = 0; dimension < source.Dimensions; dimension++)
        {
            values.Add(*(int*)block[index++]);
        }

        return values;
    }

    /// <summary>Runs a kernel.</summary>
    /// <exception cref="InvalidOperationException">The launch does not do what its arguments ask for.</exception>
    internal void Run(EmulatedCuda.CapturedLaunch launch, Dictionary<nint, object> objects)
    {
        var source = launch.Function.Source;
        var key = $"{source.EntryName} {launch.GridX} {launch.GridY} {launch.GroupX} {launch.GroupY} {string.Join(' ', launch.Arguments)}";
        if (!_launches.TryGetValue(key, out var prepared))
        {
            prepared = Prepare(launch, source, objects);
            _launches.Add(key, prepared);
        }

        Array.ForEach(prepared.Memory, m => m.Load());
        prepared.Launch.Run();
        Array.ForEach(prepared.Memory, m => m.Store());
    }

    /// <summary>Drops what was kept for memory that is given back.</summary>
    internal void Forget(EmulatedCuda.Allocation allocation)
    {
        if (_mirrors.Remove(allocation, out var mirror))
        {
            foreach (var (key, _) in _launches.Where(l => l.Value.Memory.Contains(mirror)).ToArray())
            {
                _launches.Remove(key);
            }

            mirror.Dispose();
        }
    }

    private (Launch, Mirror[]) Prepare(EmulatedCuda.CapturedLaunch launch, KernelSource source, Dictionary<nint, object> objects)
    {
        var values = new Queue<object>(launch.Arguments);
        var memory = new List<Mirror>();
        var arguments = new List<KernelArgument>();
        foreach (var parameter in source.Parameters)
        {
            if (parameter.Kind == KernelParameterKind.View)
            {
                var mirror = MirrorOf(objects.GetValueOrDefault((nint)values.Dequeue()) as EmulatedCuda.Allocation, parameter);
                memory.Add(mirror);
                arguments.Add(mirror.View((int)values.Dequeue(), (int)values.Dequeue()));
            }
            else
            {
                arguments.Add(values.Dequeue() switch { int i => (KernelArgument)i, uint u => u, var value => (float)value });
            }
        }

        var shape = Shape(launch, source, [.. values.Cast<int>()]);
        return (_cpu.Prepare(Method(source), shape, [.. arguments]), [.. memory.Distinct()]);
    }

    private Mirror MirrorOf(EmulatedCuda.Allocation? allocation, KernelParameter parameter)
    {
        if (allocation is null)
        {
            throw new InvalidOperationException($"{parameter.Name} points to no memory of the device");
        }

        if (!_mirrors.TryGetValue(allocation, out var mirror))
        {
            mirror = parameter.Type switch
            {
                "byte" => new Mirror<byte>(_cpu, allocation),
                "int" => new Mirror<int>(_cpu, allocation),
                "uint" => new Mirror<uint>(_cpu, allocation),
                _ => new Mirror<float>(_cpu, allocation),
            };
            _mirrors.Add(allocation, mirror);
        }

        return mirror;
    }

    private static LaunchShape Shape(EmulatedCuda.CapturedLaunch launch, KernelSource source, int[] extents)
    {
        if (source.IsGrouped)
        {
            return LaunchShape.Groups(launch.GridX, launch.GridY, launch.GroupX, launch.GroupY);
        }

        var (x, y) = (extents[0], extents.Length > 1 ? extents[1] : 1);
        if ((long)launch.GridX * launch.GroupX < x || (long)launch.GridY * launch.GroupY < y)
        {
            throw new InvalidOperationException($"{source.EntryName}: {launch.GridX} x {launch.GridY} groups of {launch.GroupX} x {launch.GroupY} lanes do not reach all of {x} x {y} indices");
        }

        return source.Dimensions == 1 ? LaunchShape.Linear(x) : LaunchShape.Plane(x, y);
    }

    /// <summary>The C# method that a kernel was translated from.</summary>
    private Delegate Method(KernelSource source)
    {
        if (!_methods.TryGetValue(source.Name, out var method))
        {
            var (name, arguments) = source.Name.TrimEnd('>').Split('<') is [var generic, var list] ? (generic, list.Split(',')) : (source.Name, []);
            var typeName = name[..name.LastIndexOf('.')];
            var type = typeof(ComputeAccelerator).Assembly.GetType(typeName) ?? typeof(EmulatedKernels).Assembly.GetType(typeName)!;
            var info = type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
                .Single(m => m.Name == name[(typeName.Length + 1)..] && m.GetGenericArguments().Length == arguments.Length);
            info = arguments.Length == 0 ? info
                : info.MakeGenericMethod([.. arguments.Select(a => type.Assembly.GetType($"{type.Namespace}.{a}", throwOnError: true)!)]);
            method = info.CreateDelegate(Expression.GetDelegateType([.. info.GetParameters().Select(p => p.ParameterType), typeof(void)]));
            _methods.Add(source.Name, method);
        }

        return method;
    }

    /// <summary>A buffer of the CPU beside memory of the emulated device.</summary>
    private abstract class Mirror : IDisposable
    {
        internal abstract KernelArgument View(int offset, int length);

        internal abstract void Load();

        internal abstract void Store();

        public abstract void Dispose();
    }

    private sealed class Mirror<T>(CpuAccelerator cpu, EmulatedCuda.Allocation allocation) : Mirror where T : unmanaged
    {
        private readonly DeviceBuffer<T> _buffer = cpu.Allocate<T>(allocation.Elements<T>().Length);

        internal override KernelArgument View(int offset, int length) => new DeviceView<T>(_buffer, offset, length);

        internal override void Load() => _buffer.CopyFrom(allocation.Elements<T>());

        internal override void Store() => _buffer.CopyTo(allocation.Elements<T>());

        public override void Dispose() => _buffer.Dispose();
    }
}
