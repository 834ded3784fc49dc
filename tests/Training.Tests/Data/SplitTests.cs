using Gpu.Training.Data;

namespace Gpu.Training.Tests.Data;

public class SplitTests
{
    /// <summary>Classes of unequal size in a fixed jumble.</summary>
    private static DataSet Samples(int count)
    {
        byte[] labels = [.. Enumerable.Range(0, count).Select(i => (byte)(i * i % 7 % 4))];
        return new DataSet("samples", new byte[count], labels, 1, 1, 4);
    }

    [Theory]
    [InlineData("0.15", 1000, 150)]
    [InlineData("0.333", 1000, 333)]
    [InlineData("0.25", 10, 3)]
    [InlineData("77", 1000, 77)]
    [InlineData("999", 1000, 999)]
    [InlineData("last:10", 1000, 10)]
    public void Every_sample_is_on_one_side_and_the_count_is_exact(string text, int count, int held)
    {
        var (train, validation) = Split.Parse(text).Divide(Samples(count), 42);
        Assert.Equal(held, validation.Length);
        Assert.Equal(Enumerable.Range(0, count), train.Concat(validation).Order());
        Assert.Equal(train.Order(), train);
        Assert.Equal(validation.Order(), validation);
    }

    [Theory]
    [InlineData("0.15")]
    [InlineData("137")]
    public void Each_class_gives_its_part_within_one_sample(string text)
    {
        var data = Samples(1000);
        var (_, validation) = Split.Parse(text).Divide(data, 1);
        for (byte label = 0; label < 4; label++)
        {
            var part = (double)validation.Length * data.Labels.Count(l => l == label) / data.Count;
            var found = validation.Count(i => data.Labels[i] == label);
            Assert.True(Math.Abs(found - part) < 1, $"class {label}: {found} of {part}");
        }
    }

    [Fact]
    public void The_seed_decides_and_nothing_else()
    {
        var first = Split.Parse("100").Divide(Samples(1000), 5).Validation;
        Assert.Equal(first, Split.Parse("0.1").Divide(Samples(1000), 5).Validation);
        Assert.NotEqual(first, Split.Parse("100").Divide(Samples(1000), 6).Validation);
        Assert.NotEqual(Enumerable.Range(900, 100), first);
    }

    [Fact]
    public void The_end_is_the_end_whatever_the_seed() =>
        Assert.Equal(Enumerable.Range(990, 10), Split.Parse("last:10").Divide(Samples(1000), 9).Validation);

    [Theory]
    [InlineData("10", 10)]
    [InlineData("11", 10)]
    [InlineData("0.01", 10)]
    [InlineData("0.96", 10)]
    [InlineData("last:10", 10)]
    public void A_split_that_leaves_one_side_empty_is_wrong_usage(string text, int count)
    {
        var error = Assert.Throws<TrainingException>(() => Split.Parse(text).Divide(Samples(count), 1));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains("--validation " + text, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.0")]
    [InlineData("1.5")]
    [InlineData("last:0")]
    [InlineData("last:0.5")]
    [InlineData("last:")]
    [InlineData("ten")]
    [InlineData("")]
    [InlineData("NaN")]
    [InlineData("99999999999")]
    [InlineData("fold:0/5")]
    [InlineData("fold:6/5")]
    [InlineData("fold:1/1")]
    [InlineData("fold:2/5:")]
    [InlineData("fold:2/5:-1")]
    [InlineData("fold:2/5:1:1")]
    [InlineData("fold:2")]
    public void Other_texts_are_wrong_usage(string text)
    {
        var error = Assert.Throws<TrainingException>(() => Split.Parse(text));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains($"'{text}'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.15")]
    [InlineData("10000")]
    [InlineData("last:8400")]
    [InlineData("fold:2/5")]
    [InlineData("fold:2/5:18446744073709551615")]
    public void The_text_comes_back(string text) => Assert.Equal(text, Split.Parse(text).ToString());

    [Fact]
    public void Folds_hold_every_sample_once_and_each_class_in_equal_parts()
    {
        var data = Samples(1003);
        int[][] folds = [.. Enumerable.Range(1, 5).Select(number => Split.Parse($"fold:{number}/5:7").Divide(data, 42).Validation)];
        Assert.Equal(Enumerable.Range(0, 1003), folds.SelectMany(fold => fold).Order());
        Assert.Equal([200, 201], folds.Select(fold => fold.Length).Distinct().Order());
        for (byte label = 0; label < 4; label++)
        {
            int[] counts = [.. folds.Select(fold => fold.Count(i => data.Labels[i] == label))];
            Assert.True(counts.Max() - counts.Min() <= 1, $"class {label}: {string.Join(' ', counts)}");
        }
    }

    [Fact]
    public void A_fold_is_drawn_by_its_own_seed_or_by_that_of_the_run()
    {
        int[] Held(string text, ulong seed) => Split.Parse(text).Divide(Samples(1000), seed).Validation;
        Assert.Equal(Held("fold:2/5:42", 1), Held("fold:2/5:42", 2));
        Assert.Equal(Held("fold:2/5:42", 1), Held("fold:2/5", 42));
        Assert.NotEqual(Held("fold:2/5", 1), Held("fold:2/5", 2));
        Assert.NotEqual(Held("fold:2/5", 1), Held("fold:3/5", 1));
        var error = Assert.Throws<TrainingException>(() => Split.Parse("fold:2/5").Divide(Samples(4), 1));
        Assert.Contains("at least one sample for each of 5 folds, found 4", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_validated_on_is_an_inner_part_of_what_a_fold_leaves()
    {
        var labels = Samples(1000).Labels;
        var (train, validation, test) = Split.Divide(labels, Split.Parse("0.15"), Split.Parse("fold:2/5:42"), 7);
        Assert.Equal((680, 120, 200), (train.Length, validation.Length, test.Length));
        Assert.Equal(Enumerable.Range(0, 1000), train.Concat(validation).Concat(test).Order());
        Assert.Equal(test, Split.Divide(labels, null, Split.Parse("fold:2/5:42"), 8).Test);
    }

    [Fact]
    public void Selected_samples_carry_their_labels()
    {
        var data = new DataSet("x", [1, 2, 3, 4, 5, 6], [0, 1, 2], 1, 2, 3);
        var chosen = data.Select([2, 0]);
        Assert.Equal([5, 6, 1, 2], chosen.Values);
        Assert.Equal([2, 0], chosen.Labels);
        Assert.Equal((2, 3, 1, 2), (chosen.Count, chosen.Classes, chosen.Height, chosen.Width));
        Assert.Empty(new DataSet("x", [1, 2], [], 1, 1, 0).Select([1]).Labels);
    }
}
