using Gpu.Host.Reports;

namespace Gpu.Host.Tests;

/// <summary>The line that shows how far a task is, on terminals of any width.</summary>
public class ProgressLineTests
{
    [Theory]
    [InlineData(79, "epoch 3/20 [######..................]  25 %  1,000 samples/s  3.0 s left")]
    [InlineData(60, "epoch 3/20 [######..................]  25 %  3.0 s left")]
    [InlineData(39, "epoch 3/20 [##......]  25 %  3.0 s left")]
    [InlineData(30, "epoch 3/20  25 %  3.0 s left")]
    [InlineData(20, "epoch 3/20  25 %")]
    [InlineData(8, "epoch 3/")]
    [InlineData(1, "e")]
    public void What_matters_most_stays_where_there_is_little_room(int width, string expected) => Assert.Equal(expected, Line(width));

    [Fact]
    public void No_line_is_wider_than_the_terminal() =>
        Assert.All(Enumerable.Range(1, 200), width => Assert.InRange(Line(width).Length, 1, width));

    [Fact]
    public void The_line_follows_the_width_of_the_terminal_and_clears_no_more_than_that()
    {
        using var error = new StringWriter();
        var columns = 80;
        var messages = new Messages(error, Verbosity.Normal, () => columns);
        new ProgressLine(messages, "samples").Show("epoch 1/2", 25, 100);
        Assert.InRange(Shown(error), 41, 79);
        columns = 40;
        new ProgressLine(messages, "samples").Show("epoch 1/2", 25, 100);
        Assert.InRange(Shown(error), 1, 39);
        columns = 20;
        messages.Clear();
        Assert.Equal(19, Shown(error));
        columns = 0;
        new ProgressLine(messages, "samples").Show("epoch 1/2", 25, 100);
        Assert.InRange(Shown(error), 41, 79);
    }

    private static int Shown(StringWriter error)
    {
        var longest = error.ToString().Split('\r').Max(line => line.Length);
        error.GetStringBuilder().Clear();
        return longest;
    }

    private static string Line(int width) => ProgressLine.Line("epoch 3/20", 1000, 4000, 1000, 1, "samples", width);
}
