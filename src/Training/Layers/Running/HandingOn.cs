using Gpu.Kernels.Devices;

namespace Gpu.Training.Layers;

/// <summary>A layer that does nothing: what lies above it is what lies below it, activation and all.</summary>
internal sealed class HandingOn(LayerPlace place) : LayerWork(place)
{
    internal override LayerFlow Above => Place.Below;

    internal override IEnumerable<Launch> Forward() => [];

    internal override IEnumerable<Launch> InputGradient() => [];
}
