using System.Security.Cryptography;
using Gpu.Training.Data;

namespace Gpu.Training.Tests.Data;

/// <summary>What had to be decoded is kept beside its source, and holds as long as that does.</summary>
public sealed class SampleCacheTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_large_table_is_converted_once_and_read_from_its_cache()
    {
        var path = _folder.Write("x.csv", "label,a,b\n" + string.Concat(Enumerable.Range(0, 500).Select(i => $"{i % 3},{i % 200},{i / 2}\n")));
        var options = new DataOptions { MemoryLimit = 100, CacheFolder = _folder.File("cache") };
        var expected = CsvFile.Load(path);
        AssertSame(expected, CsvFile.Load(path, options));
        var cache = Assert.Single(Directory.GetFiles(_folder.Path, "*.samples"));
        Assert.Equal(0, CsvFile.Load(path, options).Samples.ResidentBytes);

        // Proof that it is the cache that is read: the table cannot be any more, and has its size and time.
        var (time, text) = (File.GetLastWriteTimeUtc(path), File.ReadAllText(path));
        File.WriteAllText(path, text.Replace("0,0,0", "x,0,0", StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(path, time);
        AssertSame(expected, CsvFile.Load(path, options));

        // The time changed and the content did not; then both did.
        File.WriteAllText(path, text);
        File.SetLastWriteTimeUtc(path, time.AddSeconds(5));
        AssertSame(expected, CsvFile.Load(path, options));
        File.WriteAllText(path, text.Replace("0,0,0", "0,9,0", StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(path, time.AddSeconds(9));
        Assert.Equal(9, CsvFile.Load(path, options).Values[0]);

        // A damaged cache is made anew.
        var bytes = File.ReadAllBytes(cache);
        bytes[3] ^= 1;
        File.WriteAllBytes(cache, bytes);
        Assert.Equal(9, CsvFile.Load(path, options).Values[0]);
        Assert.NotEqual(bytes, File.ReadAllBytes(cache));
        Assert.Single(Directory.GetFiles(_folder.Path, "*.samples*"));
    }

    [Fact]
    public void Compressed_images_have_a_cache_too_and_another_label_column_another_one()
    {
        var images = _folder.WriteGzip("x-images.gz", Idx.Images(50, 4, 5));
        var options = new DataOptions { MemoryLimit = 100, CacheFolder = _folder.File("cache") };
        var digest = SHA256.HashData(DataSource.LoadSamples(images).Values);
        for (var time = 0; time < 2; time++)
        {
            var data = DataSource.LoadSamples(images, options);
            Assert.Equal(digest, SHA256.HashData(data.Values));
            Assert.Equal((0L, 4), (data.Samples.ResidentBytes, data.Height));
        }

        var table = _folder.Write("x.csv", "label,a,b\n" + string.Concat(Enumerable.Range(0, 100).Select(i => $"{i % 3},{i % 2},{i}\n")));
        Assert.Equal(3, CsvFile.Load(table, options).Classes);
        Assert.Equal(2, CsvFile.Load(table, options with { Target = "a", Columns = ["label", "b"] }).Classes);
        Assert.Equal(3, Directory.GetFiles(_folder.Path, "*.samples").Length);
    }

    /// <summary>A run that goes on knows from its model what it has to find out the first time: that makes no other cache.</summary>
    [Fact]
    public void What_a_model_knows_of_the_same_data_makes_no_other_cache()
    {
        var table = _folder.Write("x.csv", "b,label,a\n" + string.Concat(Enumerable.Range(0, 100).Select(i => $"{i % 2},{(i % 3 == 0 ? "cow" : "ant")},{i}\n")));
        var options = new DataOptions { MemoryLimit = 100, CacheFolder = _folder.File("cache") };
        var begun = DataSource.Load(table, options).Train;
        var known = options with { Columns = begun.Columns, ClassNames = begun.ClassNames };
        AssertSame(begun, DataSource.Load(table, known).Train);
        Assert.Single(Directory.GetFiles(_folder.Path, "*.samples"));

        // Another order of columns, and other classes, are other samples.
        Assert.Equal(begun.Sample(1).ToArray().Reverse(), DataSource.Load(table, known with { Columns = ["a", "b"] }).Train.Sample(1).ToArray());
        Assert.Equal(2, DataSource.Load(table, known with { ClassNames = ["bee", "ant", "cow"] }).Train.Labels[0]);
        Assert.Equal(3, Directory.GetFiles(_folder.Path, "*.samples").Length);
    }

    private static void AssertSame(DataSet expected, DataSet found)
    {
        Assert.Equal(expected.Values, found.Values);
        Assert.Equal(expected.Labels, found.Labels);
        Assert.Equal(expected.Columns!, found.Columns!);
        Assert.Equal((expected.Height, expected.Width, expected.Classes), (found.Height, found.Width, found.Classes));
    }
}
