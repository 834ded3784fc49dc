using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Accelerators.Cpu;
using Gpu.Kernels.Checks;
using Gpu.Kernels.Ops;
using Gpu.Kernels.Tests.OpenCl;

namespace Gpu.Kernels.Tests.Ilgpu;

/// <summary>ILGPU's processor, shared by the tests: each kernel is compiled once.</summary>
public sealed class IlgpuProcessor : IDisposable
{
    public ComputeAccelerator Accelerator { get; } = AcceleratorFactory.Open("ilgpu-cpu", new AcceleratorOptions { Timed = true });

    public void Dispose() => Accelerator.Dispose();
}

/// <summary>What every accelerator promises, on ILGPU's processor.</summary>
public sealed class IlgpuContractTests(IlgpuProcessor processor) : AcceleratorContract, IClassFixture<IlgpuProcessor>
{
    protected override ComputeAccelerator Accelerator => processor.Accelerator;

    [Fact(Skip = "ILGPU makes an object of every copy's source.")]
    public override void An_upload_allocates_nothing() => base.An_upload_allocates_nothing();

    [Fact(Skip = "ILGPU's processor makes an object of every launch.")]
    public override void Launches_and_sequences_allocate_nothing() => base.Launches_and_sequences_allocate_nothing();
}

/// <summary>Every declared case on ILGPU's processor, at sizes that its simulator finishes.</summary>
public sealed class IlgpuOperationTests(IlgpuProcessor processor) : IClassFixture<IlgpuProcessor>
{
    /// <summary>Floating-point operations or bytes of the largest case: below a second, barriers included.</summary>
    private const long Largest = 20_000_000;

    private static readonly Dictionary<string, OperationCase> _cases = OperationCases.All
        .Where(c => !c.IsForCpu && c.Lanes <= 64 && Math.Max(c.Flops, c.Bytes) <= Largest).ToDictionary(c => c.Name);

    public static TheoryData<string> Names => [.. _cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Case_has_the_bits_of_the_processor(string name)
    {
        using var cpu = new CpuAccelerator(new CpuOptions { Threads = 1 });
        var results = _cases[name].Check([processor.Accelerator, cpu]).ToList();
        Assert.True(results[0].Passed, results[0].ToString());
        Assert.Equal(results[1].Checksum, results[0].Checksum);
    }

    [Fact]
    public void Every_operation_has_a_case_that_finishes() =>
        Assert.Equal(OperationCases.All.Select(c => c.Operation).ToHashSet(), [.. _cases.Values.Select(c => c.Operation)]);
}

/// <summary>ILGPU's devices by name, and what they refuse.</summary>
[Collection(nameof(OpenClCollection))]
public sealed class IlgpuDeviceTests(IlgpuProcessor processor) : IClassFixture<IlgpuProcessor>
{
    [Theory]
    [InlineData("ilgpu-cpu", true)]
    [InlineData("ilgpu-cuda", true)]
    [InlineData("ilgpu-cuda:1", true)]
    [InlineData("ilgpu-opencl:0", true)]
    [InlineData("ilgpu-opencl:", false)]
    [InlineData("ilgpu-cuda:-1", false)]
    [InlineData("ilgpu", false)]
    public void A_name_is_told_from_another_text(string text, bool isName) => Assert.Equal(isName, DeviceName.TryParse(text, out _));

    [Fact]
    public void Every_device_of_the_list_opens_or_says_why_not()
    {
        var backends = DeviceDiscovery.Run().Backends;
        Assert.Equal(
            [AcceleratorKind.IlgpuCuda, AcceleratorKind.IlgpuOpenCl, AcceleratorKind.IlgpuCpu],
            backends.Skip(2).Select(b => b.Kind));
        var devices = backends.Skip(2).SelectMany(b => b.Devices).ToList();
        Assert.Contains(devices, d => d.Id == "ilgpu-cpu" && d.Problem is null);
        foreach (var device in devices)
        {
            if (device.Problem is { } problem)
            {
                var exception = Assert.Throws<DeviceException>(() => AcceleratorFactory.Open(device.Id));
                Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
            }
            else
            {
                using var accelerator = AcceleratorFactory.Open(device.Id);
                Assert.Equal(device.Id, accelerator.Id);
                Assert.Equal(device.Class == DeviceClass.Gpu, accelerator.Traits.IsGpu);
            }
        }
    }

    [Theory]
    [InlineData("ilgpu-cuda")]
    [InlineData("ilgpu-opencl")]
    public void Where_a_backend_has_no_device_none_is_put_in_its_place(string id)
    {
        var kind = id == "ilgpu-cuda" ? AcceleratorKind.IlgpuCuda : AcceleratorKind.IlgpuOpenCl;
        if (DeviceDiscovery.Run(kind).Problem is null)
        {
            using var accelerator = AcceleratorFactory.Open(id);
            Assert.Equal(kind, accelerator.Kind);
        }
        else
        {
            Assert.Contains(id, Assert.Throws<DeviceException>(() => AcceleratorFactory.Open(id)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("ilgpu-cuda:1000")]
    [InlineData("ilgpu-opencl:1000")]
    public void A_device_that_is_not_there_is_named(string id) =>
        Assert.Contains(id, Assert.Throws<DeviceException>(() => AcceleratorFactory.Open(id)).Message, StringComparison.Ordinal);

    [Fact]
    public void Groups_that_are_too_large_are_refused()
    {
        var accelerator = processor.Accelerator;
        using var x = accelerator.Allocate<float>(64);
        var exception = Assert.Throws<DeviceException>(() => accelerator.Prepare(MatMul.WeightGradientTiledKernel,
            LaunchShape.Groups(1, 1, accelerator.Traits.LargestGroup, 2), x, x, 8, 8, 8, x));
        Assert.Contains("WeightGradientTiledKernel: groups of 64 x 2 lanes were asked for", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_that_was_given_back_is_not_used()
    {
        var accelerator = processor.Accelerator;
        var x = accelerator.Allocate<float>(8);
        x.CopyFrom(new float[8]);
        var launch = Activations.PrepareForward(accelerator, Activation.Relu, x, x);
        launch.Run();
        x.Dispose();
        Assert.Throws<ObjectDisposedException>(launch.Run);
        Assert.Throws<ObjectDisposedException>(() => x.ToArray());
        Assert.Throws<ObjectDisposedException>(() => Activations.PrepareForward(accelerator, Activation.Relu, x, x));
    }

    [Fact]
    public void Memory_of_another_accelerator_is_refused()
    {
        using var cpu = new CpuAccelerator(new CpuOptions { Threads = 1 });
        using var x = cpu.Allocate<float>(8);
        Assert.Contains("copy it over first",
            Assert.Throws<ArgumentException>(() => Activations.PrepareForward(processor.Accelerator, Activation.Relu, x, x)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_that_is_open_is_given_back_with_the_accelerator()
    {
        var accelerator = AcceleratorFactory.Open("ilgpu-cpu");
        var x = accelerator.Allocate<float>(10);
        accelerator.Dispose();
        accelerator.Dispose();
        Assert.Throws<ObjectDisposedException>(() => x.CopyFrom([1f]));
        Assert.Throws<ObjectDisposedException>(() => accelerator.Allocate<float>(1));
    }

    [Fact]
    public void A_run_allocates_no_more_than_ILGPU_does_for_one()
    {
        var accelerator = processor.Accelerator;
        using var x = accelerator.Allocate<float>(8);
        x.CopyFrom(new float[8]);
        var launch = Activations.PrepareForward(accelerator, Activation.Relu, x, x);
        launch.Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            launch.Run();
        }

        // Its processor makes a task object, which holds the arguments.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 100, 0, 256);
    }

    [Fact]
    public void A_device_that_is_not_to_be_timed_says_so()
    {
        using var accelerator = AcceleratorFactory.Open("ilgpu-cpu");
        using var x = accelerator.Allocate<float>(8);
        var launch = Activations.PrepareForward(accelerator, Activation.Relu, x, x);
        Assert.Throws<InvalidOperationException>(() => accelerator.Measure(launch, 1));
    }
}
