using Gpu.Training.Data;

namespace Gpu.Training.Tests.Data;

public sealed class PictureTests : IDisposable
{
    private static readonly byte[] _pixels = [.. Enumerable.Range(0, 12).Select(i => (byte)(20 * i))];
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_PNG_file_gives_its_pixels_and_a_JPEG_file_its_greys()
    {
        var png = DataSource.LoadSamples(_folder.Write("a.png", PictureBytes.Png(_pixels, 3, 4)));
        Assert.Equal((1, 3, 4), (png.Count, png.Height, png.Width));
        Assert.Equal(_pixels, png.Values);

        // Two blocks side by side, with a step of 2 eighths and of none from the grey 128.
        var jpeg = DataSource.LoadSamples(_folder.Write("named-otherwise.png", PictureBytes.Jpeg(8, 16, 3, 0)));
        Assert.Equal((1, 8, 16), (jpeg.Count, jpeg.Height, jpeg.Width));
        Assert.All(jpeg.Values, value => Assert.InRange(value, 128, 129));
    }

    [Theory]
    [InlineData(24, 40, 2)]
    [InlineData(19, 27, 2)]
    [InlineData(19, 27, 30)]
    public void A_photograph_in_colour_gives_how_light_its_pixels_are(int height, int width, int step)
    {
        // Colours that change from pixel to pixel, and an edge through a block.
        static (double, double, double) Color(int y, int x) => (x > 11 ? 220 - (3 * y) : 20 + (2 * x), 40 + (5 * y), 200 - (4 * x));
        var photograph = DataSource.LoadSamples(_folder.Write("a.jpg", JpegBytes.Build(height, width, step, Color)));
        Assert.Equal((1, height, width), (photograph.Count, photograph.Height, photograph.Width));
        var squares = 0.0;
        for (var at = 0; at < photograph.Values.Length; at++)
        {
            var (red, green, blue) = Color(at / width, at % width);
            squares += Math.Pow(photograph.Values[at] - ((0.299 * red) + (0.587 * green) + (0.114 * blue)), 2);
        }

        // A transform that keeps lengths: each of 64 numbers of a block is half a step away at most, and each pixel one grey by rounding.
        var blocks = (height + 7) / 8 * ((width + 7) / 8);
        var bound = Math.Sqrt(blocks * 64.0) * ((step / 2.0) + 1);
        Assert.True(Math.Sqrt(squares) <= bound, $"{Math.Sqrt(squares)} > {bound}");
    }

    [Fact]
    public void A_folder_for_each_class_is_a_data_set()
    {
        Write("cat", "2.png", 1);
        Write("cat", "1.PNG", 2);
        Write("dog", "a.png", 3);
        Write("dog", "notes.txt", 4);
        var data = DataSource.Load(_folder.Path).Train;
        Assert.Equal(["cat", "dog"], data.ClassNames!);
        Assert.Equal([0, 0, 1], data.Labels);
        Assert.Equal([2, 1, 3], Enumerable.Range(0, 3).Select(i => data.Sample(i)[0]));
        Assert.Equal([0, 1], DataSource.Load(_folder.Path, new DataOptions { Limit = 2 }).Train.Labels);
        Assert.Equal([1, 1, 2], DataSource.LoadSamples(_folder.Path, new DataOptions { ClassNames = ["bird", "cat", "dog"] }).Labels);
        Refused(() => DataSource.LoadSamples(_folder.Path, new DataOptions { ClassNames = ["cat"] }), "dog", "the classes cat");
    }

    [Fact]
    public void Folders_for_training_and_for_testing_may_stand_above()
    {
        Write("train/no", "1.png", 1);
        Write("train/yes", "1.png", 2);
        Write("test/yes", "1.png", 3);
        var data = DataSource.Load(_folder.Path);
        Assert.Equal((2, 1), (data.Train.Count, data.Test!.Count));
        Assert.Equal([1], data.Test.Labels);
        Assert.Empty(data.Remarks);
        Write("val/no", "1.png", 4);
        Assert.Equal($"{_folder.File("val")}: left out, because {_folder.File("test")} judges", Assert.Single(DataSource.Load(_folder.Path).Remarks));
        Directory.Delete(_folder.File("test"), recursive: true);
        Assert.Equal([0], DataSource.Load(_folder.Path).Test!.Labels);
    }

    [Fact]
    public void Pictures_of_another_size_or_damaged_ones_are_named()
    {
        Write("a", "1.png", 1);
        Directory.CreateDirectory(_folder.File("b"));
        _folder.Write("b/2.png", PictureBytes.Png(_pixels, 4, 3));
        Refused(() => DataSource.Load(_folder.Path), "2.png: expected a picture of 3 x 4", "found 4 x 3");
        var png = PictureBytes.Png(_pixels, 3, 4);
        Refused(() => DataSource.LoadSamples(_folder.Write("cut.png", png[..50])), "cut.png", "damaged");
        png[16] = 0x7F;
        Refused(() => DataSource.LoadSamples(_folder.Write("huge.png", png)), "huge.png");
        _folder.Write("b/2.png", "GIF89a\0\0\0\0\0\0\0\0");
        Refused(() => DataSource.Load(_folder.Path), "2.png", "a GIF picture");
    }

    [Fact]
    public void Many_pictures_are_decoded_once_and_read_from_a_cache()
    {
        for (var i = 0; i < 40; i++)
        {
            Write($"set/{(i % 2 == 0 ? "even" : "odd")}", $"{i:00}.png", (byte)i);
        }

        var folder = _folder.File("set");
        var options = new DataOptions { MemoryLimit = 100, CacheFolder = _folder.File("cache") };
        var expected = DataSource.Load(folder).Train;
        void RequireSame(DataSet found)
        {
            Assert.Equal(expected.Values, found.Values);
            Assert.Equal(expected.Labels, found.Labels);
            Assert.Equal(expected.ClassNames!, found.ClassNames!);
            Assert.Equal((0L, 3, 4, 2), (found.Samples.ResidentBytes, found.Height, found.Width, found.Classes));
        }

        RequireSame(DataSource.Load(folder + "/", options).Train);
        Assert.StartsWith(folder + ".", Assert.Single(Directory.GetFiles(_folder.Path, "*.samples")), StringComparison.Ordinal);

        // Proof that the cache is read: a picture cannot be any more, and has its size and time.
        var picture = _folder.File("set/odd/07.png");
        var (time, bytes) = (File.GetLastWriteTimeUtc(picture), File.ReadAllBytes(picture));
        File.WriteAllBytes(picture, [.. bytes[..^20], .. new byte[20]]);
        File.SetLastWriteTimeUtc(picture, time);
        RequireSame(DataSource.Load(folder, options).Train);

        // The time changed and the content did not; then a picture did; then one has gone.
        File.WriteAllBytes(picture, bytes);
        File.SetLastWriteTimeUtc(picture, time.AddSeconds(5));
        RequireSame(DataSource.Load(folder, options).Train);
        Write("set/odd", "07.png", 99);
        Assert.Contains((byte)99, DataSource.Load(folder, options).Train.Values);
        File.Delete(picture);
        Assert.Equal(39, DataSource.Load(folder, options).Train.Count);
        Assert.Single(Directory.GetFiles(_folder.Path, "*.samples*"));

        // A part of them is not kept.
        Assert.Equal(20, DataSource.Load(folder, options with { Limit = 20 }).Train.Count);
        Assert.Single(Directory.GetFiles(_folder.Path, "*.samples*"));
    }

    private void Write(string folder, string name, byte first)
    {
        Directory.CreateDirectory(_folder.File(folder));
        byte[] pixels = [first, .. _pixels[1..]];
        _folder.Write(Path.Combine(folder, name), PictureBytes.Png(pixels, 3, 4));
    }

    private static void Refused(Action load, params string[] parts)
    {
        var error = Assert.Throws<TrainingException>(load);
        Assert.Equal(Failure.Data, error.Failure);
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }
}
