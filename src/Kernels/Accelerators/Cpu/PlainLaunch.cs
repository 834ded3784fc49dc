namespace Gpu.Kernels.Accelerators.Cpu;

internal static class PlainLaunch
{
    internal static Launch Create(CpuAccelerator cpu, Delegate kernel, LaunchShape shape, KernelArgument[] arguments) =>
        throw new NotSupportedException($"{cpu.Id}: {kernel.Method.Name} {shape} {arguments.Length} {nameof(Lane)}");
}
