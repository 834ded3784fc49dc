using Xunit.v3;

namespace Gpu.Kernels.Tests;

/// <summary>
/// Marks a test, a class or a collection that takes an OpenCL device: the second stage of <c>.ci/run</c> runs these alone, where there is one,
/// and the first leaves them out. Compiled into every test project.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class OnOpenClAttribute : Attribute, ITraitAttribute
{
    internal const string Kind = "opencl";
    private const string Trait = "device";

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new(Trait, Kind)];

    /// <summary>Whether the test that runs now is marked; in the constructor of a fixture none runs.</summary>
    internal static bool MarksThisTest() =>
        TestContext.Current.Test is not { } test || (test.Traits.TryGetValue(Trait, out var kinds) && kinds.Contains(Kind));
}
