using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Tests.Cuda.Emulation;

namespace Gpu.Kernels.Tests.Cuda;

/// <summary>Compiling, failing to compile, and what is kept from one start to the next, with an emulated NVRTC and driver.</summary>
[Collection(nameof(CudaCollection))]
public sealed class CudaCacheTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gpu-cache-").FullName;

    private static void AddKernel(Index1D i, ArrayView<float> x) => x[i] += 1f;

    private static void DoubleKernel(Index1D i, ArrayView<float> x) => x[i] *= 2f;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_second_start_compiles_nothing_and_each_kernel_is_compiled_when_it_is_first_needed()
    {
        Assert.Equal((1, 0, 1), RunWith("x[i] += 1.0f;"));
        Assert.Equal((0, 1, 0), RunWith("x[i] += 1.0f;"));
        Assert.Equal((1, 1, 1), RunWith("x[i] += 1.0f;", both: true));
        Assert.Equal((1, 0, 1), RunWith("x[i] += 0.5f + 0.5f;"));
        Assert.Equal(3, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void Another_device_driver_or_compiler_has_its_own_code()
    {
        RunWith("x[i] += 1.0f;");
        Assert.Equal((1, 0, 1), RunWith("x[i] += 1.0f;", new EmulatedCuda(Library("x[i] += 1.0f;")) { Capability = 80 }));
        Assert.Equal((1, 0, 1), RunWith("x[i] += 1.0f;", new EmulatedCuda(Library("x[i] += 1.0f;")) { Capability = 100 }));
        Assert.Equal((1, 0, 1), RunWith("x[i] += 1.0f;", new EmulatedCuda(Library("x[i] += 1.0f;")) { Version = 12060 }));
        Assert.Equal((1, 0, 1), RunWith("x[i] += 1.0f;", new EmulatedCuda(Library("x[i] += 1.0f;")) { NvrtcVersion = new(12, 6) }));
        Assert.Equal(5, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void Damaged_code_is_compiled_again()
    {
        RunWith("x[i] += 1.0f;");
        var path = Assert.Single(Directory.GetFiles(_folder));
        var bytes = File.ReadAllBytes(path);
        bytes[^5] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Equal((1, 0, 1), RunWith("x[i] += 1.0f;"));
        Assert.Equal((0, 1, 0), RunWith("x[i] += 1.0f;"));
    }

    [Fact]
    public void Whole_code_that_the_driver_refuses_is_compiled_again()
    {
        RunWith("x[i] += 1.0f;");
        var path = Assert.Single(Directory.GetFiles(_folder));
        new KernelCache(_folder).Write(Path.GetFileNameWithoutExtension(path), "no code at all"u8);
        Assert.Equal((1, 0, 1), RunWith("x[i] += 1.0f;"));
        new KernelCache(_folder).Write(Path.GetFileNameWithoutExtension(path), "EMULATED sm_80 add\0"u8);
        Assert.Equal((1, 0, 1), RunWith("x[i] += 1.0f;"));
        Assert.Equal((0, 1, 0), RunWith("x[i] += 1.0f;"));
    }

    [Fact]
    public void Code_that_holds_another_kernel_is_compiled_again()
    {
        RunWith("x[i] += 1.0f;");
        var path = Assert.Single(Directory.GetFiles(_folder));
        new KernelCache(_folder).Write(Path.GetFileNameWithoutExtension(path), "EMULATED sm_90 other\0"u8);
        Assert.Equal((1, 0, 1), RunWith("x[i] += 1.0f;"));
    }

    [Fact]
    public void What_does_not_compile_is_shown_with_the_log()
    {
        var exception = Assert.Throws<DeviceException>(() => RunWith("x[i] += nothing_of_this_name;"));
        Assert.Equal("NVRTC 12.4 does not compile add with '--gpu-architecture=sm_90 --std=c++17 --fmad=false' (NVRTC_ERROR_COMPILATION (6)), its log says:\n"
            + "kernels.cu(1): error: identifier \"nothing_of_this_name\" is undefined", exception.Message);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void New_code_that_the_driver_refuses_is_an_error_with_the_drivers_log()
    {
        using var driver = new EmulatedCuda(Library("x[i] += 1.0f;"));
        using var cuda = driver.Open(new KernelCache(_folder));
        using var x = cuda.Allocate<float>(3);
        driver.Fail("cuModuleLoadDataEx", EmulatedCuda.NoBinary);
        var exception = Assert.Throws<DeviceException>(() => cuda.Prepare(AddKernel, LaunchShape.Linear(3), x));
        Assert.StartsWith("cuModuleLoadDataEx failed with CUDA_ERROR_NO_BINARY_FOR_GPU (209)", exception.Message, StringComparison.Ordinal);
        Assert.Contains("bytes of code of NVRTC 12.4 for cuda:0 (Emulated Device 0) (CUDA 12.4)", exception.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_compiler_whose_parts_are_missing_says_so()
    {
        using var driver = new EmulatedCuda(Library("x[i] += 1.0f;"));
        driver.Fail("nvrtcCompileProgram", 7);
        using var cuda = driver.Open();
        using var x = cuda.Allocate<float>(3);
        Assert.Equal("libnvrtc.so.12 cannot compile, because its part libnvrtc-builtins of version 12.4 is missing: install the whole package of NVRTC.",
            Assert.Throws<DeviceException>(() => cuda.Prepare(AddKernel, LaunchShape.Linear(3), x)).Message);
    }

    private static KernelLibrary Library(string body)
    {
        string Text(string name, string statement) =>
            $"__kernel void {name}(__global float* x, int offset, int length, int extent) {{ int i = (int)get_global_id(0); if (i < extent) {{ {statement} }} }}\n";
        KernelSource Source(string method, string name, int part) => new($"Gpu.Kernels.Tests.Cuda.CudaCacheTests.{method}", name, 1,
            [new("x", KernelParameterKind.View, "float")], [part]);
        return new([Text("add", body), Text("twice", "x[i] *= 2.0f;")], [Source(nameof(AddKernel), "add", 0), Source(nameof(DoubleKernel), "twice", 1)]);
    }

    /// <summary>Runs a kernel with this body, which must add 1, and tells what was compiled, what was cached, and what NVRTC did.</summary>
    private (int Compiled, int Cached, int Compilations) RunWith(string body, EmulatedCuda? other = null, bool both = false)
    {
        using var driver = other ?? new EmulatedCuda(Library(body));
        using var cuda = driver.Open(new KernelCache(_folder));
        using var buffer = cuda.Allocate<float>(3);
        buffer.CopyFrom([1f, 2f, 3f]);
        cuda.Prepare(AddKernel, LaunchShape.Linear(3), buffer).Run();
        cuda.Prepare(AddKernel, LaunchShape.Linear(0), buffer).Run();
        if (both)
        {
            cuda.Prepare(DoubleKernel, LaunchShape.Linear(3), buffer).Run();
        }

        Assert.Equal(both ? [4f, 6f, 8f] : [2f, 3f, 4f], buffer.ToArray());
        var result = (cuda.CompiledKernels, cuda.CachedKernels, driver.Compilations);
        cuda.Dispose();
        driver.AssertClean();
        return result;
    }
}
