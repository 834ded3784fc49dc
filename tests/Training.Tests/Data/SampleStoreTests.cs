using System.Text;
using Gpu.Training.Data;

namespace Gpu.Training.Tests.Data;

/// <summary>Samples are the same bytes wherever they lie: in memory, in a file, in a cache, in several files.</summary>
public sealed class SampleStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_store_gives_the_bytes_of_its_samples()
    {
        byte[] values = [.. Enumerable.Range(0, 210).Select(i => (byte)i)];
        var path = _folder.Write("values", [9, 9, .. values]);
        var memory = new MemorySamples(values, 7);
        var segments = new MemorySamples([values[..84], values[84..168], values[168..]], 30, 7, 12);
        var file = new FileSamples(path, path, 2, 30, 7);
        var joined = new JoinedSamples([new FirstSamples(memory, 11), new FileSamples(path, path, 2 + 77, 19, 7)]);
        int[] some = [3, 4, 5, 29, 0, 1, 17, 11, 10];
        foreach (var store in new SampleStore[] { memory, segments, file, joined })
        {
            Assert.Equal(values, store.ToArray());
            Assert.Equal(values[70..77], store.Sample(10).ToArray());
            var read = new byte[70];
            store.Read(7, read);
            Assert.Equal(values[49..119], read);
            var gathered = new byte[some.Length * 7];
            store.Gather(some, gathered);
            byte[] expected = [.. some.SelectMany(i => values[(7 * i)..(7 * (i + 1))])];
            Assert.Equal(expected, gathered);
            Assert.Equal(expected, new IndexedSamples(store, some).ToArray());
            int[] most = [.. Enumerable.Range(0, 30).Where(i => i % 5 != 2)];
            Assert.Equal(most.SelectMany(i => values[(7 * i)..(7 * (i + 1))]), new IndexedSamples(store, most).ToArray());
            Assert.Equal(values[..35], new FirstSamples(store, 5).ToArray());
        }

        Assert.Equal(0, file.ResidentBytes);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Read(30, new byte[7]));
    }

    /// <summary>Gaps of all widths, in samples so large that a piece holds few of them.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(5000)]
    [InlineData(400_000)]
    [InlineData(1_100_000)]
    public void Samples_with_gaps_between_are_read_as_they_are(int features)
    {
        const int count = 24;
        var values = new byte[count * features];
        new System.Random(3).NextBytes(values);
        var path = _folder.Write("values", values);
        var (file, memory) = (new FileSamples(path, path, 0, count, features), new MemorySamples(values, features));
        foreach (var some in (int[][])[[0, 2, 3, 4, 6, 23], [.. Enumerable.Range(0, count).Where(i => i % 4 != 1)], [23, 0, 1, 5, 4, 6], [7]])
        {
            var (expected, found) = (new byte[some.Length * features], new byte[some.Length * features]);
            memory.Gather(some, expected);
            file.Gather(some, found);
            Assert.True(expected.AsSpan().SequenceEqual(found));
        }
    }

    [Fact]
    public void A_file_that_becomes_shorter_is_said()
    {
        var path = _folder.Write("values", new byte[100]);
        var file = new FileSamples(path, path, 0, 10, 10);
        using (var other = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            other.SetLength(55);
        }

        file.Read(4, new byte[10]);
        var error = Assert.Throws<TrainingException>(() => file.Read(5, new byte[10]));
        Assert.Contains("became shorter", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Statistics_count_every_byte()
    {
        byte[] values = [.. Enumerable.Range(0, 1003).Select(i => (byte)(i % 17 == 0 ? 200 : i % 3))];
        var statistics = SampleStatistics.Of(new MemorySamples(values, 17));
        Assert.Equal((1003L, 0, 200), (statistics.Count, statistics.Min, statistics.Max));
        Assert.Equal(values.Average(value => value), statistics.Mean, 1e-12);
        Assert.Equal(1 - (values.Count(value => value == 0) / 1003.0), statistics.Density);
    }

    [Fact]
    public void Several_files_are_one_data_set()
    {
        _folder.Write("part-2.csv", "b,label,a\n6,dog,5\n");
        _folder.Write("part-1.csv", "label,a,b\ncow,1,2\nant,3,4\n");
        _folder.Write("part-1.csv.12345678.samples", "a cache");
        var data = DataSource.Load(_folder.File("part-*"));
        Assert.Equal([1, 2, 3, 4, 5, 6], data.Train.Values);
        Assert.Equal(["ant", "cow", "dog"], data.Train.ClassNames!);
        Assert.Equal([1, 0, 2], data.Train.Labels);
        Assert.Equal([1, 0], DataSource.Load(_folder.File("part-?.csv"), new DataOptions { Limit = 2 }).Train.Labels);
        var backwards = DataSource.Join([_folder.File("part-2.csv"), _folder.File("part-1.csv")]);
        Assert.Equal([6, 5, 2, 1, 4, 3], DataSource.Load(backwards).Train.Values);
        _folder.Write("part-3.csv", "label,a\ncow,1\n");
        Refused(() => DataSource.Load(_folder.File("part-*.csv")), "part-3.csv", "no 'b'");
        _folder.Write("part-3.csv", "label,a,b\n1,1,1\n");
        Refused(() => DataSource.Load(_folder.File("part-*.csv")), "part-3.csv", "expected labels that are texts");
        Refused(() => DataSource.Load(_folder.File("none-*.csv")), "none-*.csv", "found none");
    }

    [Theory]
    [InlineData("PK\u0003\u0004\u0000zip", "a zip archive: unpack it first")]
    [InlineData("PAR1\u0000\u0001", "a Parquet file")]
    [InlineData("BZh9\u0001\u0002", "a bzip2 archive")]
    [InlineData("<html>no</html>", "a web page")]
    [InlineData("\u00FF\u00FEl\u0000", "text in UTF-16")]
    [InlineData("\u0001\u0002\u0003\u0004", "01 02 03 04")]
    public void What_is_not_read_is_named_as_what_it_is(string content, string named) =>
        Refused(() => DataSource.LoadSamples(_folder.Write("x.dat", Encoding.Latin1.GetBytes(content))), "x.dat", named);

    [Fact]
    public void A_table_is_told_by_its_content() =>
        Assert.Equal([1, 2], DataSource.LoadSamples(_folder.Write("table.txt", "BMa,b\n1,2\n")).Values);

    [Fact]
    public void Names_of_classes_are_given_or_read()
    {
        Assert.Equal(["zero", "one"], LabelNames.Parse("zero, one"));
        Assert.Equal(["a,b", "c"], LabelNames.Parse(_folder.Write("names.txt", "a,b\r\nc\n\n")));
        Assert.Throws<TrainingException>(() => LabelNames.Parse("a,,b"));
        Assert.Throws<TrainingException>(() => LabelNames.Parse("a,a"));
        Idx.WriteFolder(_folder, test: false);
        Assert.Equal(["x", "y", "z"], DataSource.Load(_folder.Path, new DataOptions { ClassNames = ["x", "y", "z"] }).Train.ClassNames!);
        var error = Assert.Throws<TrainingException>(() => DataSource.Load(_folder.Path, new DataOptions { ClassNames = ["x", "y"] }));
        Assert.Equal(Failure.Usage, error.Failure);
        _folder.Write("train-labels-idx1-ubyte", Idx.Labels(1, 2, 3, 1, 2, 3));
        var shifted = DataSource.Load(_folder.Path, new DataOptions { ClassNames = ["x", "y", "z"] });
        Assert.Equal(["", "x", "y", "z"], shifted.Train.ClassNames!);
        Assert.EndsWith("no sample is of class 0, so the 3 names are those of class 1 and on", Assert.Single(shifted.Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_for_a_model_are_as_many_as_its_classes()
    {
        Assert.Equal(["x", "y"], LabelNames.ForModel(["x", "y"], 2, null));
        Assert.Equal(["x", "y"], LabelNames.ForModel(["x", "y"], 2, ["a", "b"]));
        Assert.Equal(["", "x", "y"], LabelNames.ForModel(["x", "y"], 3, ["", "a", "b"]));
        foreach (var (names, known) in new (string[], string[]?)[] { (["x", "y"], null), (["x", "y"], ["a", "b", "c"]), (["w", "x", "y", "z"], null), (["x"], ["", "a", "b"]) })
        {
            var error = Assert.Throws<TrainingException>(() => LabelNames.ForModel(names, 3, known));
            Assert.Equal(Failure.Usage, error.Failure);
            Assert.Contains($"the 3 classes of the model, from class 0 on, found {names.Length}", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_limit_that_leaves_files_out_keeps_the_classes_that_were_seen_and_says_so()
    {
        _folder.Write("a.csv", "label,a\n0,1\n5,1\n");
        _folder.Write("b.csv", "label,a\n7,1\n");
        var some = DataSource.Load(_folder.File("*.csv"), new DataOptions { Limit = 1 });
        Assert.Equal((1, 6), (some.Train.Count, some.Train.Classes));
        Assert.Contains("b.csv: not read, because --limit 1 ends before it", Assert.Single(some.Remarks), StringComparison.Ordinal);
        var all = DataSource.Load(_folder.File("*.csv"), new DataOptions { Limit = 3 });
        Assert.Equal((3, 8), (all.Train.Count, all.Train.Classes));
        Assert.Empty(all.Remarks);
    }

    private static void Refused(Action load, params string[] parts)
    {
        var error = Assert.Throws<TrainingException>(load);
        Assert.Equal(Failure.Data, error.Failure);
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }
}
