using Gpu.Host.Devices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using Gpu.Kernels.Ops;
using Gpu.Training;
using Gpu.Training.Networks;

namespace Gpu.Host.Tests;

/// <summary>What <c>--device</c> chooses, on machines of every kind: the devices are made up, the choice is the program's.</summary>
public class DeviceChoiceTests
{
    private static readonly LibraryAttempt _loaded = new("libsome.so.1", "loaded");
    private static readonly BackendDiscovery _noCuda = new(AcceleratorKind.Cuda, [new("libcuda.so.1", "not found")], [], "Install the driver.");
    private static readonly BackendDiscovery _cuda = new(AcceleratorKind.Cuda, [_loaded], [Device("cuda:0"), Device("cuda:1")], null);
    private static readonly BackendDiscovery _openClCpu = new(AcceleratorKind.OpenCl, [_loaded], [Device("opencl:0", DeviceClass.Cpu)], null);
    private static readonly BackendDiscovery _openClGpu = new(
        AcceleratorKind.OpenCl, [_loaded], [Device("opencl:0", problem: "its driver has no compiler"), Device("opencl:1"), Device("opencl:2", DeviceClass.Cpu)], null);

    private static readonly DeviceWork _large = DeviceWork.Training(Network(128), 32);

    [Theory]
    [InlineData("10", 1, "784-10-10 is too small for a GPU: it has 7,940 weights, fewer than 10,000")]
    [InlineData("10", 100_000, "784-10-10 is too small for a GPU")]
    [InlineData("128", 1, "a step is too small for a GPU: 101,632 weights x batch size 1 are fewer than 1,000,000")]
    [InlineData("128", 9, "a step is too small")]
    [InlineData("128", 10, null)]
    [InlineData("30", 50, null)]
    [InlineData("128", 32, null)]
    [InlineData("128,64", 32, null)]
    [InlineData("2500,2000,1500,1000,500", 1, null)]
    [InlineData("2500,2000,1500,1000,500", 128, null)]
    public void Training_is_worth_a_GPU_from_a_size_on(string hidden, int batch, string? reason)
    {
        var work = DeviceWork.Training(Network([.. hidden.Split(',').Select(int.Parse)]), batch);
        if (reason is null)
        {
            Assert.Null(work.TooSmall);
        }
        else
        {
            Assert.StartsWith(reason, work.TooSmall, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void One_pass_must_earn_the_start_of_the_driver()
    {
        Assert.Contains("101,632 weights x 10,000 samples", DeviceWork.Answering(Network(128), 10_000).TooSmall, StringComparison.Ordinal);
        Assert.Null(DeviceWork.Answering(Network(2500, 2000, 1500, 1000, 500), 10_000).TooSmall);
    }

    [Fact]
    public void Auto_prefers_CUDA_and_asks_no_further()
    {
        var (opened, said) = Choose(_large, Reached(_cuda));
        Assert.Equal(["cuda:0"], opened);
        Assert.Equal("device: cuda:0 (name of cuda:0), the first CUDA GPU", said);
    }

    [Fact]
    public void Auto_takes_the_first_usable_OpenCL_GPU_where_there_is_no_CUDA()
    {
        var (opened, said) = Choose(_large, [_noCuda, _openClGpu]);
        Assert.Equal(["opencl:1"], opened);
        Assert.Equal("device: opencl:1 (name of opencl:1), the first OpenCL GPU, because CUDA is not installed (libcuda.so.1 not found)", said);
    }

    [Fact]
    public void Auto_never_takes_the_processor_through_OpenCL()
    {
        var (opened, said) = Choose(_large, [_noCuda, _openClCpu]);
        Assert.Equal(["cpu"], opened);
        Assert.Contains("no GPU can be used: CUDA is not installed (libcuda.so.1 not found); OpenCL has opencl:0, which is no GPU", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Auto_starts_no_driver_for_what_is_too_small()
    {
        var (opened, said) = Choose(DeviceWork.Training(Network(128), 1), Reached());
        Assert.Equal(["cpu"], opened);
        Assert.StartsWith("device: cpu, because a step is too small", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Auto_says_which_device_it_could_not_open()
    {
        var (opened, said) = Choose(_large, [_cuda, _openClGpu], refuse: id => id.StartsWith("cuda", StringComparison.Ordinal));
        Assert.Equal(["cuda:0", "cuda:1", "opencl:1"], opened);
        Assert.Contains("because cuda:0 could not be opened (cuda:0 is busy); cuda:1 could not", said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_library_is_told_from_a_missing_one()
    {
        var broken = _noCuda with { Attempts = [new("/x/libcuda.so.1", "is cut short")] };
        Assert.Contains("CUDA cannot be used (/x/libcuda.so.1: is cut short)", Choose(_large, [broken]).Said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "opencl:1")]
    [InlineData(1, "opencl:1")]
    [InlineData(2, "opencl:2")]
    public void A_device_asked_for_by_name_is_that_device(int? index, string expected) =>
        Assert.Equal(expected, DeviceChoice.Require("opencl", _openClGpu, index).Id);

    [Fact]
    public void A_device_that_is_not_there_is_an_error_that_says_what_is()
    {
        Assert.Contains("found opencl:0 (name of opencl:0): name one of these, or use --device cpu", Refusal("opencl:9", _openClCpu, 9), StringComparison.Ordinal);
        Assert.Contains("found opencl:0 (name of opencl:0), where its driver has no compiler", Refusal("opencl:0", _openClGpu, 0), StringComparison.Ordinal);
        Assert.Equal("--device cuda: expected a CUDA device, found none. Install the driver. Or use --device cpu.", Refusal("cuda", _noCuda, null));
    }

    [Theory]
    [InlineData("gpu", "opencl:1")]
    [InlineData("amd", "opencl:2")]
    [InlineData("nvidia", null)]
    public void A_word_for_any_GPU_takes_the_first_that_can_be_used_and_never_the_processor(string word, string? expected)
    {
        BackendDiscovery[] backends =
        [
            _noCuda,
            _openClGpu with
            {
                Devices =
                [
                    Device("opencl:0", DeviceClass.Cpu) with { Vendor = "AuthenticAMD" }, Device("opencl:1") with { Vendor = "Intel(R) Corporation" },
                    Device("opencl:2") with { Vendor = "Advanced Micro Devices, Inc." }, Device("opencl:3", problem: "it is old") with { Vendor = "NVIDIA Corporation" },
                ],
            },
        ];
        if (expected is not null)
        {
            Assert.Equal(expected, DeviceChoice.RequireAny(word, backends).Id);
            return;
        }

        var message = Assert.Throws<DeviceException>(() => DeviceChoice.RequireAny(word, backends)).Message;
        Assert.StartsWith("--device nvidia: expected a GPU of nvidia that can be used, found none (opencl:3 (name of opencl:3), where it is old)", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gpx")]
    [InlineData("opencl:")]
    [InlineData("opencl:x")]
    [InlineData("opencl:0:1")]
    [InlineData("cuda:-1")]
    [InlineData("cpu:0")]
    [InlineData("OPENCL")]
    public void A_text_that_names_no_device_is_a_usage_error(string device)
    {
        var error = Assert.Throws<TrainingException>(() => DeviceChoice.Check(device));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains($"found '{device}'", error.Message, StringComparison.Ordinal);
    }

    private static string Refusal(string asked, BackendDiscovery backend, int? index) =>
        Assert.Throws<DeviceException>(() => DeviceChoice.Require(asked, backend, index)).Message;

    private static NetworkShape Network(params int[] hidden) =>
        NetworkShape.Dense(784, hidden, 10, [Activation.Relu], Activation.Identity, Loss.CrossEntropy);

    private static FoundDevice Device(string id, DeviceClass kind = DeviceClass.Gpu, string? problem = null) =>
        new(id, $"name of {id}", "vendor", kind, "1.0", "1.2", 1 << 30, 4, problem);

    /// <summary>Backends of which no further one may be asked.</summary>
    private static IEnumerable<BackendDiscovery> Reached(params BackendDiscovery[] backends)
    {
        foreach (var backend in backends)
        {
            yield return backend;
        }

        Assert.Fail("A backend was looked for that is not needed.");
    }

    private static (List<string> Opened, string Said) Choose(DeviceWork work, IEnumerable<BackendDiscovery> backends, Func<string, bool>? refuse = null)
    {
        var opened = new List<string>();
        var said = "";
        using var accelerator = DeviceChoice.Choose(work, backends, Open, text => said = text);
        return (opened, said);

        ComputeAccelerator Open(string id)
        {
            opened.Add(id);
            return refuse?.Invoke(id) == true ? throw new DeviceException($"{id} is busy.") : new CpuAccelerator(new CpuOptions { Threads = 1 });
        }
    }
}
