using Gpu.Kernels.Accelerators.Ilgpu;

namespace Gpu.Kernels.Accelerators;

/// <content>The devices that only a build with ILGPU has.</content>
public static partial class AcceleratorFactory
{
    static partial void OpenOther(AcceleratorKind kind, int? index, AcceleratorOptions options, ref ComputeAccelerator? accelerator) =>
        accelerator = IlgpuDevices.IsKind(kind) ? IlgpuDevices.Open(kind, index, options) : null;
}

/// <content>The devices that only a build with ILGPU has.</content>
public sealed partial record DeviceDiscovery
{
    static partial void AddOthers(List<AcceleratorKind> kinds) => kinds.AddRange(IlgpuDevices.Kinds);

    static partial void RunOther(AcceleratorKind kind, ref BackendDiscovery? found) =>
        found = IlgpuDevices.IsKind(kind) ? IlgpuDevices.Discover(kind) : null;
}
