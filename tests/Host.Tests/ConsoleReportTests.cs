using Gpu.Host.Reports;
using Gpu.Host.Sets;
using Gpu.Training.Metrics;

namespace Gpu.Host.Tests;

public class ConsoleReportTests
{
    private static readonly EpochReport _epoch = new(
        20, new Evaluation(60_000, 59_912, 0.0123), new Evaluation(10_000, 9_790, 0.0712), new Evaluation(10_000, 9_781, 0.0698), 0.25, 1_240_000, 0.1f);

    [Theory]
    [InlineData(0.0123, "deviate by 1.23% from seed to seed")]
    [InlineData(0.00005, "deviate by 0.01% from seed to seed")]
    [InlineData(0.000049, "differ from seed to seed by less than the last digit shows")]
    [InlineData(0, "are the same with every seed")]
    public void Seeds_that_cannot_be_told_apart_are_not_said_to_deviate_by_nothing(double deviation, string expected) =>
        Assert.Equal($"the means over the folds {expected}", SetReport.Means(deviation, Format.Percent));

    [Fact]
    public void The_table_shows_loss_accuracy_and_matches()
    {
        var text = Report(false, true, _epoch with { Validation = null });
        Assert.Equal(
            """
            epoch    loss   train    test loss    test           matches  samples/s
               20  0.0123  99.85%       0.0698  97.81%   9,781 of 10,000  1,240,000
            test accuracy 97.81% (9,781 of 10,000), loss 0.0698
            20 epochs, 5.0 s of training
            model: runs/x/model.safetensors

            """,
            text.Replace("\r", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false, false, 79)]
    [InlineData(true, false, 79)]
    [InlineData(false, true, 79)]
    [InlineData(true, true, 79)]
    [InlineData(false, false, 39)]
    [InlineData(true, false, 39)]
    [InlineData(false, true, 39)]
    [InlineData(true, true, 39)]
    public void Every_table_fits_its_columns(bool validation, bool test, int width)
    {
        var whole = new Evaluation(10_000, 10_000, 12345.678);
        var text = Report(validation, test, _epoch with { Validation = validation ? whole : null, Test = test ? whole : null }, width);
        Assert.All(text.Split('\n').Where(line => line.Contains("epoch ", StringComparison.Ordinal) || line.Contains("%  ", StringComparison.Ordinal)), line => Assert.True(line.Length <= width, line));
    }

    [Theory]
    [InlineData(0, "stopped in the first epoch, 5.0 s of training")]
    [InlineData(1, "stopped after 1 epoch, 5.0 s of training")]
    public void A_run_that_was_stopped_says_how_far_it_came(int epochs, string expected)
    {
        using var output = new StringWriter { NewLine = "\n" };
        new ConsoleReport(output, new Messages(TextWriter.Null, Verbosity.Quiet, columns: null), 79).End(new RunEnd(epochs, Last: null, 5, "model", Stopped: true));
        Assert.Contains(expected + "\n", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipe_gets_no_animation()
    {
        using var error = new StringWriter();
        var report = new ConsoleReport(TextWriter.Null, new Messages(error, Verbosity.Normal, columns: null), 79);
        report.Start(new RunStart("cpu", 1, 2, 100, false, false));
        report.Progress(1, 50);
        report.Epoch(_epoch);
        Assert.Empty(error.ToString());
    }

    [Fact]
    public void A_terminal_gets_one_line_that_is_cleared_again()
    {
        using var error = new StringWriter();
        var report = new ConsoleReport(TextWriter.Null, new Messages(error, Verbosity.Normal, () => 80), 79);
        report.Start(new RunStart("cpu", 1, 2, 100, false, false));
        report.Progress(2, 50);
        Assert.Contains("epoch 2/2 [##################......]  75 %", error.ToString(), StringComparison.Ordinal);
        report.Epoch(_epoch);
        Assert.EndsWith(" \r", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("\n", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "0.0 s")]
    [InlineData(9.94, "9.9 s")]
    [InlineData(9.96, "10 s")]
    [InlineData(59.6, "1 min 00 s")]
    [InlineData(185, "3 min 05 s")]
    [InlineData(7800, "2 h 10 min")]
    public void Durations_read_well(double seconds, string expected) => Assert.Equal(expected, Format.Duration(seconds));

    [Theory]
    [InlineData(999, "999 bytes")]
    [InlineData(4_500, "4.5 kB")]
    [InlineData(407_080, "407 kB")]
    [InlineData(999_900, "1.0 MB")]
    [InlineData(25_276_510_208, "25 GB")]
    public void Sizes_read_well(long bytes, string expected) => Assert.Equal(expected, Format.Bytes(bytes));

    [Theory]
    [InlineData(1, "100.0%")]
    [InlineData(0.99996, "100.0%")]
    [InlineData(0.9781, "97.81%")]
    [InlineData(0, "0.00%")]
    public void Shares_read_well(double share, string expected) => Assert.Equal(expected, Format.Percent(share));

    private static string Report(bool validation, bool test, EpochReport epoch, int width = 79)
    {
        using var output = new StringWriter();
        var report = new ConsoleReport(output, new Messages(TextWriter.Null, Verbosity.Normal, columns: null), width);
        report.Start(new RunStart("cpu", 101_770, 20, 60_000, validation, test));
        report.Epoch(epoch);
        report.End(new RunEnd(20, epoch, 5, "runs/x/model.safetensors", false));
        return output.ToString();
    }
}
