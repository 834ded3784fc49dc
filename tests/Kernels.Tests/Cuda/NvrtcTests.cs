using System.Text;
using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Accelerators.Cuda;
using Gpu.Kernels.Accelerators.Libraries;

namespace Gpu.Kernels.Tests.Cuda;

/// <summary>
/// The kernels as CUDA C through the real NVRTC, where the machine has one; it needs no device. Without one the tests are skipped, or
/// fail where <c>GPU_TESTS_REQUIRE</c> lists <c>nvrtc</c>.
/// </summary>
public class NvrtcTests
{
    /// <summary>The first architecture of each generation that the kernels are compiled for here.</summary>
    private static readonly int[] _generations = [70, 80, 90, 100, 120];

    private static readonly Lazy<Nvrtc?> _nvrtc = new(() =>
    {
        var attempts = new List<LibraryAttempt>();
        return LibraryLoader.LoadFirst(CudaLibraries.NvrtcNames(), (handle, name) =>
        {
            var nvrtc = new Nvrtc(function => LibraryLoader.Export(handle, function), name);
            CudaLibraries.LoadBuiltins(name, nvrtc.Version);
            return nvrtc;
        }, attempts);
    });

    public static TheoryData<int> Generations => [.. _generations];

    private static Nvrtc Nvrtc
    {
        get
        {
            if (_nvrtc.Value is null)
            {
                TestDevices.Missing("nvrtc", "No NVRTC is installed.");
            }

            return _nvrtc.Value;
        }
    }

    [Theory]
    [MemberData(nameof(Generations))]
    public void The_whole_library_compiles_without_a_word(int architecture)
    {
        Assert.SkipUnless(Nvrtc.Architectures.Contains(architecture), $"NVRTC {Nvrtc.Version} does not know sm_{architecture}");
        var library = KernelSources.Library;
        var isLatest = !_generations.Any(g => g > architecture && Nvrtc.Architectures.Contains(g));

        // Machine code takes twice the time: the latest generation stands for all.
        var image = Nvrtc.Compile(library.Text(KernelLanguage.Cuda, [.. library.Kernels]), new CudaTarget(architecture, IsPtx: !isLatest), "all", out var log);
        Assert.Equal("", log);
        Assert.All(library.Kernels, k => Assert.True(image.AsSpan().IndexOf(Encoding.UTF8.GetBytes(k.EntryName)) >= 0, k.EntryName));
    }

    [Fact]
    public void A_later_device_gets_text_that_its_driver_compiles()
    {
        var library = KernelSources.Library;
        var target = CudaTarget.For(Nvrtc.Architectures[^1] + 1, Nvrtc.Architectures)!;
        var text = Encoding.UTF8.GetString(Nvrtc.Compile(library.Text(KernelLanguage.Cuda, library.Kernels[0]), target, "one", out _));
        Assert.Contains($".target sm_{Nvrtc.Architectures[^1]}", text, StringComparison.Ordinal);
        Assert.Contains($".entry {library.Kernels[0].EntryName}(", text, StringComparison.Ordinal);
        Assert.EndsWith("\0", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Products_and_sums_are_not_contracted()
    {
        var text = Encoding.UTF8.GetString(Nvrtc.Compile(
            "extern \"C\" __global__ void f(float* x) { x[0] = x[1] * x[2] + x[3]; }", new CudaTarget(Nvrtc.Architectures[^1], IsPtx: true), "f", out _));
        Assert.DoesNotContain("fma.rn.f32", text, StringComparison.Ordinal);
        Assert.Contains("mul", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_compile_is_shown_with_the_log()
    {
        var exception = Assert.Throws<DeviceException>(() => Nvrtc.Compile("__global__ void f() { nothing_of_this_name(); }",
            new CudaTarget(Nvrtc.Architectures[^1], IsPtx: false), "f", out _));
        Assert.Contains("NVRTC_ERROR_COMPILATION (6)", exception.Message, StringComparison.Ordinal);
        Assert.Contains("nothing_of_this_name", exception.Message, StringComparison.Ordinal);
    }
}
