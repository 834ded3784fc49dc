using Gpu.Kernels.Devices;
using Gpu.Training.Data;

namespace Gpu.Training.Loop;

/// <summary>
/// The samples as a training step sees them: bytes and labels on the device, and an order that says which of them a batch
/// is made of. Resident and streamed feeds give the same launches the same bytes, so the results are the same bits.
/// </summary>
internal abstract class SampleFeed : IDisposable
{
    /// <summary>The samples on the device, as the bytes they consist of.</summary>
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

    /// <summary>How many runs from one on have their samples on the device, once this one's were provided.</summary>
    internal abstract int RunsFrom(int run);

    /// <summary>What makes the batch that begins at the cursor's sample, before anything reads it; nothing where samples are read as they lie.</summary>
    /// <param name="cursor">See <see cref="Kernels.Ops.StepCursor"/>.</param>
    /// <param name="rows">Samples of the batch.</param>
    internal virtual IEnumerable<Launch> PrepareBatch(DeviceView<int> cursor, int rows) => [];

    public abstract void Dispose();

    /// <summary>Writes for every place of an epoch which of so many places in memory its sample takes, in turn; a piece at a time, since the list may be long.</summary>
    protected static void FillPlaces(DeviceBuffer<int> order, int places)
    {
        var piece = new int[Math.Min(order.Length, 1 << 16)];
        for (var first = 0; first < order.Length; first += piece.Length)
        {
            var some = piece.AsSpan(0, Math.Min(piece.Length, order.Length - first));
            for (var i = 0; i < some.Length; i++)
            {
                some[i] = (first + i) % places;
            }

            order.CopyFrom(some, first);
        }
    }

    /// <summary>
    /// A feed for runs of <paramref name="samplesPerRun"/> samples, resident or streamed: <see cref="MemoryPlan"/> decides where that is open.
    /// </summary>
    internal static SampleFeed Create(ComputeAccelerator accelerator, DataSet data, DataMode mode, int samplesPerRun, SampleShuffle? shuffle = null) =>
        mode switch
        {
            DataMode.Resident => new ResidentFeed(accelerator, data),
            DataMode.Streamed => new StreamedFeed(accelerator, data, samplesPerRun, shuffle ?? SampleShuffle.Full),
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "Samples are resident or streamed."),
        };
}

/// <summary>The whole data set on the device; only the order changes from epoch to epoch.</summary>
internal sealed class ResidentFeed : SampleFeed
{
    private readonly DeviceBuffer<byte> _values;
    private readonly DeviceBuffer<byte> _labels;
    private readonly DeviceBuffer<int> _order;

    internal ResidentFeed(ComputeAccelerator accelerator, DataSet data)
    {
        _values = accelerator.Allocate<byte>(checked(data.Count * data.Samples.Features));
        var place = 0;
        data.Samples.ForEachPiece(piece =>
        {
            _values.CopyFrom(piece.Span, place);
            place += piece.Length;
        });
        _labels = accelerator.Allocate<byte>(data.Count);
        _labels.CopyFrom(data.Labels.Length > 0 ? data.Labels : new byte[data.Count]);
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

    internal override int RunsFrom(int run) => int.MaxValue;

    public override void Dispose()
    {
        _order.Dispose();
        _labels.Dispose();
        _values.Dispose();
    }
}
