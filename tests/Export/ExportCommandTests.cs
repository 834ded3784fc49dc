namespace Gpu.Export.Tests;

/// <summary>What <c>gpu export</c> refuses, and how it says so.</summary>
public sealed class ExportCommandTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_is_replaced_only_by_force_and_what_cannot_be_is_refused_in_a_sentence()
    {
        Assert.Equal(0, Run("train", "--data", "digits", "--limit", "200", "--hidden", "5", "--epochs", "1", "--device", "cpu", "--out", "run", "--no-report").ExitCode);
        var exported = Run("export", "run", "model.onnx");
        Assert.Equal((0, "model: model.onnx\n", ""), (exported.ExitCode, exported.Output, exported.Error));
        var first = File.ReadAllBytes(_folder["model.onnx"]);
        Refused(2, "expected a name that is free, found a file: name another, or replace it with --force.", "export", "run", "model.onnx");
        Assert.Equal(0, Run("export", "run/model.safetensors", "model.onnx", "--force").ExitCode);
        Assert.Equal(first, File.ReadAllBytes(_folder["model.onnx"]));

        Directory.CreateDirectory(_folder["some.onnx"]);
        Refused(2, "expected the name of a file, found a folder", "export", "run", "some.onnx", "--force");
        Refused(2, "expected a file that ends in .onnx, .npz or .json", "export", "run", "model.pt");
        Refused(2, "choose a folder that exists and that you may write to.", "export", "run", "nowhere/model.onnx");
        Refused(7, "found no such file", "export", "nothing", "other.onnx");
        var bytes = File.ReadAllBytes(_folder["run/model.safetensors"]);
        File.WriteAllBytes(_folder["cut.safetensors"], bytes[..^100]);
        Refused(7, "cut.safetensors: ", "export", "cut.safetensors", "other.onnx");
        Assert.False(File.Exists(_folder["other.onnx"]));
    }

    private void Refused(int code, string sentence, params string[] arguments)
    {
        var result = Run(arguments);
        Assert.True(result.ExitCode == code && result.Error.Contains(sentence, StringComparison.Ordinal) && result.ErrorLines.Length == 1, $"{result.ExitCode}: {result.Error}");
    }

    private GpuResult Run(params string[] arguments) => GpuProcess.Run(_folder.Path, arguments);
}
