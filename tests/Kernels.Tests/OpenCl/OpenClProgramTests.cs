using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Accelerators.OpenCl;

namespace Gpu.Kernels.Tests.OpenCl;

/// <summary>Compiling, failing to compile, and what is kept from one start to the next.</summary>
[Collection(nameof(OpenClCollection))]
public sealed class OpenClProgramTests(OpenClDevices devices) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gpu-cache-").FullName;

    private static void AddKernel(Index1D i, ArrayView<float> x) => x[i] += 1f;

    private static void ScaleKernel(Index1D i, ArrayView<float> x, SpecializedValue<int> factor) => x[i] *= factor;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_second_start_takes_the_program_from_the_cache()
    {
        Assert.False(RunWith("x[i] += 1.0f;"));
        Assert.True(RunWith("x[i] += 1.0f;"));
        Assert.False(RunWith("x[i] += 0.5f + 0.5f;"));
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void A_damaged_program_is_compiled_again()
    {
        RunWith("x[i] += 1.0f;");
        var path = Assert.Single(Directory.GetFiles(_folder));
        var bytes = File.ReadAllBytes(path);
        bytes[^5] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.False(RunWith("x[i] += 1.0f;"));
        Assert.True(RunWith("x[i] += 1.0f;"));
    }

    [Fact]
    public void A_program_that_the_driver_does_not_take_is_compiled_again()
    {
        RunWith("x[i] += 1.0f;");
        var path = Assert.Single(Directory.GetFiles(_folder));
        new KernelCache(_folder).Write(Path.GetFileNameWithoutExtension(path), "no program at all"u8);
        Assert.False(RunWith("x[i] += 1.0f;"));
    }

    [Fact]
    public void What_does_not_compile_is_shown_with_the_log()
    {
        var exception = Assert.Throws<DeviceException>(() => RunWith("x[i] += nothing_of_this_name;"));
        Assert.Contains("clBuildProgram failed with CL_BUILD_PROGRAM_FAILURE (-11)", exception.Message, StringComparison.Ordinal);
        Assert.Contains("nothing_of_this_name", exception.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_specialised_value_is_a_constant_of_a_program_of_its_own()
    {
        const string Body = """
            #ifndef scale_factor
            #error the value is no constant
            #endif
            __kernel void scale(__global float* x, int offset, int length, int factor_argument, int extent)
            {
                const int i = (int)get_global_id(0);
                float parts[scale_factor < 0 ? 2 : scale_factor];
                if (i < extent)
                {
                    parts[1] = x[i];
                    x[i] = parts[1] * (float)scale_factor;
                }
            }

            """;
        var library = new KernelLibrary([Body], [new("Gpu.Kernels.Tests.OpenCl.OpenClProgramTests.ScaleKernel", "scale", 1,
            [new("x", KernelParameterKind.View, "float"), new("factor", KernelParameterKind.Specialized, "int")], [0])]);
        using var accelerator = new OpenClAccelerator(devices.Device, new OpenClOptions { Library = library, Cache = new KernelCache(_folder) });
        using var buffer = accelerator.Allocate<float>(3);
        foreach (var factor in (int[])[3, -2, 3])
        {
            buffer.CopyFrom([1f, 2f, 3f]);
            accelerator.Prepare(ScaleKernel, LaunchShape.Linear(3), buffer, factor).Run();
            Assert.Equal([factor, 2 * factor, 3 * factor], buffer.ToArray());
        }

        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    /// <summary>Runs a kernel with this body, which must add 1, and tells whether its program was cached.</summary>
    private bool RunWith(string body)
    {
        var text = $"__kernel void add(__global float* x, int offset, int length, int extent) {{ int i = (int)get_global_id(0); if (i < extent) {{ {body} }} }}\n";
        var library = new KernelLibrary([text],
            [new("Gpu.Kernels.Tests.OpenCl.OpenClProgramTests.AddKernel", "add", 1, [new("x", KernelParameterKind.View, "float")], [0])]);
        using var accelerator = new OpenClAccelerator(devices.Device,
            new OpenClOptions { Library = library, Cache = new KernelCache(_folder) });
        using var buffer = accelerator.Allocate<float>(3);
        buffer.CopyFrom([1f, 2f, 3f]);
        accelerator.Prepare(AddKernel, LaunchShape.Linear(3), buffer).Run();
        Assert.Equal([2f, 3f, 4f], buffer.ToArray());
        return accelerator.ProgramsWereCached;
    }
}
