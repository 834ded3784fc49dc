using System.Text.Json;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests.Operations;

/// <summary>
/// Ten steps of every optimizer against those that PyTorch 1.13 took, which <c>tests/Benchmarks/torch_optimizers.py</c> wrote into
/// <c>torch-optimizers.json</c>.
/// </summary>
public class OptimizerPeerTests(Devices devices) : OpsTests(devices)
{
    private const int Weights = 4;
    private static readonly float[] _start = [0.5f, -1, 2, -0.25f, 3, 0.125f];

    public static TheoryData<string> Names => [.. Optimizers.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Ten_steps_are_those_of_the_peer(string name)
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Operations", "torch-optimizers.json")));
        var rows = file.RootElement.EnumerateArray().Where(row => Choice(row).Optimizer.Name == name).ToList();
        Assert.NotEmpty(rows);
        Everywhere(scope => Assert.All(rows, row => TakeSteps(scope, row)));
    }

    private static void TakeSteps(OpsScope scope, JsonElement row)
    {
        float Number(string key) => row.GetProperty(key).GetSingle();
        var settings = new UpdateSettings(Choice(row), Number("momentum"), Number("l2"), Number("decay"));
        var (w, gradients, cursor) = (scope.Of(_start), scope.Floats(_start.Length), scope.Cursor());
        var launch = ParameterUpdate.Prepare(scope.Accelerator, settings, new UpdateMemory
        {
            Gradients = gradients,
            Slots = [.. settings.Slots.Select(_ => scope.Floats(_start.Length).View)],
            Rates = scope.Of(Number("rate")),
            Cursor = cursor,
            Decayed = Weights,
            Parameters = w,
        });
        var step = 0;
        foreach (var expected in row.GetProperty("steps").EnumerateArray().Select(step => step.EnumerateArray().Select(value => value.GetSingle()).ToArray()))
        {
            gradients.CopyFrom([.. Enumerable.Range(0, _start.Length).Select(i => ((((i * 37) + (step * 53)) % 64) - 31) / 16f)]);
            cursor.CopyFrom([step], StepCursor.Updates);
            launch.Run();
            step++;

            // Each step has a dozen roundings of numbers that are not much above 1 or the parameter itself.
            foreach (var (found, value) in w.ToArray().Zip(expected))
            {
                var allowed = 12 * step * MathF.ScaleB(1, -24) * (1 + Math.Abs(value));
                Assert.True(Math.Abs(found - value) <= allowed, $"{settings.Optimizer}, step {step}: {found} instead of {value} +- {allowed}");
            }
        }

        Assert.Equal(10, step);
    }

    private static OptimizerChoice Choice(JsonElement row) => OptimizerChoice.Parse(row.GetProperty("optimizer").GetString()!)!;
}
