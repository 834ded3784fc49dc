using Gpu.Host.Runs;

namespace Gpu.Host.Tests;

/// <summary>Classes without a sample are named, with what may have left them out.</summary>
public sealed class ClassWarningTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Ten samples of each of the classes 0, 1 and 2, in that order.</summary>
    [Theory]
    [InlineData("", null)]
    [InlineData("--limit 15 ", "no training sample is of class 2, of 3 classes: the network cannot learn it; --limit 15 takes the first samples as they stand")]
    [InlineData("--validation last:15 ",
        "no training sample is of class 2, of 3 classes: the network cannot learn it; --validation last:15 takes the end of the data as it stands")]
    [InlineData("--validation last:5 ", "no validation sample is of classes 0 and 1, of 3 classes: nothing judges how they are answered; --validation last:5")]
    [InlineData("--validation 0.5 ", null)]
    public void Sorted_data_of_which_a_part_is_taken_lacks_classes(string part, string? expected)
    {
        TinyData.WriteCsv(_folder, "sorted.csv", change: lines => lines.Sort(1, lines.Count - 1, StringComparer.Ordinal));
        var said = TrainingRuns.Begin(_folder["run"], $"--data {_folder["sorted.csv"]} --hidden 2 --epochs 1 --device cpu {part}");
        var warnings = said.Split('\n').Where(line => line.StartsWith("warning: ", StringComparison.Ordinal)).ToList();
        if (expected is null)
        {
            Assert.DoesNotContain(warnings, warning => warning.Contains(" sample is of class", StringComparison.Ordinal));
        }
        else
        {
            Assert.Contains(warnings, warning => warning.Contains(expected, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_class_that_never_occurs_is_warned_of()
    {
        TinyData.WriteCsv(_folder, "odd.csv", change: lines =>
        {
            for (var i = 1; i < lines.Count; i++)
            {
                lines[i] = $"{(i % 3 * 2) + 1}{lines[i][1..]}";
            }
        });
        var said = TrainingRuns.Begin(_folder["run"], $"--data {_folder["odd.csv"]} --hidden 2 --epochs 1 --device cpu");
        Assert.Contains("warning: no training sample is of classes 0, 2 and 4, of 6 classes: the network cannot learn them\n", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { 3 }, "class 3")]
    [InlineData(new[] { 3, 4 }, "classes 3 and 4")]
    [InlineData(new[] { 0, 3, 5, 6, 7 }, "classes 0, 3 and 5 to 7")]
    [InlineData(new[] { 10, 11, 12 }, "classes 10 to 12")]
    [InlineData(new[] { 0, 2, 4, 6, 8, 10, 12, 14, 16, 18 }, "classes 0, 2, 4, 6, 8, 10, 12, 14 and others")]
    public void Classes_read_well(int[] classes, string expected) => Assert.Equal(expected, ClassWarnings.Name(classes));

    [Theory]
    [InlineData(new[] { 1 }, "class ant")]
    [InlineData(new[] { 0, 1, 2 }, "classes 0, ant and bee")]
    [InlineData(new[] { 1, 2, 3, 4, 5, 6, 7, 8, 9 }, "classes ant, bee, c, d, e, f, g, h and others")]
    public void Classes_with_names_go_by_them(int[] classes, string expected) =>
        Assert.Equal(expected, ClassWarnings.Name(classes, ["", "ant", "bee", "c", "d", "e", "f", "g", "h", "i"]));
}
