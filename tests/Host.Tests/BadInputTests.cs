using System.IO.Compression;
using System.Text;

namespace Gpu.Host.Tests;

/// <summary>
/// Whatever is wrong gets its exit code and one sentence on standard error, prints nothing on standard output, and leaves
/// nothing behind.
/// </summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--epochs 0", "--epochs", "\"0\"")]
    [InlineData("--batch-size 0", "--batch-size", "\"0\"")]
    [InlineData("--hidden 128,0", "--hidden", "\"128,0\"")]
    [InlineData("--lr nan", "--lr", "\"nan\"")]
    [InlineData("--lr -1", "--lr", "\"-1\"")]
    [InlineData("--lr infinity", "--lr", "\"infinity\"")]
    [InlineData("--momentum 1", "--momentum", "\"1\"")]
    [InlineData("--activation rleu", "--activation", "relu")]
    [InlineData("--loss hinge", "--loss", "\"hinge\"")]
    [InlineData("--validation 1.5", "--validation", "\"1.5\"")]
    [InlineData("--scale 1,0", "--scale", "\"1,0\"")]
    [InlineData("--device tpu", "--device", "\"tpu\"")]
    [InlineData("--hidden 8,8 --activation relu,relu,relu", "activation", "3")]
    [InlineData("--limit 0", "--limit", "\"0\"")]
    [InlineData("--lerning-rate 1", "--lerning-rate", "--help")]
    [InlineData("--checkpoint-every 0", "--checkpoint-every", "'0'")]
    [InlineData("--checkpoint-every 5step", "--checkpoint-every", "'5step'")]
    [InlineData("--keep -1", "--keep", "'-1'")]
    [InlineData("--resume run --out other", "--out", "--from run")]
    [InlineData("--resume run --recipe c", "--recipe", "--resume")]
    public void Wrong_settings_are_usage_errors(string arguments, string where, string found)
    {
        TinyData.WriteIdx(_folder);
        Refused(2, ["train", "--data", "tiny", .. arguments.Split(' ')], where, found);
    }

    [Theory]
    [InlineData("{ \"lr\": 0.1, \"batchsize\": 3 }", "recipe.json, line 1: batchsize", "batch-size")]
    [InlineData("{ \"lr\": ", "recipe.json, line 1", "JSON")]
    [InlineData("{ \"epochs\": \"many\" }", "epochs", "many")]
    public void Wrong_recipes_are_usage_errors(string json, string where, string found)
    {
        TinyData.WriteIdx(_folder);
        File.WriteAllText(_folder["recipe.json"], json);
        Refused(2, ["train", "--data", "tiny", "--recipe", "recipe.json"], where, found);
    }

    [Theory]
    [InlineData("data", "")]
    [InlineData("test-data", "--data digits")]
    public void Paths_in_a_recipe_are_not_followed(string key, string given)
    {
        // A pipe would hold up whoever opens it.
        if (!OperatingSystem.IsWindows())
        {
            System.Diagnostics.Process.Start("mkfifo", [_folder["pipe"]]).WaitForExit();
        }

        File.WriteAllText(_folder["r.json"], $$"""{ "{{key}}": "{{_folder["pipe"]}}" }""");
        Refused(2, ["train", "--recipe", "r.json", .. given.Split(' ', StringSplitOptions.RemoveEmptyEntries)], "r.json, line 1", $"--{key} ");
    }

    [Fact]
    public void Pipes_and_devices_are_refused_and_not_waited_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Devices have names on Linux.");
        TinyData.WriteIdx(_folder);
        Refused(3, ["train", "--data", "/dev/zero"], "/dev/zero");
        Refused(2, ["train", "--recipe", "/dev/zero"], "/dev/zero");
        Refused(7, ["summary", "/dev/zero"], "/dev/zero");
    }

    [Fact]
    public void A_recipe_that_is_not_there_is_a_usage_error() => Refused(2, ["train", "--recipe", "nowhere.json"], "nowhere.json");

    [Theory]
    [InlineData("GPU_CPU_SIMD", "vector1024", "scalar")]
    [InlineData("GPU_CPU_SIMD", "256", "scalar")]
    [InlineData("GPU_FORCE_MATMUL", "slow", "tiled")]
    [InlineData("GPU_FORCE_TALLY", "slow", "grouped")]
    [InlineData("GPU_FORCE_MATMULL", "tiled", "GPU_FORCE_GATHER_MATMUL")]
    public void A_switch_that_names_nothing_is_a_device_error_that_lists_what_there_is(string name, string value, string known)
    {
        TinyData.WriteIdx(_folder);
        var result = GpuProcess.Run(_folder.Path, [(name, value)], "train", "--data", "tiny", "--quiet");
        Assert.Equal(4, result.ExitCode);
        var sentence = Assert.Single(result.ErrorLines);
        Assert.Contains($"{name}={value}", sentence, StringComparison.Ordinal);
        Assert.Contains(known, sentence, StringComparison.Ordinal);
        Assert.Equal(["tiny"], _folder.Contents.Where(entry => !entry.StartsWith("tiny/", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_output_folder_that_exists_is_refused()
    {
        TinyData.WriteIdx(_folder);
        Directory.CreateDirectory(_folder["run"]);
        Refused(2, ["train", "--data", "tiny", "--out", "run"], "run", "--force");
    }

    [Fact]
    public void An_output_folder_that_cannot_be_written_is_refused()
    {
        TinyData.WriteIdx(_folder);
        Refused(2, ["train", "--data", "tiny", "--out", Path.Combine("tiny", "t10k-labels-idx1-ubyte", "run")], "--out");
    }

    [Fact]
    public void Data_that_is_not_there_is_a_data_error() => Refused(3, ["train", "--data", "nowhere"], "nowhere");

    [Fact]
    public void An_empty_folder_is_a_data_error()
    {
        Directory.CreateDirectory(_folder["empty"]);
        Refused(3, ["train", "--data", "empty"], "empty");
    }

    [Theory]
    [InlineData("train-images-idx3-ubyte", "empty")]
    [InlineData("train-images-idx3-ubyte", "cut")]
    [InlineData("train-images-idx3-ubyte", "long")]
    [InlineData("train-images-idx3-ubyte", "labels")]
    [InlineData("train-images-idx3-ubyte", "html")]
    [InlineData("train-images-idx3-ubyte", "cut gzip")]
    [InlineData("train-images-idx3-ubyte", "huge")]
    [InlineData("train-labels-idx1-ubyte", "count")]
    [InlineData("train-labels-idx1-ubyte", "cut")]
    [InlineData("t10k-images-idx3-ubyte", "cut")]
    public void Damaged_idx_files_are_data_errors(string file, string damage)
    {
        var data = TinyData.WriteIdx(_folder);
        var path = Path.Combine(data, file);
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, damage switch
        {
            "empty" => [],
            "cut" => bytes[..^5],
            "long" => [.. bytes, 1, 2, 3],
            "labels" => TinyData.LabelFile(TinyData.Training),
            "html" => "<!DOCTYPE html><html>not found</html>"u8.ToArray(),
            "cut gzip" => Gzip(bytes)[..40],
            "huge" => [0, 0, 8, 3, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 4, 0, 0, 0, 4, 1, 2, 3],
            _ => TinyData.LabelFile(TinyData.Training - 1),
        });
        Refused(3, ["train", "--data", "tiny"], file);
    }

    [Fact]
    public void Labels_out_of_range_are_data_errors()
    {
        TinyData.WriteIdx(_folder);
        var csv = TinyData.WriteCsv(_folder, "data.csv", change: lines => lines[3] = "300" + lines[3][1..]);
        Refused(3, ["train", "--data", csv], "data.csv", "300", "4");
    }

    [Theory]
    [InlineData("short", "5")]
    [InlineData("long", "5")]
    [InlineData("text", "pixel")]
    [InlineData("range", "256")]
    [InlineData("empty", "data.csv")]
    [InlineData("header", "data.csv")]
    public void Damaged_tables_are_data_errors(string damage, string found)
    {
        var csv = TinyData.WriteCsv(_folder, "data.csv", change: lines =>
        {
            switch (damage)
            {
                case "short": lines[4] = lines[4][..lines[4].LastIndexOf(',')]; break;
                case "long": lines[4] += ",7"; break;
                case "text": lines[4] = lines[4][..lines[4].LastIndexOf(',')] + ",pixel"; break;
                case "range": lines[4] = lines[4][..lines[4].LastIndexOf(',')] + ",256"; break;
                case "empty": lines.Clear(); break;
                default: lines.RemoveRange(1, lines.Count - 1); break;
            }
        });
        Refused(3, ["train", "--data", csv], "data.csv", found);
    }

    [Theory]
    [InlineData("eval")]
    [InlineData("predict")]
    [InlineData("summary")]
    public void A_model_that_is_not_there_is_a_model_error(string command)
    {
        TinyData.WriteIdx(_folder);
        string[] data = command == "summary" ? [] : ["--data", "tiny"];
        Refused(7, [command, "nowhere.safetensors", .. data], "nowhere.safetensors");
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a model at all, but some text that is longer than a header's length")]
    [InlineData("\u0002\0\0\0\0\0\0\0{}")]
    public void A_file_that_is_no_model_is_a_model_error(string content)
    {
        TinyData.WriteIdx(_folder);
        File.WriteAllBytes(_folder["m.safetensors"], Encoding.ASCII.GetBytes(content));
        Refused(7, ["eval", "m.safetensors", "--data", "tiny"], "m.safetensors");
        Refused(7, ["train", "--data", "tiny", "--from", "m.safetensors"], "m.safetensors");
    }

    [Fact]
    public void A_run_that_is_not_there_is_a_model_error()
    {
        TinyData.WriteIdx(_folder);
        Refused(7, ["train", "--resume", "nowhere"], "nowhere");
        Refused(7, ["train", "--resume", "tiny"], "tiny", "checkpoints");
    }

    [Fact]
    public void Diverged_training_has_its_own_code_and_writes_no_model()
    {
        TinyData.WriteIdx(_folder);
        var result = GpuProcess.Run(_folder.Path, "train", "--data", "tiny", "--lr", "1e30", "--activation", "identity", "--loss", "mse",
            "--scale", "none", "--json", "--epochs", "5", "--quiet", "--out", "run");
        Assert.Equal(6, result.ExitCode);
        Assert.Single(result.ErrorLines);
        Assert.False(File.Exists(_folder["run/model.safetensors"]));
    }

    [Fact]
    public void A_stack_trace_is_shown_to_those_who_ask()
    {
        var result = GpuProcess.Run(_folder.Path, "train", "--data", "nowhere", "--verbosity", "diagnostic");
        Assert.Equal(3, result.ExitCode);
        Assert.Contains("   at Gpu.", result.Error, StringComparison.Ordinal);
    }

    private void Refused(int exitCode, string[] arguments, params string[] parts)
    {
        var before = _folder.Contents;
        var result = GpuProcess.Run(_folder.Path, [.. arguments]);
        Assert.True(exitCode == result.ExitCode, $"exit code {result.ExitCode} for {exitCode}: {result.Error}");
        Assert.Empty(result.Output);
        var sentence = result.ErrorLines[^1];
        Assert.StartsWith("gpu: ", sentence, StringComparison.Ordinal);
        Assert.All(parts, part => Assert.Contains(part, sentence, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, _folder.Contents);
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return stream.ToArray();
    }
}
