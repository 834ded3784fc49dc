using Gpu.Kernels.Accelerators;
using Gpu.Training.Data;

namespace Gpu.Training.Loop;

/// <summary>
/// The samples as a training step sees them: bytes and labels on the device, and an order that says which of them a batch
/// is made of. Resident and streamed feeds give the same launches the same bytes, so the results are the same bits.
/// </summary>
internal abstract class SampleFeed : IDisposable
{
    /// <summary>Samples x features bytes on the device.</summary>
    internal abstract DeviceView<byte> Values { get; }

    /// <summary>A label for each sample on the device.</summary>
    internal abstract DeviceView<byte> Labels { get; }

    /// <summary>For each position of the epoch, which sample on the device stands there.</summary>
    internal abstract DeviceView<int> Order { get; }

    /// <summary>Sets the order of an epoch: indices into the data set.</summary>
    internal abstract void BeginEpoch(ReadOnlySpan<int> order);

    /// <summary>Makes sure the samples of a run of launches are on the device.</summary>
    /// <param name="run">The run's number within the epoch.</param>
    internal abstract void Provide(int run);

    public abstract void Dispose();

    /// <summary>A feed for runs of <paramref name="samplesPerRun"/> samples.</summary>
    internal static SampleFeed Create(ComputeAccelerator accelerator, DataSet data, DataMode mode, int samplesPerRun) =>
        mode == DataMode.Streamed
            ? new StreamedFeed(accelerator, data, samplesPerRun)
            : new ResidentFeed(accelerator, data);
}

/// <summary>The whole data set on the device; only the order changes from epoch to epoch.</summary>
internal sealed class ResidentFeed : SampleFeed
{
    private readonly DeviceBuffer<byte> _values;
    private readonly DeviceBuffer<byte> _labels;
    private readonly DeviceBuffer<int> _order;

    internal ResidentFeed(ComputeAccelerator accelerator, DataSet data)
    {
        _values = accelerator.Allocate<byte>(data.Values.Length);
        _values.CopyFrom(data.Values);
        _labels = accelerator.Allocate<byte>(data.Count);
        _labels.CopyFrom(data.IsLabelled ? data.Labels : new byte[data.Count]);
        _order = accelerator.Allocate<int>(data.Count);
    }

    internal override DeviceView<byte> Values => _values;

    internal override DeviceView<byte> Labels => _labels;

    internal override DeviceView<int> Order => _order;

    internal override void BeginEpoch(ReadOnlySpan<int> order) => _order.CopyFrom(order);

    internal override void Provide(int run)
    {
        // Everything is there already.
    }

    public override void Dispose()
    {
        _order.Dispose();
        _labels.Dispose();
        _values.Dispose();
    }
}

/// <summary>
/// Room for two runs on the device: while the launches of one are under way, the host copies the samples of the next into the
/// other half. The order on the device never changes: it names the half and the place within it.
/// </summary>
internal sealed class StreamedFeed : SampleFeed
{
    private readonly DataSet _data;
    private readonly int _samplesPerRun;
    private readonly byte[] _stagedValues;
    private readonly byte[] _stagedLabels;
    private readonly int[] _epochOrder;
    private readonly DeviceBuffer<byte> _values;
    private readonly DeviceBuffer<byte> _labels;
    private readonly DeviceBuffer<int> _order;

    internal StreamedFeed(ComputeAccelerator accelerator, DataSet data, int samplesPerRun)
    {
        (_data, _samplesPerRun) = (data, samplesPerRun);
        _stagedValues = new byte[samplesPerRun * data.Features];
        _stagedLabels = new byte[samplesPerRun];
        _epochOrder = new int[data.Count];
        _values = accelerator.Allocate<byte>(2 * samplesPerRun * data.Features);
        _labels = accelerator.Allocate<byte>(2 * samplesPerRun);
        _order = accelerator.Allocate<int>(data.Count);
        var places = new int[data.Count];
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = i % (2 * samplesPerRun);
        }

        _order.CopyFrom(places);
    }

    internal override DeviceView<byte> Values => _values;

    internal override DeviceView<byte> Labels => _labels;

    internal override DeviceView<int> Order => _order;

    internal override void BeginEpoch(ReadOnlySpan<int> order) => order.CopyTo(_epochOrder);

    internal override void Provide(int run)
    {
        var first = run * _samplesPerRun;
        var count = Math.Min(_samplesPerRun, _data.Count - first);
        for (var i = 0; i < count; i++)
        {
            var sample = _epochOrder[first + i];
            _data.Sample(sample).CopyTo(_stagedValues.AsSpan(i * _data.Features));
            _stagedLabels[i] = _data.IsLabelled ? _data.Labels[sample] : (byte)0;
        }

        var half = run % 2 * _samplesPerRun;
        _values.CopyFrom(_stagedValues.AsSpan(0, count * _data.Features), half * _data.Features);
        _labels.CopyFrom(_stagedLabels.AsSpan(0, count), half);
    }

    public override void Dispose()
    {
        _order.Dispose();
        _labels.Dispose();
        _values.Dispose();
    }
}
