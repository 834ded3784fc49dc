using Gpu.Training.Data;

namespace Gpu.Training.Tests.Data;

public sealed class ImageFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("-idx{0}-ubyte", false)]
    [InlineData(".idx{0}-ubyte", false)]
    [InlineData("-idx{0}-ubyte.gz", true)]
    [InlineData(".idx{0}-ubyte.gz", true)]
    public void Both_name_styles_are_found(string ending, bool gzip)
    {
        void Write(string stem, int rank, byte[] content) =>
            _folder.Write(stem + string.Format(null, ending, rank), gzip ? TempFolder.Gzip(content) : content);
        Write("train-images", 3, Idx.Images(4, 2, 3));
        Write("train-labels", 1, Idx.Labels(0, 2, 1, 0));
        Write("t10k-images", 3, Idx.Images(2, 2, 3));
        Write("t10k-labels", 1, Idx.Labels(1, 0));

        var (train, test) = ImageFolder.Load(_folder.Path);
        Assert.Equal((4, 6, 2, 3, 3), (train!.Count, train.Features, train.Height, train.Width, train.Classes));
        Assert.Equal([0, 2, 1, 0], train.Labels);
        Assert.Equal([6, 7, 8, 9, 10, 11], train.Sample(1).ToArray());
        Assert.Equal((2, 3), (test!.Count, test.Classes));
    }

    [Fact]
    public void A_part_may_be_absent()
    {
        Idx.WriteFolder(_folder, test: false);
        Assert.Null(ImageFolder.Load(_folder.Path).Test);
        foreach (var name in new[] { "images-idx3-ubyte", "labels-idx1-ubyte" })
        {
            File.Move(_folder.File("train-" + name), _folder.File("t10k-" + name));
        }

        var (train, test) = ImageFolder.Load(_folder.Path);
        Assert.Null(train);
        Assert.Equal(6, test!.Count);
    }

    [Fact]
    public void A_folder_without_known_files_says_what_it_holds()
    {
        Fails("no files");
        _folder.Write("notes.txt", "x");
        Fails("train-images-idx3-ubyte", "found notes.txt");
        var error = Assert.Throws<TrainingException>(() => ImageFolder.Load(_folder.File("absent")));
        Assert.Contains("no such folder", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train-images-idx3-ubyte", "train-images-idx3-ubyte (or .gz) beside the train labels")]
    [InlineData("train-labels-idx1-ubyte", "train-labels-idx1-ubyte (or .gz) beside the train images")]
    [InlineData("t10k-labels-idx1-ubyte.gz", "t10k-labels-idx1-ubyte (or .gz) beside the t10k images")]
    public void Half_a_part_is_refused(string missing, string named)
    {
        Idx.WriteFolder(_folder);
        File.Delete(_folder.File(missing));
        Fails(named);
    }

    [Fact]
    public void Counts_that_differ_are_refused()
    {
        Idx.WriteFolder(_folder);
        _folder.Write("train-labels-idx1-ubyte", Idx.Labels(0, 1, 2, 0, 1));
        Fails("train-labels-idx1-ubyte", "expected 6 labels", "train-images-idx3-ubyte", "found 5");
    }

    [Fact]
    public void Test_labels_that_training_does_not_know_are_refused()
    {
        Idx.WriteFolder(_folder);
        File.Delete(_folder.File("t10k-labels-idx1-ubyte.gz"));
        _folder.Write("t10k-labels-idx1-ubyte", Idx.Labels(2, 7, 0));
        Fails("expected labels from 0 to 2", "found 7 at sample 2");
    }

    [Fact]
    public void Test_images_of_another_size_are_refused()
    {
        Idx.WriteFolder(_folder);
        _folder.WriteGzip("t10k-images-idx3-ubyte.gz", Idx.Images(3, 3, 3));
        Fails("expected samples of 6 values", "found 9");
    }

    [Theory]
    [InlineData("a-images-idx3-ubyte", "a-labels-idx1-ubyte")]
    [InlineData("a-images.idx3-ubyte.gz", "a-labels.idx1-ubyte")]
    [InlineData("images", "labels.gz")]
    public void A_single_file_finds_its_labels_by_name(string images, string labels)
    {
        _folder.Write(images, Idx.Images(3, 2, 2));
        Assert.False(ImageFolder.LoadFile(_folder.File(images)).IsLabelled);
        _folder.Write(labels, Idx.Labels(1, 0, 1));
        var data = ImageFolder.LoadFile(_folder.File(images));
        Assert.Equal([1, 0, 1], data.Labels);
        Assert.Equal(2, data.Classes);
    }

    [Fact]
    public void A_test_part_may_be_called_test()
    {
        Idx.WriteFolder(_folder, test: false);
        _folder.Write("test-images-idx3-ubyte", Idx.Images(2, 2, 3));
        _folder.Write("test-labels-idx1-ubyte", Idx.Labels(1, 2));
        Assert.Equal([1, 2], ImageFolder.Load(_folder.Path).Test!.Labels);
    }

    [Fact]
    public void Images_alone_can_be_predicted()
    {
        _folder.Write("t10k-images-idx3-ubyte", Idx.Images(2, 2, 3));
        Assert.Equal((2, false), DataSource.LoadSamples(_folder.Path) is { } data ? (data.Count, data.IsLabelled) : default);
        Fails("t10k-labels-idx1-ubyte");
    }

    [Fact]
    public void Labels_of_QMNIST_are_the_first_of_eight_integers()
    {
        var images = _folder.Write("qmnist-train-images-idx3-ubyte", Idx.Images(2, 2, 3));
        byte[] rows = [0, 0, 0, 1, .. new byte[28], 0, 0, 0, 0, .. Enumerable.Repeat((byte)0xFF, 28)];
        _folder.Write("qmnist-train-labels-idx2-int", IdxBytes.Build(rows, [2, 8], type: 0x0C));
        Assert.Equal([1, 0], ImageFolder.Load(_folder.Path).Train!.Labels);
        Assert.Equal([1, 0], ImageFolder.LoadFile(images).Labels);
        rows[32] = 0xFF;
        _folder.Write("qmnist-train-labels-idx2-int", IdxBytes.Build(rows, [2, 8], type: 0x0C));
        Fails("expected labels from 0 to 255, found -16777216 at sample 2");
    }

    [Fact]
    public void One_of_several_data_sets_is_chosen_by_name()
    {
        foreach (var (set, count) in new[] { ("emnist-letters", 2), ("emnist-digits", 3) })
        {
            _folder.Write($"{set}-train-images-idx3-ubyte", Idx.Images(count, 2, 3));
            _folder.Write($"{set}-train-labels-idx1-ubyte", Idx.Labels([.. Enumerable.Repeat((byte)1, count)]));
        }

        Fails("expected one data set, found 2: emnist-digits, emnist-letters", "--split digits");
        Assert.Equal(2, ImageFolder.Load(_folder.Path, new DataOptions { Split = "letters" }).Train!.Count);
        Assert.Equal(3, ImageFolder.Load(_folder.Path, new DataOptions { Split = "emnist-digits" }).Train!.Count);
        var error = Assert.Throws<TrainingException>(() => ImageFolder.Load(_folder.Path, new DataOptions { Split = "mnist" }));
        Assert.Contains("--split mnist", error.Message, StringComparison.Ordinal);
        _folder.Write("train-images-idx3-ubyte", Idx.Images(5, 2, 3));
        _folder.Write("train-labels-idx1-ubyte", Idx.Labels(0, 1, 0, 1, 0));
        Assert.Equal(5, ImageFolder.Load(_folder.Path).Train!.Count);
    }

    [Fact]
    public void A_square_number_of_values_is_an_image()
    {
        _folder.Write("x", IdxBytes.Build(new byte[32], [2, 16]));
        var data = ImageFolder.LoadFile(_folder.File("x"));
        Assert.Equal((4, 4), (data.Height, data.Width));
        _folder.Write("y", IdxBytes.Build(new byte[30], [2, 15]));
        data = ImageFolder.LoadFile(_folder.File("y"));
        Assert.Equal((1, 15), (data.Height, data.Width));
    }

    [Fact]
    public void The_MNIST_database_has_its_known_counts()
    {
        var (train, test) = ImageFolder.Load(TestData.Mnist);
        Assert.Equal((60000, 784, 28, 10), (train!.Count, train.Features, train.Height, train.Classes));
        Assert.Equal(10000, test!.Count);
        Assert.Equal([5, 0, 4, 1, 9], train.Labels[..5]);
        Assert.Equal(980, test.Labels.Count(label => label == 0));
    }

    private void Fails(params string[] parts)
    {
        var error = Assert.Throws<TrainingException>(() => ImageFolder.Load(_folder.Path));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }
}
