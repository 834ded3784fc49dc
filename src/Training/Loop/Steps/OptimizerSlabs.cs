using Gpu.Kernels.Devices;
using Gpu.Training.Networks;

namespace Gpu.Training.Loop;

/// <summary>The slabs of an optimizer's state on the device, all 0 at first.</summary>
internal sealed class OptimizerSlabs : IDisposable
{
    private readonly NetworkShape _shape;
    private readonly IReadOnlyList<string> _names;
    private readonly DeviceParameters[] _slabs;

    internal OptimizerSlabs(ComputeAccelerator accelerator, NetworkShape shape, IReadOnlyList<string> names)
    {
        (_shape, _names) = (shape, names);
        _slabs = [.. names.Select(_ => new DeviceParameters(accelerator, shape))];
        Restore(OptimizerState.Begin(shape, names));
    }

    /// <summary>The slabs in the optimizer's order.</summary>
    internal IReadOnlyList<DeviceView<float>> Views => [.. _slabs.Select(slab => slab.Learned)];

    /// <summary>Room for what <see cref="Save"/> copies.</summary>
    internal OptimizerState Create() => OptimizerState.Begin(_shape, _names);

    /// <summary>Whether a state has the slabs that this one has.</summary>
    internal bool Matches(OptimizerState state) => state.Slabs.Select(slab => slab.Name).SequenceEqual(_names);

    internal void Save(OptimizerState state)
    {
        for (var i = 0; i < _slabs.Length; i++)
        {
            _slabs[i].Buffer.CopyTo(state.Slabs[i].Values);
        }
    }

    internal void Restore(OptimizerState state)
    {
        for (var i = 0; i < _slabs.Length; i++)
        {
            _slabs[i].Buffer.CopyFrom(state.Slabs[i].Values);
        }
    }

    public void Dispose() => Array.ForEach(_slabs, slab => slab.Dispose());

    /// <inheritdoc/>
    public override string ToString() => _names.Count == 0 ? "none" : string.Join(", ", _names);
}
