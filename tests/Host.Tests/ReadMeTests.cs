using System.Text.RegularExpressions;
using Gpu.Kernels.Devices;

namespace Gpu.Host.Tests;

/// <summary>What the documents say about the program is true of the program.</summary>
public partial class ReadMeTests
{
    private static readonly string _root = FindRoot();
    private static readonly string _text = File.ReadAllText(Path.Combine(_root, "README.md"));

    [Fact]
    public void Every_command_in_it_parses()
    {
        var commands = Command().Matches(_text).Select(match => match.Groups[1].Value.Split(" > ")[0]).ToList();
        Assert.True(commands.Count >= 8, $"only {commands.Count} commands were found");
        Assert.All(commands, command => Assert.True(
            GpuProgram.CreateRoot().Parse(command) is { Errors.Count: 0 }, $"'gpu {command}' does not parse."));
    }

    [Fact]
    public void Every_environment_switch_of_the_source_is_in_its_table()
    {
        var used = Directory.GetFiles(_root, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(file => Switch().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
            .Distinct().ToList();
        Assert.Contains("GPU_CPU_SIMD", used);
        Assert.All(used.Where(name => !name.StartsWith("GPU_FORCE_", StringComparison.Ordinal)),
            name => Assert.Contains($"`{name}`", _text, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_variant_that_can_be_forced_is_in_its_table_and_no_other()
    {
        var rows = Forced().Matches(_text).Select(row =>
            $"{row.Groups[1].Value}: {string.Join(", ", Quoted().Matches(row.Groups[2].Value).Select(name => name.Groups[1].Value))}");
        Assert.Equal(OperationVariants.All.Select(operation => $"{operation.Variable}: {string.Join(", ", operation.Variants)}"), rows);
    }

    [Fact]
    public void Every_folder_in_its_table_exists()
    {
        var folders = Folder().Matches(_text).Select(match => match.Groups[1].Value).Where(name => name.Contains('/') || name is "tests" or ".ci").ToList();
        Assert.True(folders.Count > 8, $"only {folders.Count} folders were found");
        Assert.All(folders, folder => Assert.True(Directory.Exists(Path.Combine(_root, folder)), $"{folder} does not exist."));
    }

    [Fact]
    public void Bench_checks_and_times_as_it_says()
    {
        using var folder = new TestFolder();
        var result = GpuProcess.Run(folder.Path, "bench", "--device", "cpu", "--only", "tally", "--json", "--quiet");
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.StartsWith("""{"event":"peak","device":"cpu","gflops":""", result.Lines[1], StringComparison.Ordinal);
        Assert.StartsWith("""{"event":"operation","device":"cpu","name":"tally(""", result.Lines[2], StringComparison.Ordinal);
        Assert.Contains("\"passed\":true", result.Lines[2], StringComparison.Ordinal);
        Assert.Equal(2, GpuProcess.Run(folder.Path, "bench", "--only", "nothing").ExitCode);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "gpu.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds gpu.sln.");
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"^gpu ([^\n]+)$", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex("""\"(GPU_[A-Z_]+)""")]
    private static partial Regex Switch();

    [GeneratedRegex(@"^\| `(GPU_FORCE_[A-Z_]+)` \|([^|]+)\|", RegexOptions.Multiline)]
    private static partial Regex Forced();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^\| `([\w./]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Folder();
}
