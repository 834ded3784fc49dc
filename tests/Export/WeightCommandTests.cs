using System.Diagnostics;

namespace Gpu.Export.Tests;

/// <summary>Weights that were exported are taken back with their bits, and NumPy reads and writes such files.</summary>
public sealed class WeightCommandTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("npz", "--hidden 9,4 --activation tanh")]
    [InlineData("json", "--hidden 9,4 --activation tanh")]
    [InlineData("npz", "--layers conv_3x3x2_relu,batch-norm,max-pool_2,dropout_0.2,dense_5_gelu")]
    public void A_run_from_weights_has_the_bits_of_one_from_their_model(string format, string network)
    {
        string[] words = [.. network.Split(' ').Select(word => word.Replace('_', ' '))];
        Train([.. words, "--epochs", "1", "--out", "run"]);
        Run("export", "run", $"weights.{format}");
        Train("--from", "run", "--epochs", "1", "--seed", "3", "--out", "model");
        Train(["--from", $"weights.{format}", .. words, "--epochs", "1", "--seed", "3", "--out", "weights"]);
        Assert.Equal(File.ReadAllBytes(_folder["model/model.safetensors"]), File.ReadAllBytes(_folder["weights/model.safetensors"]));
        Assert.Contains($"Started from the weights of weights.{format}.", File.ReadAllText(_folder["weights/recipe.json"]), StringComparison.Ordinal);
    }

    [Fact]
    public void The_sizes_of_dense_layers_are_those_of_the_weights_and_others_are_refused()
    {
        Train("--hidden", "7", "--epochs", "1", "--out", "run");
        Run("export", "run", "weights.npz");
        Run("export", "run", "some.txt", "--format", "json");
        Assert.Contains("network: 784-7-10,", Train("--from", "weights.npz", "--epochs", "1", "--out", "on").Error, StringComparison.Ordinal);
        Refused(3, "expected layers.0.weight of 784 x 8 for the network 784-8-10, found 784 x 7: name the network", "train", "--data", "digits", "--limit", "100", "--from", "weights.npz", "--hidden", "8");
        Refused(2, "expected a file that ends in .onnx, .npz or .json", "export", "run", "weights");
        var bytes = File.ReadAllBytes(_folder["weights.npz"]);
        File.WriteAllBytes(_folder["cut.npz"], bytes[..^50]);
        Refused(3, "damaged", "train", "--data", "digits", "--from", "cut.npz");
        Refused(3, "found no such file", "train", "--data", "digits", "--from", "none.json");
    }

    [Fact]
    public void NumPy_reads_what_is_written_and_what_it_writes_is_read()
    {
        Train("--hidden", "7", "--epochs", "1", "--out", "run");
        Run("export", "run", "weights.npz");
        Run("export", "run", "weights.json");
        Python("""
            import json, numpy
            weights = dict(numpy.load('weights.npz'))
            assert {name: array.shape for name, array in weights.items()} == {
                'layers.0.weight': (784, 7), 'layers.0.bias': (7,), 'layers.1.weight': (7, 10), 'layers.1.bias': (10,)}, weights
            assert all(array.dtype == numpy.float32 for array in weights.values())
            other = json.load(open('weights.json'))
            assert all((numpy.array(other[name], numpy.float32) == array).all() for name, array in weights.items())
            numpy.savez('plain.npz', **weights)
            numpy.savez_compressed('small.npz', **{name: numpy.asfortranarray(array.astype(numpy.float64)) for name, array in weights.items()})
            json.dump({name: array.tolist() for name, array in weights.items()}, open('other.json', 'w'))
            """);
        Train("--from", "run", "--epochs", "1", "--out", "model");
        foreach (var file in (string[])["weights.npz", "plain.npz", "small.npz", "other.json"])
        {
            Train("--from", file, "--epochs", "1", "--out", "again", "--force");
            Assert.Equal(File.ReadAllBytes(_folder["model/model.safetensors"]), File.ReadAllBytes(_folder["again/model.safetensors"]));
        }
    }

    /// <summary>Runs a script by the first Python that has NumPy.</summary>
    private void Python(string script)
    {
        var python = new[] { "python3", "/usr/bin/python3" }.FirstOrDefault(name => Python(name, "import numpy") is null);
        Assert.SkipWhen(python is null, "there is no python3 with NumPy.");
        Assert.Null(Python(python, script));
    }

    /// <summary>What a script said that failed; null where it did not.</summary>
    private string? Python(string python, string script)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(python, ["-c", script]) { WorkingDirectory = _folder.Path, RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : error;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return missing.Message;
        }
    }

    private GpuResult Train(params string[] arguments) => Run(["train", "--data", "digits", "--limit", "300", "--validation", "none", "--device", "cpu", "--no-report", .. arguments]);

    private void Refused(int code, string sentence, params string[] arguments)
    {
        var result = GpuProcess.Run(_folder.Path, arguments);
        Assert.True(result.ExitCode == code && result.ErrorLines[^1].Contains(sentence, StringComparison.Ordinal), $"{result.ExitCode}: {result.Error}");
    }

    private GpuResult Run(params string[] arguments)
    {
        var result = GpuProcess.Run(_folder.Path, arguments);
        Assert.True(result.ExitCode == 0, $"gpu {string.Join(' ', arguments)}: {result.Error}");
        return result;
    }
}
