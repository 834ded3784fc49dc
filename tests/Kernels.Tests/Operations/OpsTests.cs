namespace Gpu.Kernels.Tests.Operations;

/// <summary>Tests that run on every accelerator of <see cref="Devices"/> and compare with values known beforehand.</summary>
public abstract class OpsTests(Devices devices) : IClassFixture<Devices>
{
    private protected void Everywhere(Action<OpsScope> test)
    {
        foreach (var (_, accelerator) in devices.All)
        {
            using var scope = new OpsScope(accelerator);
            test(scope);
        }
    }

    /// <summary>The sentence of the exception that a launcher throws for wrong shapes, which no kernel has seen.</summary>
    private protected string Refusal(Action<OpsScope> prepare)
    {
        using var scope = new OpsScope(devices.Simulator);
        return Assert.ThrowsAny<ArgumentException>(() => prepare(scope)).Message;
    }

    /// <summary>Equality within some units in the last place of the expected value.</summary>
    private protected static void Near(double expected, float found, double ulps = 4) =>
        Assert.True(Math.Abs(found - expected) <= ulps * Math.Abs(expected) / (1 << 24), $"{found:G9} is not {expected:G12} within {ulps} ulp");
}
