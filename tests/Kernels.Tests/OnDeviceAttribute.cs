using Xunit.v3;

namespace Gpu.Kernels.Tests;

/// <summary>
/// Marks a test, a class or a collection that takes a device of a kind, so that they can be run alone, or left out. Compiled into every test
/// project.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal abstract class OnDeviceAttribute(string kind) : Attribute, ITraitAttribute
{
    private const string Trait = "device";

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new(Trait, kind)];

    /// <summary>Whether the test that runs now is marked; in the constructor of a fixture none runs.</summary>
    internal static bool MarksThisTest(string kind) =>
        TestContext.Current.Test is not { } test || (test.Traits.TryGetValue(Trait, out var kinds) && kinds.Contains(kind));
}

/// <summary>Takes an OpenCL device: the second stage of <c>.ci/run</c> runs these alone, where there is one, and the first leaves them out.</summary>
internal sealed class OnOpenClAttribute() : OnDeviceAttribute("opencl");

/// <summary>Takes an NVIDIA device: <c>tests/gpu-machine/run cuda</c> runs these.</summary>
internal sealed class OnCudaAttribute() : OnDeviceAttribute("cuda");
