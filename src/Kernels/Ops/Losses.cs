using Gpu.Kernels.Accelerators;

namespace Gpu.Kernels.Ops;

/// <summary>What all losses have in common: their shapes.</summary>
internal static class Losses
{
    /// <summary>outputs (m, n), labels (m), losses (m), correct (m), gradient (m, n) or none.</summary>
    internal static void RequireShapes(string operation, DeviceView<float> outputs, DeviceView<int> labels, int m, int n,
        DeviceView<float> losses, DeviceView<int> correct, DeviceView<float>? gradient)
    {
        Require.Positive(n, operation);
        Require.Matrix(outputs, m, n, operation);
        Require.Length(labels, m, operation);
        Require.Length(losses, m, operation);
        Require.Length(correct, m, operation);
        Require.Matrix(gradient ?? outputs, m, n, operation, nameof(gradient));
    }
}
