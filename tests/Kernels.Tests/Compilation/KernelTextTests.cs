using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices.Ilgpu;

namespace Gpu.Kernels.Tests.Compilation;

/// <summary>Every kernel, compiled by ILGPU without a device.</summary>
public sealed class CompiledKernels
{
    private readonly Lazy<Dictionary<string, ListedKernel>> _all = new(() => KernelListing.Compile().ToDictionary(k => k.Name));

    public ListedKernel this[string name] => _all.Value[name];
}

/// <summary>What the texts of kernels must have, and must not.</summary>
public class KernelTextTests(CompiledKernels compiled) : IClassFixture<CompiledKernels>
{
    public static TheoryData<string> Kernels => [.. KernelListing.Names];

    public static TheoryData<string> OtherKernels =>
        [.. KernelListing.Names.Except(ProductKernels.All.Values.Select(product => product.ListedName)).Where(name => !name.Contains("MatMul.", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Ptx_is_exact_arithmetic(string name)
    {
        var text = compiled[name].Ptx;
        Assert.Contains(".visible .entry", text, StringComparison.Ordinal);
        Assert.DoesNotContain(".approx", text, StringComparison.Ordinal);
        Assert.DoesNotContain(".ftz", text, StringComparison.Ordinal);
        Assert.DoesNotContain("copysign", text, StringComparison.Ordinal);
        Assert.DoesNotContain("atom.global.add.f32", text, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\b(add|sub|mul)\.f32", text);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void OpenCl_is_exact_arithmetic_with_fences_for_local_memory(string name)
    {
        var text = compiled[name].OpenCl;
        Assert.StartsWith("#pragma OPENCL FP_CONTRACT OFF\n", text, StringComparison.Ordinal);
        Assert.Contains("kernel void", text, StringComparison.Ordinal);
        Assert.DoesNotContain("copysign", text, StringComparison.Ordinal);
        Assert.DoesNotContain("native_", text, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"CLK_GLOBAL_MEM_FENCE(?! \| CLK_LOCAL_MEM_FENCE)", text);
    }

    /// <summary>Products are held to more than this, in a test of their own.</summary>
    [Theory]
    [MemberData(nameof(OtherKernels))]
    public void What_is_no_product_keeps_its_sums_in_registers_and_counts_in_32_bits(string name)
    {
        Assert.DoesNotContain(".local", compiled[name].Ptx, StringComparison.Ordinal);
        Assert.DoesNotMatch(WideIndices.Pattern, compiled[name].Ptx);
    }

    [Fact]
    public void A_kernel_whose_groups_meet_has_a_fence_for_local_memory() => Assert.Contains(KernelListing.Names,
        name => compiled[name].OpenCl.Contains("work_group_barrier ( CLK_GLOBAL_MEM_FENCE | CLK_LOCAL_MEM_FENCE )", StringComparison.Ordinal));

    [Theory]
    [InlineData("MatMul.ForwardKernel<Identity>")]
    [InlineData("Softmax.SoftmaxForwardKernel")]
    public void A_fused_multiply_add_stays_one(string name)
    {
        Assert.Contains("fma.rn.f32", compiled[name].Ptx, StringComparison.Ordinal);
        Assert.Matches(@"= *fma *\(", compiled[name].OpenCl);
    }

    [Theory]
    [InlineData(1.5f, -0f)]
    [InlineData(-1.5f, 0f)]
    [InlineData(-0f, 2f)]
    [InlineData(float.NaN, -1f)]
    [InlineData(float.NegativeInfinity, float.NaN)]
    public void The_sign_is_copied_as_the_framework_copies_it(float x, float y) => Assert.Equal(
        BitConverter.SingleToInt32Bits(MathF.CopySign(x, y)), BitConverter.SingleToInt32Bits(KernelContext.CopySign(x, y)));
}
