using BenchmarkDotNet.Attributes;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Benchmarks;

/// <summary>The timed cases of the matrix products under BenchmarkDotNet; a case that fails its check stops its benchmark.</summary>
public class MatMulMicro : IDisposable
{
    private CpuAccelerator? _accelerator;
    private PreparedCase? _prepared;

    /// <summary>The case, by its name.</summary>
    [ParamsSource(nameof(Names))]
    public string Case { get; set; } = "";

    /// <summary>The path.</summary>
    [ParamsSource(nameof(Paths))]
    public SimdPath Path { get; set; }

    public static IEnumerable<string> Names => OperationCases.Matching("matmul").Where(c => c.Timed).Select(c => c.Name);

    public static IEnumerable<SimdPath> Paths => SimdPaths.Available;

    [GlobalSetup]
    public void Prepare()
    {
        _accelerator = new CpuAccelerator(new CpuOptions { Path = Path, Threads = 1 });
        _prepared = OperationCases.Matching(Case).Single().Prepare(_accelerator);
        var check = _prepared.Check();
        if (!check.Passed)
        {
            throw new DeviceException($"Not timed, since it is wrong: {check}");
        }
    }

    [Benchmark]
    public void Run() => _prepared!.Launch.Run();

    [GlobalCleanup]
    public void Dispose()
    {
        _prepared?.Dispose();
        _accelerator?.Dispose();
    }
}
