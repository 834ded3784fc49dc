using System.Text;
using Gpu.Host.Reports;
using Gpu.Training.Metrics;

namespace Gpu.Host.Tests;

public class JsonEventsTests
{
    private static readonly EpochReport _epoch = new(
        1, new Evaluation(1000, 900, 0.5), new Evaluation(100, 95, 0.25), new Evaluation(100, 96, 0.125), 0.5, 2000, 0.1f);

    [Fact]
    public void The_start_says_where_and_how_large() => Assert.Equal(
        """{"event":"start","device":"cpu","parameters":101770}""",
        Line(json => json.Start(new RunStart("cpu", 101770, 20, 60000, false, true))));

    [Fact]
    public void An_epoch_has_every_key_in_its_order() => Assert.Equal(
        """{"event":"epoch","epoch":1,"train_loss":0.5,"train_accuracy":0.9,"validation_loss":0.25,"validation_accuracy":0.95,"validation_correct":95,"test_loss":0.125,"test_accuracy":0.96,"test_correct":96,"train_seconds":0.5,"samples_per_second":2000,"learning_rate":0.1}""",
        Line(json => json.Epoch(_epoch)));

    [Fact]
    public void Keys_without_data_are_left_out() => Assert.Equal(
        """{"event":"epoch","epoch":1,"train_loss":0.5,"train_accuracy":0.9,"train_seconds":0.5,"samples_per_second":2000,"learning_rate":0.1}""",
        Line(json => json.Epoch(_epoch with { Validation = null, Test = null })));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void What_is_no_number_is_null(double loss) => Assert.StartsWith(
        """{"event":"epoch","epoch":1,"train_loss":null,"train_accuracy":0.9,""",
        Line(json => json.Epoch(_epoch with { Train = new Evaluation(1000, 900, loss) })),
        StringComparison.Ordinal);

    [Theory]
    [InlineData(false, "finished")]
    [InlineData(true, "stopped")]
    public void The_end_names_the_model(bool stopped, string name) => Assert.Equal(
        $$"""{"event":"{{name}}","epochs":20,"test_accuracy":0.96,"test_loss":0.125,"train_seconds":10.5,"model":"runs/é 1/model.safetensors"}""",
        Line(json => json.End(new RunEnd(20, _epoch, 10.5, "runs/é 1/model.safetensors", stopped))));

    [Fact]
    public void Without_test_data_the_end_has_no_test_keys() => Assert.Equal(
        """{"event":"finished","epochs":1,"train_seconds":0.5,"model":"m"}""",
        Line(json => json.End(new RunEnd(1, _epoch with { Test = null }, 0.5, "m", false))));

    private static string Line(Action<JsonEvents> write)
    {
        using var stream = new MemoryStream();
        write(new JsonEvents(stream));
        var text = Encoding.UTF8.GetString(stream.ToArray());
        Assert.EndsWith("}\n", text, StringComparison.Ordinal);
        return text.TrimEnd('\n');
    }
}
