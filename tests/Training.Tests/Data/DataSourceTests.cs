using Gpu.Training.Data;

namespace Gpu.Training.Tests.Data;

public sealed class DataSourceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_gives_both_parts()
    {
        Idx.WriteFolder(_folder);
        var data = DataSource.Load(_folder.Path);
        Assert.Equal((6, 3), (data.Train.Count, data.Test!.Count));
        Assert.EndsWith(": 6 training and 3 test images of 2 x 3, 3 classes", data.Description, StringComparison.Ordinal);
        Assert.Null(data.Notice);
    }

    [Fact]
    public void A_folder_of_training_files_has_no_test_part()
    {
        Idx.WriteFolder(_folder, test: false);
        Assert.Null(DataSource.Load(_folder.Path).Test);
    }

    [Fact]
    public void A_limit_takes_the_first_training_samples_and_leaves_the_rest_as_it_is()
    {
        Idx.WriteFolder(_folder);
        var data = DataSource.Load(_folder.Path, new DataOptions { Limit = 2 });
        Assert.Equal((2, 3, 3), (data.Train.Count, data.Train.Classes, data.Test!.Count));
        Assert.Equal([0, 1], data.Train.Labels);
        Assert.Equal(Enumerable.Range(0, 12).Select(i => (byte)i), data.Train.Values);
        Assert.Equal(6, DataSource.Load(_folder.Path, new DataOptions { Limit = 99 }).Train.Count);
        var error = Assert.Throws<TrainingException>(() => DataSource.Load(_folder.Path, new DataOptions { Limit = 0 }));
        Assert.Equal(Failure.Usage, error.Failure);
    }

    [Fact]
    public void Test_data_may_come_from_elsewhere()
    {
        Idx.WriteFolder(_folder);
        using var other = new TempFolder();
        other.Write("my-images", Idx.Images(2, 3, 2));
        other.Write("my-labels", Idx.Labels(1, 1));
        var data = DataSource.Load(_folder.Path, new DataOptions { TestSpec = other.File("my-images") });
        Assert.Equal((2, 3), (data.Test!.Count, data.Test.Classes));

        other.Write("my-labels", Idx.Labels(1, 3));
        Fails(() => DataSource.Load(_folder.Path, new DataOptions { TestSpec = other.File("my-images") }), "found 3 at sample 2");
        File.Delete(other.File("my-labels"));
        Fails(() => DataSource.Load(_folder.Path, new DataOptions { TestSpec = other.File("my-images") }), "expected labelled samples");
    }

    [Fact]
    public void Training_needs_labels_and_a_training_part()
    {
        var images = _folder.Write("images", Idx.Images(2, 3, 2));
        Fails(() => DataSource.Load(images), "expected labelled samples");
        Assert.False(DataSource.LoadSamples(images).IsLabelled);
        _folder.Write("t10k-images-idx3-ubyte", Idx.Images(2, 3, 2));
        _folder.Write("t10k-labels-idx1-ubyte", Idx.Labels(0, 1));
        Fails(() => DataSource.Load(_folder.Path), "test samples alone");
        Assert.True(DataSource.LoadSamples(_folder.Path).IsLabelled);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(5, false)]
    public void A_label_far_from_the_others_is_refused_where_few_samples_have_it(int samples, bool isRefused)
    {
        byte[] labels = [.. Enumerable.Range(0, 500).Select(i => (byte)(i % 10))];
        labels.AsSpan(123, samples).Fill(200);
        var images = _folder.Write("my-images", Idx.Images(500, 1, 2));
        _folder.Write("my-labels", Idx.Labels(labels));
        Assert.Equal(201, DataSource.LoadSamples(images).Classes);
        if (isRefused)
        {
            Fails(() => DataSource.Load(images), "found 200 at sample 124, while the next smaller label is 9");
        }
        else
        {
            Assert.Equal([.. Enumerable.Range(10, 190)], LabelRange.Missing(DataSource.Load(images).Train, 201));
        }
    }

    [Fact]
    public void Samples_of_some_of_the_classes_can_be_evaluated_and_learned_from()
    {
        var images = _folder.Write("my-images", Idx.Images(20, 1, 2));
        _folder.Write("my-labels", Idx.Labels([.. Enumerable.Repeat((byte)7, 20)]));
        Assert.Equal(8, DataSource.LoadSamples(images).Classes);
        var train = DataSource.Load(images).Train;
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], LabelRange.Missing(train, train.Classes));
    }

    [Fact]
    public void Samples_to_evaluate_are_the_test_part_where_there_is_one()
    {
        Idx.WriteFolder(_folder);
        Assert.Equal(3, DataSource.LoadSamples(_folder.Path).Count);
        File.Delete(_folder.File("t10k-images-idx3-ubyte.gz"));
        File.Delete(_folder.File("t10k-labels-idx1-ubyte.gz"));
        Assert.Equal(6, DataSource.LoadSamples(_folder.Path).Count);
    }

    [Fact]
    public void A_table_has_no_test_part_unless_one_is_named()
    {
        var train = _folder.Write("train.csv", "label,a,b\n0,1,2\n1,3,4\n");
        var data = DataSource.Load(train);
        Assert.Null(data.Test);
        Assert.EndsWith("train.csv: 2 training samples of 2 values, 2 classes", data.Description, StringComparison.Ordinal);
        var test = _folder.Write("test.CSV", "a,b,label\n5,6,1\n");
        Assert.Equal([5, 6], DataSource.Load(train, new DataOptions { TestSpec = test }).Test!.Values);
        Fails(() => DataSource.Load(_folder.File("absent.csv")), "absent.csv", "no such file");
        Fails(() => DataSource.Load(_folder.Write("nolabel.csv", "a,b\n1,2\n")), "expected labelled samples");
    }

    [Fact]
    public void Digits_need_no_files()
    {
        var data = DataSource.Load("digits", new DataOptions { Limit = 100 });
        Assert.Equal((100, 10_000), (data.Train.Count, data.Test!.Count));
        Assert.Equal("digits: 100 training and 10,000 test images of 28 x 28, 10 classes", data.Description);
    }

    [Fact]
    public void Without_a_spec_digits_stand_in_where_mnist_cannot_be_had()
    {
        using var wrong = new LoopbackServer((_, _) => null);
        var data = DataSource.Load(null, Options(wrong) with { Limit = 10 });
        Assert.StartsWith("digits: 10 training", data.Description, StringComparison.Ordinal);
        Assert.Contains("built-in synthetic digits", data.Notice, StringComparison.Ordinal);
        Assert.Contains("--data mnist says why", data.Notice, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("mnist")));
        Fails(() => DataSource.Load("mnist", Options(wrong)), "mnist: expected train-labels-idx1-ubyte.gz from one of 1 mirrors");
        Fails(() => DataSource.Load("mnist", Options(wrong)), "404 Not Found");
        Fails(() => DataSource.Load("fashion-mnist", Options(wrong)), "fashion-mnist: expected train-labels-idx1-ubyte.gz");
    }

    [Fact]
    public void Without_a_spec_mnist_is_downloaded_once()
    {
        var files = TestData.Mnist;
        using (var server = new LoopbackServer((name, _) => new Reply(File.ReadAllBytes(Path.Combine(files, name)))))
        {
            var data = DataSource.Load(null, Options(server) with { Limit = 10 });
            Assert.Equal("mnist: 10 training and 10,000 test images of 28 x 28, 10 classes", data.Description);
            Assert.Contains("downloaded to " + _folder.File("mnist"), data.Notice, StringComparison.Ordinal);
            Assert.Equal(4, server.Requests.Count);
        }

        using var none = new LoopbackServer((_, _) => null);
        Assert.Contains("from " + _folder.File("mnist"), DataSource.Load(null, Options(none)).Notice, StringComparison.Ordinal);
        Assert.Equal(60_000, DataSource.Load("mnist", Options(none)).Train.Count);
        Assert.Empty(none.Requests);
    }

    [Fact]
    public void Files_put_there_by_hand_under_any_known_name_need_no_download()
    {
        Directory.CreateDirectory(_folder.File("mnist"));
        foreach (var (part, count) in new[] { ("train", 4), ("t10k", 2) })
        {
            _folder.Write($"mnist/{part}-images.idx3-ubyte", Idx.Images(count, 2, 2));
            _folder.Write($"mnist/{part}-labels.idx1-ubyte", Idx.Labels([.. Enumerable.Range(0, count).Select(i => (byte)(i % 2))]));
        }

        using var none = new LoopbackServer((_, _) => null);
        Assert.Equal(4, DataSource.Load("mnist", Options(none)).Train.Count);
        Assert.Empty(none.Requests);
    }

    private DataOptions Options(LoopbackServer server) => new()
    {
        DataFolder = _folder.Path,
        Download = new DownloadOptions { Mirrors = [server.Address], FirstByteTimeout = TimeSpan.FromMinutes(1) },
    };

    [Fact]
    public void A_name_that_is_nothing_lists_what_is_possible() =>
        Fails(() => DataSource.Load(_folder.File("absent")), "absent", "mnist, fashion-mnist, digits, a folder", "check the path");

    private static void Fails(Action load, params string[] parts)
    {
        var error = Assert.Throws<TrainingException>(load);
        Assert.Equal(Failure.Data, error.Failure);
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }
}
