using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;

namespace Gpu.Kernels.Tests.Compilation;

/// <summary>The relations of every kernel; each is compiled once.</summary>
public sealed class KernelRelations
{
    private readonly Lazy<Dictionary<string, IReadOnlyList<string>>> _all = new(() => UnorderedRelations.Of(KernelListing.Kernels));

    public IReadOnlyList<string> this[string kernel] => _all.Value[kernel];
}

/// <summary>What <see cref="UnorderedRelations"/> are for, and how a kernel does without: CONTRIBUTING.md.</summary>
public class UnorderedRelationTests(KernelRelations relations) : IClassFixture<KernelRelations>
{
    public static TheoryData<string> Kernels => [.. KernelListing.Kernels.Select(k => k.Kernel.Name).Distinct()];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void No_relation_of_floats_is_to_be_true_for_NaN(string kernel) => Assert.Empty(relations[kernel]);

    [Fact]
    public void Those_that_are_to_be_true_for_NaN_are_found()
    {
        KernelMethod[] kernels =
        [
            KernelMethod.Of(Relations.NegatedKernel), KernelMethod.Of(Relations.BranchKernel), KernelMethod.Of(Relations.ConstantKernel),
            KernelMethod.Of(Relations.ChoiceKernel),
        ];
        var found = UnorderedRelations.Of(kernels.Select(kernel => (kernel, 0)));
        Assert.Equal([1, 1, 1, 0], kernels.Select(kernel => found[kernel.Name].Count));
    }
}
