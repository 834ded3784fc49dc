namespace Gpu.Training.Data;

/// <summary>Samples of bytes, or of floats, labelled or not: image after image, row after row, one label a sample.</summary>
public sealed class DataSet
{
    private SampleStatistics? _statistics;

    /// <summary>A data set in memory; counts are checked, contents are the reader's business.</summary>
    /// <param name="source">Where it came from, for messages.</param>
    /// <param name="values">Count x Features bytes.</param>
    /// <param name="labels">Count labels below <paramref name="classes"/>; empty where the data has none (for predictions).</param>
    /// <param name="height">Rows of an image; 1 where samples are no images.</param>
    /// <param name="width">Columns of an image.</param>
    /// <param name="classes">How many classes there are; 0 where the data has no labels.</param>
    public DataSet(string source, byte[] values, byte[] labels, int height, int width, int classes)
        : this(source, Store(source, values, height, width), labels, height, width, classes) { }

    /// <summary>A data set wherever its bytes lie.</summary>
    /// <param name="source">Where it came from, for messages.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="labels">A label for each, or none.</param>
    /// <param name="height">Rows of an image; 1 where samples are no images.</param>
    /// <param name="width">Columns of an image.</param>
    /// <param name="classes">How many classes there are; 0 where the data has no labels.</param>
    /// <param name="valueBytes">Bytes of a value: 1, or 4 where values are floats.</param>
    internal DataSet(string source, SampleStore samples, byte[] labels, int height, int width, int classes, int valueBytes = 1)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Length > 0 && labels.Length != samples.Count)
        {
            throw new ArgumentException($"{source}: {samples.Count} samples of {samples.Features} bytes do not go with {labels.Length} labels.");
        }

        (Source, Samples, Labels, Height, Width, Classes, ValueBytes) = (source, samples, labels, height, width, classes, valueBytes);
    }

    /// <summary>Where it came from.</summary>
    public string Source { get; }

    /// <summary>The bytes.</summary>
    public SampleStore Samples { get; }

    /// <summary>Samples.</summary>
    public int Count => Samples.Count;

    /// <summary>Inputs of a sample: its values, but for the quantity that is to be learned.</summary>
    public int Features => (Samples.Features / ValueBytes) - Quantities;

    /// <summary>How the quantity that is to be learned was standardised, which stands behind the inputs of each sample; null where there is none.</summary>
    public TargetEncoding? Quantity { get; init; }

    /// <summary>Values of a sample that stand behind its inputs and are to be learned.</summary>
    public int Quantities => Quantity is null ? 0 : 1;

    /// <summary>Bytes of a value: 1, or 4 where values are floats, which are the inputs of a network as they are.</summary>
    public int ValueBytes { get; }

    /// <summary>Whether values are floats.</summary>
    public bool AreFloats => ValueBytes == sizeof(float);

    /// <summary>The share of values that are not 0, as far as it is worth to know: 1 for floats.</summary>
    public double Density => AreFloats ? 1 : Statistics.Density;

    /// <summary>Rows of an image.</summary>
    public int Height { get; }

    /// <summary>Columns of an image.</summary>
    public int Width { get; }

    /// <summary>Classes, 0 where there are no labels.</summary>
    public int Classes { get; }

    /// <summary>All bytes in one array: a copy, unless they lie in one.</summary>
    public byte[] Values => Samples.ToArray();

    /// <summary>Count labels; none where there are no classes.</summary>
    public byte[] Labels { get; }

    /// <summary>Whether samples say what is to be learned: a class, or a quantity.</summary>
    public bool IsLabelled => Labels.Length > 0 || Quantity is not null;

    /// <summary>The names of the columns that became values, in their order; null where the data has none.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>The names of the classes; null where they have numbers alone.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>The rows of a table that the samples are, counted from 1 below a header; null where samples simply count.</summary>
    public IReadOnlyList<int>? RowNumbers { get; init; }

    /// <summary>What was done to the data that its owner should know, in sentences without a point.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>How often each byte occurs, where values are bytes; the samples are gone through once, where nothing has done so yet.</summary>
    public SampleStatistics Statistics => _statistics ??= SampleStatistics.Of(Samples);

    /// <summary>The number by which its owner knows a sample: that of its row, where it is one, else its place, counted from 1.</summary>
    public int NumberOf(int sample) => RowNumbers?[sample] ?? sample + 1;

    /// <summary>The quantity of a sample, as its owner wrote it.</summary>
    public double QuantityOf(int sample) => Quantity!.Decode(Samples.Quantity(sample));

    /// <summary>The bytes of one sample.</summary>
    public ReadOnlySpan<byte> Sample(int index) => Samples.Sample(index);

    /// <summary>The samples of a list of indices, in its order, their values uncopied.</summary>
    public DataSet Select(ReadOnlySpan<int> indices)
    {
        var labels = new byte[Labels.Length > 0 ? indices.Length : 0];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = Labels[indices[i]];
        }

        int[] chosen = indices.ToArray();
        return With(new IndexedSamples(Samples, chosen), labels, Classes, RowNumbers is { } numbers ? [.. chosen.Select(index => numbers[index])] : null);
    }

    /// <summary>The first samples, uncopied.</summary>
    public DataSet Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return count >= Count ? this : With(new FirstSamples(Samples, count), Labels.Length > 0 ? Labels[..count] : [], Classes, RowNumbers is { } numbers ? [.. numbers.Take(count)] : null);
    }

    /// <summary>The same samples, uncopied, as part of a larger number of classes.</summary>
    internal DataSet WithClasses(int classes) => classes == Classes ? this : With(Samples, Labels, classes, RowNumbers);

    /// <summary>The same samples with names for their classes.</summary>
    internal DataSet WithNames(IReadOnlyList<string> names) =>
        new(Source, Samples, Labels, Height, Width, Classes, ValueBytes) { Columns = Columns, ClassNames = names, RowNumbers = RowNumbers, Quantity = Quantity, Remarks = Remarks };

    /// <summary>The same samples with one more thing to say of them.</summary>
    internal DataSet WithRemark(string remark) =>
        new(Source, Samples, Labels, Height, Width, Classes, ValueBytes) { Columns = Columns, ClassNames = ClassNames, RowNumbers = RowNumbers, Quantity = Quantity, Remarks = [.. Remarks, remark] };

    /// <summary>All else with the samples where they lie now.</summary>
    internal DataSet WithSamples(SampleStore samples) => With(samples, Labels, Classes, RowNumbers);

    /// <summary>Shows every byte to something that goes through all of them, and counts them on the way.</summary>
    internal void ForEachPiece(Action<ReadOnlyMemory<byte>> see)
    {
        var statistics = _statistics is null && !AreFloats ? new SampleStatistics() : null;
        Samples.ForEachPiece(piece =>
        {
            see(piece);
            statistics?.Add(piece.Span);
        });
        _statistics ??= statistics;
    }

    /// <summary>Other samples of the same kind.</summary>
    private DataSet With(SampleStore samples, byte[] labels, int classes, IReadOnlyList<int>? numbers) =>
        new(Source, samples, labels, Height, Width, classes, ValueBytes) { Columns = Columns, ClassNames = ClassNames, RowNumbers = numbers, Quantity = Quantity, Remarks = Remarks };

    private static MemorySamples Store(string source, byte[] values, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        var features = checked(height * width);
        return values.Length % features == 0
            ? new MemorySamples(values, features)
            : throw new ArgumentException($"{source}: {values.Length} values do not make samples of {features}.");
    }
}
