using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests;

/// <summary>A variant that is forced is the one that runs, and a name that is none is never passed over.</summary>
public class VariantChoiceTests
{
    [Fact]
    public void Every_operation_has_a_name_and_variants_of_its_own()
    {
        var all = OperationVariants.All;
        Assert.Equal(6, all.Select(operation => operation.Variable).Distinct().Count());
        Assert.Contains(all, operation => operation.Variable == "GPU_FORCE_GATHER_MATMUL");
        Assert.All(all, operation => Assert.True(operation.Variants.Distinct().Count() > 1, operation.Operation));
    }

    [Fact]
    public void A_forced_variant_is_told_to_its_operation_alone()
    {
        var choice = VariantChoice.Automatic.With(MatMul.Choices, "Split-K");
        Assert.Equal(MatMul.SplitK, choice.Forced(MatMul.Choices));
        Assert.Equal(MatMul.Tiled, choice.Forced(MatMul.Choices, asked: "tiled"));
        Assert.Null(choice.Forced(OnlineSgd.Choices));
        Assert.Null(VariantChoice.Automatic.Forced(MatMul.Choices));
    }

    [Fact]
    public void A_variant_that_is_none_is_refused_with_those_there_are()
    {
        const string Expected = "GPU_FORCE_STEP=grouped: 'step' has the variants fused, launches, unfused.";
        Assert.Equal(Expected, Assert.Throws<DeviceException>(() => VariantChoice.Automatic.With(OnlineSgd.Choices, "grouped")).Message);
        Assert.Equal(Expected, Assert.Throws<DeviceException>(() => VariantChoice.Automatic.Forced(OnlineSgd.Choices, "grouped")).Message);
    }

    [Theory]
    [InlineData("GPU_FORCE_MATMULL")]
    [InlineData("GPU_FORCE_MAT_MUL")]
    [InlineData("GPU_FORCE_matmul")]
    [InlineData("GPU_FORCE_GATHER")]
    public void A_misspelt_operation_is_refused_with_those_there_are(string name)
    {
        var error = Assert.Throws<DeviceException>(() => VariantChoice.From([(name, "tiled")]));
        Assert.StartsWith($"{name}=tiled: expected one of GPU_FORCE_MATMUL, GPU_FORCE_GATHER_MATMUL, ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GPU_FORCE_64BIT_PTR")]
    [InlineData("GPU_FORCE_BLIT_COPY_SIZE")]
    [InlineData("GPU_FORCE_QUEUE_PROFILING")]
    [InlineData("GPU_FORCE_")]
    [InlineData("PATH")]
    public void Variables_of_others_force_nothing(string name)
    {
        var choice = VariantChoice.From([(name, "1"), ("GPU_FORCE_MATMUL", "tiled")]);
        Assert.Equal(MatMul.Tiled, choice.Forced(MatMul.Choices));
        Assert.All(OperationVariants.All.Where(known => known != MatMul.Choices), known => Assert.Null(choice.Forced(known)));
    }

    [Theory]
    [InlineData(OutputLayer.MostOutputs, true)]
    [InlineData(OutputLayer.MostOutputs + 1, false)]
    public void An_output_layer_that_cannot_be_one_launch_is_not_quietly_several(int outputs, bool can)
    {
        using var forced = new CpuAccelerator(new CpuOptions { Threads = 1 })
        {
            Variants = VariantChoice.Automatic.With(OutputLayer.Choices, OutputLayer.Fused),
        };
        using var free = new CpuAccelerator(new CpuOptions { Threads = 1 }) { Variants = VariantChoice.Automatic };
        Assert.False(OutputLayer.Suits(free, outputs));
        if (can)
        {
            Assert.True(OutputLayer.Suits(forced, outputs));
        }
        else
        {
            Assert.StartsWith("GPU_FORCE_OUTPUT_LAYER=fused: expected at most 64 outputs",
                Assert.Throws<DeviceException>(() => OutputLayer.Suits(forced, outputs)).Message, StringComparison.Ordinal);
        }
    }
}
