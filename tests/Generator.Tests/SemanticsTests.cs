using System.Linq.Expressions;
using System.Reflection;
using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Accelerators.Cpu;
using Gpu.Kernels.Accelerators.Cuda;
using Gpu.Kernels.Accelerators.OpenCl;
using Gpu.Kernels.Tests;
using Gpu.Kernels.Tests.Cuda;
using Gpu.Kernels.Tests.OpenCl;

namespace Gpu.Generator.Tests;

/// <summary>The kernels as OpenCL C.</summary>
public sealed class OpenClSemanticsTests(OpenClSemanticsTests.OpenClProgram program) : SemanticsTests(program), IClassFixture<OpenClSemanticsTests.OpenClProgram>
{
    public sealed class OpenClProgram : Program
    {
        private readonly OpenClDevices _devices = new();

        public override void Dispose()
        {
            base.Dispose();
            _devices.Dispose();
        }

        protected override ComputeAccelerator Open(KernelLibrary library) =>
            new OpenClAccelerator(_devices.Device, new OpenClOptions { Library = library });
    }
}

/// <summary>The kernels as CUDA C.</summary>
public sealed class CudaSemanticsTests(CudaSemanticsTests.CudaProgram program) : SemanticsTests(program), IClassFixture<CudaSemanticsTests.CudaProgram>
{
    public sealed class CudaProgram : Program
    {
        protected override ComputeAccelerator Open(KernelLibrary library) =>
            new CudaAccelerator(CudaDevices.Device, new CudaOptions { Library = library });
    }
}

/// <summary>The same kernels as C# on the processor and as C on a device: the same bits.</summary>
public abstract class SemanticsTests(SemanticsTests.Program program)
{
    private static readonly int[] _integers =
        [0, 1, -1, 2, 3, -3, 7, 31, 32, 33, -31, 100, 255, 256, -128, 65535, 1 << 30, int.MaxValue, int.MinValue, int.MinValue + 1,
            0x12345678, -1640531527];

    private static readonly float[] _floats =
    [
        0f, -0f, 1f, -1f, 0.5f, -0.5f, 1.5f, 2.5f, -2.75f, 127.6f, 128f, 255.5f, 256.5f, -129f, 32767.5f, 65536.7f, -40000f, 16777217f,
        2147483520f,
        2147483648f, -2147483648f, -2147483904f, 4294967040f, 4294967296f, 9.2e18f, 9.3e18f, -9.3e18f, 1.8e19f, 1.9e19f, 3e38f, -3e38f,
        1e-40f, 1.1754944e-38f,
        0.1f, 3.3333333f, float.PositiveInfinity, float.NegativeInfinity, float.NaN,
    ];

    [Fact]
    public void Integers_wrap_shift_and_divide_as_in_CSharp() => Compare("IntegerKernel", "Integers", Pairs(_integers));

    [Fact]
    public void Long_integers_wrap_and_shift_as_in_CSharp() => Compare("LongKernel", "Longs", Pairs(_integers));

    [Fact]
    public void Conversions_saturate_as_in_CSharp() => Compare("ConversionKernel", "Conversions", Pairs(_floats));

    [Fact]
    public void Floats_compare_and_round_as_in_CSharp() => Compare("FloatKernel", "Floats", Pairs(_floats));

    [Fact]
    public void Control_flow_goes_as_in_CSharp() => Compare("FlowKernel", "Flows", Pairs(_integers));

    [Fact]
    public void Groups_share_memory_and_atomics_as_in_CSharp()
    {
        var values = Enumerable.Range(0, 96).Select(i => (i * 7919) ^ (i << 3)).ToArray();
        int[]? expected = null;
        foreach (var accelerator in program.Accelerators)
        {
            using var a = Upload(accelerator, values);
            using var result = Upload(accelerator, new int[16]);
            using var totals = Upload(accelerator, new float[2]);
            accelerator.Prepare(program.Kernel("GroupKernel"), LaunchShape.Groups(3, 2, 8, 2), a, result, totals).Run();
            expected ??= result.ToArray();
            Assert.Equal(expected, result.ToArray());
            Assert.Equal([1.5f, 5f], totals.ToArray());
        }

        Assert.Equal(values[..16].Sum(), expected![0]);
        TestDevices.Report(program.Accelerators.Last().Description);
    }

    private static (T[] First, T[] Second) Pairs<T>(T[] values) =>
        ([.. values.SelectMany(v => Enumerable.Repeat(v, values.Length))], [.. values.SelectMany(_ => values)]);

    private static DeviceBuffer<T> Upload<T>(ComputeAccelerator accelerator, T[] values) where T : unmanaged
    {
        var buffer = accelerator.Allocate<T>(values.Length);
        buffer.CopyFrom(values);
        return buffer;
    }

    private void Compare<T>(string kernel, string resultsConstant, (T[] First, T[] Second) pairs) where T : unmanaged
    {
        var results = program.Constant(resultsConstant);
        int[]? expected = null;
        foreach (var accelerator in program.Accelerators)
        {
            using var a = Upload(accelerator, pairs.First);
            using var b = Upload(accelerator, pairs.Second);
            using var r = Upload(accelerator, new int[pairs.First.Length * results]);
            accelerator.Prepare(program.Kernel(kernel), LaunchShape.Linear(pairs.First.Length), a, b, r).Run();
            var found = r.ToArray();
            expected ??= found;
            for (var i = 0; i < found.Length; i++)
            {
                Assert.True(expected[i] == found[i],
                    $"{kernel} result {i % results} of {pairs.First[i / results]} and {pairs.Second[i / results]}: 0x{expected[i]:X8} in C#, 0x{found[i]:X8} on {accelerator.Description}");
            }
        }
    }

    /// <summary>The kernels, compiled once, on the processor first and on the device then.</summary>
    public abstract class Program : IDisposable
    {
        private readonly Translation _translation = Translation.Of(SemanticKernels.Source).Clean();
        private readonly CpuAccelerator _cpu = new(new CpuOptions { Path = SimdPath.Plain, Threads = 1 });
        private ComputeAccelerator? _device;

        internal IEnumerable<ComputeAccelerator> Accelerators => [_cpu, _device ??= Open(_translation.Library)];

        public virtual void Dispose()
        {
            _device?.Dispose();
            _cpu.Dispose();
        }

        /// <summary>Opens the device, or ends the test.</summary>
        protected abstract ComputeAccelerator Open(KernelLibrary library);

        internal Delegate Kernel(string name)
        {
            var method = _translation.Method("Semantics", name);
            return method.CreateDelegate(Expression.GetActionType([.. method.GetParameters().Select(p => p.ParameterType)]));
        }

        internal int Constant(string name) => (int)_translation.Method("Semantics", "FlowKernel").DeclaringType!
            .GetField(name, BindingFlags.Public | BindingFlags.Static)!.GetRawConstantValue()!;
    }
}
