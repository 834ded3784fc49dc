using System.Security.Cryptography;
using Gpu.Training.Data;

namespace Gpu.Training.Tests.Data;

public sealed class IdxFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, "x-idx3-ubyte")]
    [InlineData(true, "x-idx3-ubyte.gz")]
    [InlineData(true, "gzip-without-the-name")]
    [InlineData(false, "plain-with-the-name.gz")]
    public void Plain_and_gzip_are_told_by_content(bool gzip, string name)
    {
        var content = Idx.Images(3, 4, 5);
        var array = IdxFile.ReadImages(_folder.Write(name, gzip ? TempFolder.Gzip(content) : content));
        Assert.Equal([3, 4, 5], array.Dimensions);
        Assert.Equal(content[16..], array.Values);
        Assert.Equal("3 x 4 x 5", array.Shape);
    }

    [Fact]
    public void Labels_and_images_of_two_dimensions_are_read()
    {
        Assert.Equal([7, 0, 255], IdxFile.ReadLabels(_folder.Write("l", Idx.Labels(7, 0, 255))));
        Assert.Equal([2, 3], IdxFile.ReadImages(_folder.Write("i", IdxBytes.Build([1, 2, 3, 4, 5, 6], [2, 3]))).Dimensions);
    }

    [Fact]
    public void A_missing_file_an_empty_file_and_a_folder_are_told_apart()
    {
        Fails(_folder.File("absent"), "no such file");
        Fails(_folder.Write("empty", []), "an empty file");
        Fails(_folder.Path, "found a folder");
        Fails(_folder.Write("tiny", [0, 0]), "data of 2 bytes");
        Fails(_folder.WriteGzip("tiny.gz", [0]), "data of 1 bytes");
    }

    [Theory]
    [InlineData(5)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(75)]
    public void A_cut_off_file_is_refused(int length)
    {
        var content = Idx.Images(3, 4, 5)[..length];
        Fails(_folder.Write("cut", content), length < 16 ? "ends within it" : $"60 bytes, found {length - 16}");
        Fails(_folder.WriteGzip("cut.gz", content), length < 16 ? "ends within it" : $"60 bytes, found {length - 16}");
    }

    [Fact]
    public void A_cut_off_gzip_stream_is_refused_wherever_it_ends()
    {
        var values = new byte[5000];
        new System.Random(7).NextBytes(values);
        var gzip = TempFolder.Gzip(IdxBytes.Build(values, [50, 10, 10]));
        foreach (var length in new[] { 3, 10, 100, gzip.Length / 2, gzip.Length - 8, gzip.Length - 1 })
        {
            var error = Assert.Throws<TrainingException>(() => IdxFile.Read(_folder.Write("cut.gz", gzip[..length])));
            Assert.Equal(Failure.Data, error.Failure);
        }
    }

    [Fact]
    public void A_damaged_gzip_stream_is_refused()
    {
        var values = new byte[5000];
        new System.Random(7).NextBytes(values);
        var gzip = TempFolder.Gzip(IdxBytes.Build(values, [50, 10, 10]));
        gzip[gzip.Length / 2] ^= 0x10;
        Fails(_folder.Write("bad.gz", gzip), "damaged");
    }

    [Fact]
    public void Bytes_behind_a_gzip_stream_are_refused() =>
        Fails(_folder.Write("long.gz", [.. TempFolder.Gzip(Idx.Images(3, 4, 5)), 1, 2, 3]), "something follows it");

    [Fact]
    public void Several_gzip_members_are_one_file()
    {
        var content = Idx.Images(30, 40, 5);
        byte[] two = [.. TempFolder.Gzip(content[..1000]), .. TempFolder.Gzip(content[1000..])];
        Assert.Equal(content[16..], IdxFile.Read(_folder.Write("two.gz", two)).Values);
        Assert.Equal(content[16..], IdxFile.Read(_folder.Write("bgzip.gz", [.. two, .. TempFolder.Gzip([])])).Values);
        Fails(_folder.Write("cut.gz", two[..^3]), "its end is cut off");
        Fails(_folder.Write("garbage.gz", [.. two, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]), "something follows it");
    }

    [Fact]
    public void Trailing_bytes_are_refused()
    {
        byte[] content = [.. Idx.Images(3, 4, 5), 9];
        Fails(_folder.Write("long", content), "60 bytes, found 61");
        Fails(_folder.WriteGzip("long.gz", content), "60 bytes, found more");
    }

    [Fact]
    public void Swapped_images_and_labels_are_named()
    {
        var images = _folder.Write("i", Idx.Images(3, 4, 5));
        var labels = _folder.Write("l", Idx.Labels(1, 2, 3));
        Contains(
            Assert.Throws<TrainingException>(() => IdxFile.ReadLabels(images)), images, "expected labels", "3 x 4 x 5 images", "swapped");
        Contains(Assert.Throws<TrainingException>(() => IdxFile.ReadImages(labels)), labels, "expected images", "3 labels", "swapped");
    }

    [Theory]
    [InlineData("<!DOCTYPE html><html><body>404</body></html>", "a web page")]
    [InlineData("\n  <html>", "a web page")]
    [InlineData("label,pixel0", "text that begins with 'labe'")]
    public void Text_saved_as_gz_is_named(string text, string named) => Fails(_folder.Write("page.gz", text), named);

    [Fact]
    public void Unknown_starts_and_types_are_named()
    {
        Fails(_folder.Write("zip", [0x50, 0x4B, 3, 4, 0]), "a zip archive: unpack it first");
        Fails(_folder.Write("other", [0x51, 0x4B, 3, 4, 0]), "51 4B 03 04");
        Fails(_folder.Write("float", IdxBytes.Build(new byte[8], [2], 0x0D)), "0x0D (32-bit float)");
        Fails(_folder.Write("odd", IdxBytes.Build(new byte[8], [2], 0x77)), "0x77, which IDX does not know");
        Fails(_folder.Write("rank0", [0, 0, 8, 0, 1]), "found 0");
        Fails(_folder.Write("rank9", [0, 0, 8, 9, 1]), "found 9");
        Fails(_folder.Write("rank4", IdxBytes.Build(new byte[16], [2, 2, 2, 2])), "found 4 dimensions", images: true);
    }

    [Theory]
    [InlineData(0, 28, 28, "0 x 28 x 28")]
    [InlineData(-1, 28, 28, "-1 x 28 x 28")]
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue, "2,147,483,647")]
    [InlineData(65536, 256, 256, "65,536 x 256 x 256")]
    public void A_header_that_lies_takes_no_memory(int count, int height, int width, string named)
    {
        var content = IdxBytes.Build(new byte[100], [count, height, width]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Fails(_folder.Write("lie", content), named);
        Fails(_folder.WriteGzip("lie.gz", content), named);
        var taken = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(taken < 2_000_000, $"{taken:N0} bytes");
    }

    [Fact]
    public void A_small_gzip_file_cannot_declare_more_than_deflate_can_hold() =>
        Fails(_folder.WriteGzip("lie.gz", IdxBytes.Build(new byte[100], [1000, 1000, 100])), "more than a gzip file of");

    [Fact]
    public void A_decompression_bomb_is_read_no_further_than_its_header_says()
    {
        var path = _folder.WriteGzip("bomb.gz", IdxBytes.Build(new byte[50_000_000], [10, 28, 28]));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Fails(path, "7,840 bytes, found more");
        var taken = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(taken < 2_000_000, $"{taken:N0} bytes");
    }

    [Theory]
    [InlineData("train-images-idx3-ubyte.gz", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db")]
    [InlineData("t10k-labels-idx1-ubyte.gz", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2")]
    public void The_MNIST_database_is_read_bit_for_bit(string name, string sha256)
    {
        var array = IdxFile.Read(Path.Combine(TestData.Mnist, name));
        var digest = SHA256.HashData(IdxBytes.Build(array.Values, array.Dimensions));
        Assert.Equal(sha256, Convert.ToHexStringLower(digest));
    }

    private static void Fails(string path, string named, bool images = false) => Contains(
        Assert.Throws<TrainingException>(() => images ? IdxFile.ReadImages(path) : IdxFile.Read(path)), path, named);

    private static void Contains(TrainingException error, params string[] parts)
    {
        Assert.Equal(Failure.Data, error.Failure);
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }
}
