using System.Text.Json;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Tests;

namespace Gpu.Host.Tests;

/// <summary>
/// The program on the first usable device of each backend, from the command line to the run's folder. Where a backend has none the tests are
/// skipped, or fail if <c>GPU_TESTS_REQUIRE</c> lists it.
/// </summary>
[OnOpenCl]
[OnCuda]
public sealed class DeviceRunTests(DeviceRunTests.TrainedModels trained) : IClassFixture<DeviceRunTests.TrainedModels>
{
    private static readonly string[] _training =
        ["train", "--data", "digits", "--limit", "1000", "--hidden", "32", "--epochs", "2", "--seed", "7", "--json", "--quiet"];

    public static TheoryData<string> Backends => ["opencl", "cuda"];

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_run_names_its_device_and_repeats_bit_by_bit(string backend)
    {
        var device = Find(backend);
        var (first, second) = (Train($"{backend}-1", backend), Train($"{backend}-2", device.Id));
        using var start = JsonDocument.Parse(first.Lines[0]);
        Assert.Equal($"{device.Id} ({device.Name})", start.RootElement.GetProperty("device").GetString());
        Assert.Contains($"\"device\": \"{device.Id}\"", File.ReadAllText(trained.Folder[$"{backend}-1/recipe.json"]), StringComparison.Ordinal);
        Assert.Equal(Model($"{backend}-1"), Model($"{backend}-2"));
        Assert.True(Number(first.Lines[^1], "test_accuracy") > 0.5, first.Output);
        TestDevices.Report($"{device.Id} ({device.Name})");
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_model_of_the_processor_answers_alike_on_the_device(string backend)
    {
        var device = Find(backend);
        var run = trained.OnProcessor();
        var (here, there) = (Eval(run, "cpu"), Eval(run, device.Id));
        Assert.True(Math.Abs(Number(here, "accuracy") - Number(there, "accuracy")) <= 0.0005, $"{here} {there}");
        Assert.True(Math.Abs(Number(here, "loss") - Number(there, "loss")) <= 1e-5, $"{here} {there}");
        var (a, b) = (Predict(run, "cpu"), Predict(run, device.Id));
        Assert.Equal(10_001, a.Length);
        Assert.True(a.Zip(b).Count(pair => pair.First == pair.Second) >= a.Length - 5, "other answers");
    }

    /// <summary>Columns and a quantity are gathered by kernels of their own, and twelve towns have vectors.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void A_quantity_of_a_table_is_learned_alike_on_the_device(string backend)
    {
        var device = Find(backend);
        File.WriteAllText(trained.Folder["houses.csv"], "size,town,place,price\n" + string.Concat(Enumerable.Range(0, 200).Select(row =>
            $"{(row % 11 == 0 ? "" : $"{row * 7 % 60}")},town {row % 12},{(row % 3 == 0 ? "south" : "north")},{1000 + (30 * (row * 7 % 60))}.5\n")));
        var (here, there) = (Train("cpu"), Train(device.Id));
        Assert.True(Math.Abs(here - there) <= 1e-3 * here, $"{here} and {there}");

        double Train(string on) => Number(
            Run("train", "--data", "houses.csv", "--epochs", "3", "--json", "--quiet", "--force", "--device", on, "--out", $"{backend}-table").Lines[^2], "validation_rmse");
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Check_passes_on_the_device(string backend)
    {
        var device = Find(backend);
        var result = Run("check", "--device", device.Id, "--only", "sgd");
        Assert.EndsWith("of its bound", result.Lines[^1], StringComparison.Ordinal);
        Assert.StartsWith($"device: {device.Id} (", result.Lines[0], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Devices_lists_the_device(string backend)
    {
        var device = Find(backend);
        var line = Run("devices", "--json").Lines.Single(l => l.Contains($"\"device\":\"{device.Id}\"", StringComparison.Ordinal));
        using var json = JsonDocument.Parse(line);
        Assert.True(json.RootElement.GetProperty("usable").GetBoolean());
        Assert.Equal(device.ComputeUnits, json.RootElement.GetProperty("compute_units").GetInt32());

        // A processor's driver names the memory that is there just now, which grows in some virtual machines.
        var memory = json.RootElement.GetProperty("memory_bytes").GetInt64();
        Assert.True(device.Class == DeviceClass.Gpu ? memory == device.MemoryBytes : memory > 0, $"{memory:N0} bytes of memory, {device.MemoryBytes:N0} found before.");
        Assert.Equal(device.DriverVersion, json.RootElement.GetProperty("driver").GetString());
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_number_beyond_the_last_is_an_error_that_says_what_there_is(string backend)
    {
        var device = Find(backend);
        var result = GpuProcess.Run(trained.Folder.Path, "train", "--data", "digits", "--device", $"{backend}:99", "--out", "beyond");
        Assert.Equal(4, result.ExitCode);
        Assert.Contains($"{device.Id} ({device.Name})", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(trained.Folder["beyond"]));
    }

    [Fact]
    public void A_loader_without_drivers_is_said_to_name_no_device()
    {
        var device = Find("opencl");
        Assert.SkipUnless(OperatingSystem.IsLinux() && IsPoCL(device), "PoCL and the loader of Linux are needed");
        Directory.CreateDirectory(trained.Folder["no-drivers"]);
        (string, string)[] environment = [("OCL_ICD_VENDORS", trained.Folder["no-drivers"])];
        var result = GpuProcess.Run(trained.Folder.Path, environment, "devices");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("names no device", result.Output, StringComparison.Ordinal);
        result = GpuProcess.Run(trained.Folder.Path, environment, "check", "--device", "opencl");
        Assert.Equal(4, result.ExitCode);
        Assert.Contains("no driver is registered", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_beyond_the_largest_allocation_is_out_of_memory()
    {
        var device = Find("opencl");
        Assert.SkipUnless(IsPoCL(device), "only PoCL can be told to have less memory");
        var result = GpuProcess.Run(trained.Folder.Path, [("POCL_MEMORY_LIMIT", "1")],
            "train", "--data", "digits", "--limit", "10", "--hidden", "120000", "--device", device.Id, "--out", "wide");
        Assert.True(result.ExitCode == 5, $"exit code {result.ExitCode}: {result.Error}");
        Assert.Contains("382 MB of it in one buffer, of which the device gives at most 268 MB", result.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Contains("--hidden 60000", result.ErrorLines[^1], StringComparison.Ordinal);
        Assert.False(Directory.Exists(trained.Folder["wide"]));
    }

    private static FoundDevice Find(string backend) =>
        TestDevices.Find(backend == "cuda" ? AcceleratorKind.Cuda : AcceleratorKind.OpenCl);

    private static bool IsPoCL(FoundDevice device) => device.Version.Contains("PoCL", StringComparison.OrdinalIgnoreCase);

    private byte[] Model(string run) => File.ReadAllBytes(trained.Folder[$"{run}/model.safetensors"]);

    private GpuResult Train(string run, string device) => Run([.. _training, "--device", device, "--out", run]);

    private string Eval(string run, string device) => Run("eval", run, "--data", "digits", "--device", device, "--json").Output;

    private string[] Predict(string run, string device) =>
        Run("predict", run, "--data", "digits", "--device", device, "--format", "kaggle").Lines;

    private GpuResult Run(params string[] arguments)
    {
        var result = GpuProcess.Run(trained.Folder.Path, arguments);
        Assert.True(result.ExitCode == 0, $"exit code {result.ExitCode}: {result.Error}");
        return result;
    }

    private static double Number(string line, string key)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty(key).GetDouble();
    }

    /// <summary>The folder that these tests share, with a model trained on the processor when one needs it.</summary>
    public sealed class TrainedModels : IDisposable
    {
        private readonly Lazy<string> _onProcessor;

        public TrainedModels() => _onProcessor = new Lazy<string>(() =>
        {
            var result = GpuProcess.Run(Folder.Path, [.. _training, "--device", "cpu", "--out", "cpu"]);
            Assert.True(result.ExitCode == 0, result.Error);
            return "cpu";
        });

        public TestFolder Folder { get; } = new();

        public string OnProcessor() => _onProcessor.Value;

        public void Dispose() => Folder.Dispose();
    }
}
