using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Accelerators.Cpu;

namespace Gpu.Kernels.Tests;

/// <summary>The contract on the processor, through SIMD twins.</summary>
public sealed class CpuContractTests : AcceleratorContract, IDisposable
{
    private readonly CpuAccelerator _cpu = new(new CpuOptions { Threads = 2 });

    protected override ComputeAccelerator Accelerator => _cpu;

    protected override int LaunchesOfFour => 3;

    public void Dispose() => _cpu.Dispose();
}

/// <summary>The contract on the kernels themselves.</summary>
public sealed class PlainContractTests : AcceleratorContract, IDisposable
{
    private readonly CpuAccelerator _plain = new(new CpuOptions { Threads = 1, Path = SimdPath.Plain, Strict = true });

    protected override ComputeAccelerator Accelerator => _plain;

    public void Dispose() => _plain.Dispose();
}
