using Gpu.Training.Data;

namespace Gpu.Training.Tests.Data;

public sealed class NumpyFileTests : IDisposable
{
    private static readonly byte[] _values = [.. Enumerable.Range(0, 12).Select(i => (byte)(20 * i))];
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Arrays_of_bytes_are_images(byte version)
    {
        var data = DataSource.LoadSamples(_folder.Write("x.npy", NumpyBytes.Npy(_values, [2, 2, 3], version: version)));
        Assert.Equal((2, 2, 3, false), (data.Count, data.Height, data.Width, data.IsLabelled));
        Assert.Equal(_values, data.Values);
        Assert.Equal((3, 4, 2, 2), DataSource.LoadSamples(_folder.Write("y.npy", NumpyBytes.Npy(_values, [3, 4]))) is { } rows
            ? (rows.Count, rows.Features, rows.Height, rows.Width) : default);
        Assert.Equal((3, 2), DataSource.LoadSamples(_folder.Write("z.npy", NumpyBytes.Npy(_values, [3, 2, 2, 1]))) is { } grey ? (grey.Count, grey.Width) : default);
    }

    [Theory]
    [InlineData("<i8")]
    [InlineData(">i8")]
    [InlineData("<u4")]
    [InlineData("<i2")]
    [InlineData("<f4")]
    [InlineData("<f8")]
    [InlineData("|i1")]
    public void Other_types_are_read_where_they_hold_bytes(string type)
    {
        byte[] small = [0, 1, 100, 127, 5, 6];
        byte[] content = [.. small.SelectMany(value => Bytes(type, value))];
        Assert.Equal(small, DataSource.LoadSamples(_folder.Write("x.npy", NumpyBytes.Npy(content, [3, 2], type))).Values);
    }

    [Fact]
    public void What_is_not_read_is_named()
    {
        Fails(NumpyBytes.Npy([.. BitConverter.GetBytes(0.5f), .. BitConverter.GetBytes(1f)], [1, 2], "<f4"), "whole numbers from 0 to 255, found 0.5 at value 1", "astype('uint8')");
        Fails(NumpyBytes.Npy([.. BitConverter.GetBytes(float.NaN), .. BitConverter.GetBytes(1f)], [1, 2], "<f4"), "found NaN");
        Fails(NumpyBytes.Npy(_values, [2, 2, 3], isFortran: true), "Fortran order", "ascontiguousarray");
        Fails(NumpyBytes.Npy(_values, [12]), "expected images, found 12 numbers");
        Fails(NumpyBytes.Npy(_values, [2, 1, 2, 3]), "one grey image");
        Fails(NumpyBytes.Npy(_values, [1, 12], "<c8"), "values of type 'c8'");
        Fails(NumpyBytes.Npy(_values, [2, 2, 4]), "16 bytes, found 12");
        Fails(NumpyBytes.Npy(_values, [2, 5]), "10 bytes, found 12");
        Fails(NumpyBytes.Npy(_values, [int.MaxValue, int.MaxValue]), "cut off");
        Fails(NumpyBytes.Npy(_values, [3, 4])[..40], "the end of the file");
    }

    [Theory]
    [InlineData("x_train.npy", "y_train.npy")]
    [InlineData("X.npy", "y.npy")]
    [InlineData("my-images.npy", "my-labels.npy")]
    [InlineData("kmnist-train-imgs.npz", "kmnist-train-labels.npz")]
    public void Labels_lie_beside_the_images(string images, string labels)
    {
        static byte[] File(string name, byte[] npy) => name.EndsWith('z') ? NumpyBytes.Npz(isCompressed: true, ("arr_0", npy)) : npy;
        var path = _folder.Write(images, File(images, NumpyBytes.Npy(_values, [2, 2, 3])));
        Assert.False(DataSource.LoadSamples(path).IsLabelled);
        var beside = _folder.Write(labels, File(labels, NumpyBytes.Npy([3, 0, 0, 0, 1, 0, 0, 0], [2], "<i4")));
        var data = DataSource.Load(path).Train;
        Assert.Equal(_values, data.Values);
        Assert.Equal([3, 1], data.Labels);
        var first = DataSource.Load(path, new DataOptions { Limit = 1 }).Train;
        Assert.Equal((1, 4), (first.Count, first.Classes));
        _folder.Write(labels, File(labels, NumpyBytes.Npy([3, 1, 1], [3])));
        Refused(() => DataSource.Load(path), beside, "expected 2 labels, one for each image of ", "found 3");
        _folder.Write(labels, "cow,ant");
        Refused(() => DataSource.Load(path), beside, "expected a NumPy array of labels (.npy, .npz), found text that begins with 'cow,'");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_archive_of_Keras_has_both_parts(bool isCompressed)
    {
        var labels = NumpyBytes.Npy([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [2], "<i8");
        var path = _folder.Write("mnist.npz", NumpyBytes.Npz(isCompressed,
            ("x_test", NumpyBytes.Npy(_values.AsSpan(0, 6), [1, 2, 3])), ("x_train", NumpyBytes.Npy(_values, [2, 2, 3])),
            ("y_train", labels), ("y_test", NumpyBytes.Npy([1], [1]))));
        var data = DataSource.Load(path);
        Assert.Equal((2, 1, 2), (data.Train.Count, data.Test!.Count, data.Train.Classes));
        Assert.Equal(_values, data.Train.Values);
        Assert.Equal([1, 0], data.Train.Labels);
        Assert.Equal([1], data.Test.Labels);
        Assert.Equal(_values[..6], DataSource.Load(path, new DataOptions { Limit = 1 }).Train.Values);
    }

    [Fact]
    public void Other_names_and_missing_labels_are_said()
    {
        var images = NumpyBytes.Npy(_values, [2, 2, 3]);
        Assert.Equal([1, 1], DataSource.Load(_folder.Write("a.npz", NumpyBytes.Npz(true, ("images", images), ("labels", NumpyBytes.Npy([1, 1], [2, 1]))))).Train.Labels);
        Assert.Equal(2, DataSource.LoadSamples(_folder.Write("k49.npz", NumpyBytes.Npz(true, ("arr_0", images)))).Count);
        Refused(() => DataSource.Load(_folder.File("k49.npz")), "expected labelled samples");
        Refused(() => DataSource.LoadSamples(_folder.Write("odd.npz", NumpyBytes.Npz(true, ("weights", images)))), "found weights.npy");
        Refused(() => DataSource.LoadSamples(_folder.Write("two.npz", NumpyBytes.Npz(true, ("x", images), ("y", NumpyBytes.Npy([1], [1]))))), "expected 2 labels", "found 1");
    }

    [Fact]
    public void A_damaged_archive_is_refused()
    {
        var archive = NumpyBytes.Npz(true, ("x", NumpyBytes.Npy(_values, [2, 2, 3])));
        Refused(() => DataSource.LoadSamples(_folder.Write("cut.npz", archive[..^30])), "cut.npz");
        archive[80] ^= 0xFF;
        Refused(() => DataSource.LoadSamples(_folder.Write("bad.npz", archive)), "bad.npz");
    }

    private static byte[] Bytes(string type, byte value)
    {
        byte[] bytes = type[1..] switch
        {
            "i8" => BitConverter.GetBytes((long)value),
            "u4" => BitConverter.GetBytes((uint)value),
            "i2" => BitConverter.GetBytes((short)value),
            "f4" => BitConverter.GetBytes((float)value),
            "f8" => BitConverter.GetBytes((double)value),
            _ => [value],
        };
        return type[0] == '>' ? [.. bytes.Reverse()] : bytes;
    }

    private void Fails(byte[] npy, params string[] parts) => Refused(() => DataSource.LoadSamples(_folder.Write("x.npy", npy)), ["x.npy", .. parts]);

    private static void Refused(Action load, params string[] parts)
    {
        var error = Assert.Throws<TrainingException>(load);
        Assert.Equal(Failure.Data, error.Failure);
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }
}
