using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;
using Gpu.Training.Data;
using Gpu.Training.Loop;

namespace Gpu.Training.Augmentation;

/// <summary>
/// Samples that are augmented batch by batch. A batch lies on the device as bytes, where whatever reads samples finds it: the order names the place in the
/// batch. What is drawn follows from the number of a sample in the data set, which the device is told for each place of the epoch, so that resident and
/// streamed samples are changed alike.
/// </summary>
internal sealed class AugmentedFeed : SampleFeed
{
    private readonly ComputeAccelerator _accelerator;
    private readonly SampleFeed _source;
    private readonly AugmentShape _shape;
    private readonly ImageAugmentation _augmentation;
    private readonly ulong _seed;
    private readonly DeviceBuffer<byte> _values;
    private readonly DeviceBuffer<byte> _labels;
    private readonly DeviceBuffer<int> _order;
    private readonly DeviceBuffer<int> _samples;
    private readonly List<IDisposable> _owned = [];

    /// <summary>Room for a batch.</summary>
    /// <param name="accelerator">Where it is.</param>
    /// <param name="source">The samples as they are; it ends with this feed.</param>
    /// <param name="data">What they are of.</param>
    /// <param name="samplesPerRun">Samples of a batch.</param>
    /// <param name="augmentation">What is done to them.</param>
    /// <param name="seed">The seed of the run.</param>
    internal AugmentedFeed(ComputeAccelerator accelerator, SampleFeed source, DataSet data, int samplesPerRun, ImageAugmentation augmentation, ulong seed)
    {
        (_accelerator, _source, _augmentation, _seed) = (accelerator, source, augmentation, seed);
        _shape = AugmentationFit.Shape(samplesPerRun, data.Height, data.Features);
        _values = accelerator.Allocate<byte>(checked(samplesPerRun * data.Features));
        _labels = accelerator.Allocate<byte>(samplesPerRun);
        _samples = accelerator.Allocate<int>(data.Count);
        _order = accelerator.Allocate<int>(data.Count);
        FillPlaces(_order, samplesPerRun);
    }

    internal override DeviceView<byte> Values => _values;

    internal override DeviceView<byte> Labels => _labels;

    internal override DeviceView<int> Order => _order;

    internal override void BeginEpoch(ReadOnlySpan<int> order)
    {
        _source.BeginEpoch(order);
        _samples.CopyFrom(order);
    }

    internal override void Provide(int run) => _source.Provide(run);

    internal override int RunsFrom(int run) => _source.RunsFrom(run);

    internal override IEnumerable<Launch> PrepareBatch(DeviceView<int> cursor, int rows)
    {
        var operation = new AugmentBatch(_accelerator, _shape with { Rows = rows }, _augmentation, _seed);
        _owned.Add(operation);
        yield return operation.Prepare(new AugmentMemory
        {
            Values = _source.Values,
            Labels = _source.Labels,
            Order = _source.Order,
            Samples = _samples,
            Cursor = cursor,
            Batch = _values.View.Slice(0, rows * _shape.Features),
            BatchLabels = _labels.View.Slice(0, rows),
        });
    }

    public override void Dispose()
    {
        _owned.ForEach(owned => owned.Dispose());
        _order.Dispose();
        _samples.Dispose();
        _labels.Dispose();
        _values.Dispose();
        _source.Dispose();
    }
}
