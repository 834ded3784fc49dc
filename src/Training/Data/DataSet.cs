namespace Gpu.Training.Data;

/// <summary>Labelled samples of bytes: image after image, row after row, one label a sample.</summary>
public sealed class DataSet
{
    /// <summary>A data set; counts are checked, contents are the reader's business.</summary>
    /// <param name="source">Where it came from, for messages.</param>
    /// <param name="values">Count x Features bytes.</param>
    /// <param name="labels">Count labels below <paramref name="classes"/>; empty where the data has none (for predictions).</param>
    /// <param name="height">Rows of an image; 1 where samples are no images.</param>
    /// <param name="width">Columns of an image.</param>
    /// <param name="classes">How many classes there are; 0 where the data has no labels.</param>
    public DataSet(string source, byte[] values, byte[] labels, int height, int width, int classes)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        Features = checked(height * width);
        if (values.Length % Features != 0 || (labels.Length > 0 && labels.Length != values.Length / Features))
        {
            throw new ArgumentException(
                $"{source}: {values.Length} values of {Features} a sample do not go with {labels.Length} labels.");
        }

        (Source, Values, Labels, Height, Width, Classes) = (source, values, labels, height, width, classes);
        Count = values.Length / Features;
    }

    /// <summary>Where it came from.</summary>
    public string Source { get; }

    /// <summary>Samples.</summary>
    public int Count { get; }

    /// <summary>Values of a sample.</summary>
    public int Features { get; }

    /// <summary>Rows of an image.</summary>
    public int Height { get; }

    /// <summary>Columns of an image.</summary>
    public int Width { get; }

    /// <summary>Classes, 0 where there are no labels.</summary>
    public int Classes { get; }

    /// <summary>Count x Features bytes.</summary>
    public byte[] Values { get; }

    /// <summary>Count labels, or none.</summary>
    public byte[] Labels { get; }

    /// <summary>Whether samples have labels.</summary>
    public bool IsLabelled => Labels.Length > 0;

    /// <summary>The bytes of one sample.</summary>
    public ReadOnlySpan<byte> Sample(int index) => Values.AsSpan(index * Features, Features);

    /// <summary>The samples of a list of indices, in its order, copied.</summary>
    public DataSet Select(ReadOnlySpan<int> indices)
    {
        var values = GC.AllocateUninitializedArray<byte>(checked(indices.Length * Features));
        var labels = new byte[IsLabelled ? indices.Length : 0];
        for (var i = 0; i < indices.Length; i++)
        {
            Sample(indices[i]).CopyTo(values.AsSpan(i * Features));
            if (IsLabelled)
            {
                labels[i] = Labels[indices[i]];
            }
        }

        return new DataSet(Source, values, labels, Height, Width, Classes);
    }

    /// <summary>The first samples; all of them, uncopied, where there are no more.</summary>
    public DataSet Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return count >= Count
            ? this
            : new DataSet(Source, Values[..(count * Features)], IsLabelled ? Labels[..count] : [], Height, Width, Classes);
    }

    /// <summary>The same samples, uncopied, as part of a larger number of classes.</summary>
    internal DataSet WithClasses(int classes) =>
        classes == Classes ? this : new DataSet(Source, Values, Labels, Height, Width, classes);
}
