using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;

namespace Gpu.Training.Layers;

/// <summary>A pooling at its place.</summary>
internal sealed class PoolingWork : LayerWork
{
    private readonly PoolingKind _kind;
    private readonly Window _window;
    private readonly DeviceView<float>? _chosen;

    internal PoolingWork(Layer layer, PoolingKind kind, Window window, LayerPlace place) : base(place)
    {
        (_kind, _window) = (kind, window);
        Above = CreateAbove(layer);
        _chosen = Pooling.KeepsChosen(kind) ? Allocate<float>((long)place.Rows * layer.Outputs) : null;
    }

    internal override LayerFlow Above { get; }

    /// <summary>What it takes.</summary>
    internal static LayerMemory Memory(PoolingKind kind, Layer layer, int rows) => new()
    {
        Outputs = (long)rows * layer.Outputs,
        ForwardScratch = Pooling.KeepsChosen(kind) ? sizeof(float) * (long)rows * layer.Outputs : 0,
    };

    internal override IEnumerable<Launch> Forward() =>
        [Pooling.PrepareForward(Place.Accelerator, _kind, _window, Place.Below.Output, Place.Rows, Above.Output, _chosen)];

    internal override IEnumerable<Launch> InputGradient() =>
    [
        Pooling.PrepareBackward(Place.Accelerator, _kind, _window, Above.Gradient!.Value, _chosen, Place.Rows, Place.Below.Gradient!.Value),
        .. ThroughActivationBelow(),
    ];
}
