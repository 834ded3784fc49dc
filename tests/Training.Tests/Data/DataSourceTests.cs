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
    public void Digits_need_no_files()
    {
        var data = DataSource.Load("digits", new DataOptions { Limit = 100 });
        Assert.Equal((100, 10_000), (data.Train.Count, data.Test!.Count));
        Assert.Equal("digits: 100 training and 10,000 test images of 28 x 28, 10 classes", data.Description);
    }

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
