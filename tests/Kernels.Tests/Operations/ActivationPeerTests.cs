using System.Text.Json;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests.Operations;

/// <summary>
/// Every activation and its derivative against those of PyTorch 1.13, which <c>tests/Benchmarks/torch_activations.py</c> wrote into
/// <c>torch-activations.json</c>.
/// </summary>
public class ActivationPeerTests(Devices devices) : OpsTests(devices)
{
    public static TheoryData<Activation> All => [.. Activations.All];

    [Theory]
    [MemberData(nameof(All))]
    public void Outputs_and_derivatives_are_those_of_the_peer(Activation activation)
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Operations", "torch-activations.json")));
        var row = file.RootElement.EnumerateArray().Single(r => r.GetProperty("activation").GetString() == Activations.NameOf(activation));
        float[] Numbers(string key) => [.. row.GetProperty(key).EnumerateArray().Select(value => value.GetSingle())];
        var sums = Numbers("sums");
        Everywhere(scope =>
        {
            var (a, y, da) = (scope.Of(sums), scope.Floats(sums.Length), scope.Floats(sums.Length));
            Activations.PrepareForward(scope.Accelerator, activation, a, y).Run();
            var ones = scope.Of([.. Enumerable.Repeat(1f, sums.Length)]);
            Activations.PrepareBackward(scope.Accelerator, activation, Activations.KeepsSum(activation) ? a : y, ones, da).Run();
            AssertNear("outputs", y.ToArray());
            AssertNear("derivatives", da.ToArray());
        });

        // A dozen roundings of numbers that are not much above 1 or the value itself.
        void AssertNear(string key, float[] found)
        {
            foreach (var (value, expected) in found.Zip(Numbers(key)))
            {
                var allowed = 12 * MathF.ScaleB(1, -24) * (1 + Math.Abs(expected));
                Assert.True(Math.Abs(value - expected) <= allowed, $"{key} of {activation}: {value:G9} instead of {expected:G9} +- {allowed}");
            }
        }
    }
}
