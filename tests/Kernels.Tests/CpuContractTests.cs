using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Devices.Simulator;

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
public sealed class SimulatorContractTests : AcceleratorContract, IDisposable
{
    private readonly SimulatorAccelerator _simulator = new(strict: true);

    protected override ComputeAccelerator Accelerator => _simulator;

    [Fact(Skip = "ILGPU's CPU accelerator makes an object of every launch.")]
    public override void Launches_and_sequences_allocate_nothing() => base.Launches_and_sequences_allocate_nothing();

    public void Dispose() => _simulator.Dispose();
}
