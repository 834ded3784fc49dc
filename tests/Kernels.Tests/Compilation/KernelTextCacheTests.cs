using System.Text;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Tests.Simulator;
using ILGPU.Runtime.Cuda;

namespace Gpu.Kernels.Tests.Compilation;

/// <summary>What is kept of compiled kernels from one start to the next.</summary>
public sealed class KernelTextCacheTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gpu-cache-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_second_start_takes_the_text_from_the_cache()
    {
        var (first, compiled) = Find("ptx sm_80");
        Assert.Equal((1, 0), compiled);
        var (second, cached) = Find("ptx sm_80");
        Assert.Equal((0, 1), cached);
        Assert.Equal(first, second);
        Assert.Contains($".visible .entry {first.Entry}(", first.Text, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public void Another_target_or_size_of_group_has_a_text_of_its_own()
    {
        Find("ptx sm_80");
        Assert.Equal((1, 0), Find("ptx sm_75").Counts);
        Assert.Equal((1, 0), Find("ptx sm_80", lanes: 128).Counts);
    }

    [Fact]
    public void A_damaged_text_is_compiled_again()
    {
        Find("ptx sm_80");
        var path = Assert.Single(Directory.GetFiles(_folder));
        var bytes = File.ReadAllBytes(path);
        bytes[^5] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Equal((1, 0), Find("ptx sm_80").Counts);
        new KernelCache(_folder).Write(Path.GetFileNameWithoutExtension(path), Encoding.UTF8.GetBytes("no text at all"));
        Assert.Equal((1, 0), Find("ptx sm_80").Counts);
        Assert.Equal((0, 1), Find("ptx sm_80").Counts);
    }

    private (KernelText Text, (int Compiled, int Cached) Counts) Find(string target, int lanes = 64)
    {
        using var texts = new KernelTexts(new KernelCache(_folder), target, () => KernelCompiler.ForPtx(CudaArchitecture.SM_80, CudaInstructionSet.ISA_71));
        var text = texts.Find(KernelMethod.Of(TestKernels.ReverseKernel), lanes);
        return (text, (texts.Compiled, texts.Cached));
    }
}
