using System.Text.RegularExpressions;
using Gpu.Kernels.Devices;

namespace Gpu.Host.Tests;

/// <summary>What the documents say about the program is true of the program.</summary>
public partial class ReadMeTests
{
    private static readonly string _root = FindRoot();
    private static readonly string _readMe = File.ReadAllText(Path.Combine(_root, "README.md"));
    private static readonly string[] _documents = [Path.Combine(_root, "README.md"), Path.Combine(_root, "CONTRIBUTING.md"), .. Directory.GetFiles(Path.Combine(_root, "docs"), "*.md")];
    private static readonly string _text = string.Concat(_documents.Select(File.ReadAllText));

    [Fact]
    public void A_stranger_can_read_it_at_once() => Assert.InRange(_readMe.Split('\n').Length, 50, 150);

    [Fact]
    public void Every_link_leads_to_a_file_and_a_heading()
    {
        var links = _documents.SelectMany(file => Link().Matches(File.ReadAllText(file)).Select(match => (file, To: match.Groups[1].Value)))
            .Where(link => !link.To.Contains("://", StringComparison.Ordinal)).ToList();
        Assert.True(links.Count > 15, $"only {links.Count} links were found");
        Assert.All(links, link =>
        {
            var parts = link.To.Split('#');
            var target = parts[0].Length == 0 ? link.file : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(link.file)!, parts[0]));
            Assert.True(File.Exists(target), $"{link.file}: {link.To} does not exist.");
            Assert.True(parts.Length == 1 || Heading().Matches(File.ReadAllText(target)).Any(heading => Anchor(heading.Groups[1].Value) == parts[1]), $"{link.file}: {link.To} is no heading.");
        });
    }

    /// <summary>Those that take no graphics card, on digits and a table that are written for it; MNIST is the digits here.</summary>
    [Fact]
    public void Every_command_in_the_read_me_runs()
    {
        using var folder = new TestFolder();
        ReadMeFiles.Write(folder);
        string[] wishes = [.. Wish().Matches(_readMe).Select(match => match.Groups[1].Value)];
        Assert.Equal(6, wishes.Length);
        string[] commands = [.. Command().Matches(_readMe).Select(match => match.Groups[1].Value).Where(command => !command.Contains("cuda", StringComparison.Ordinal)), .. wishes];
        Assert.True(commands.Length >= 21, $"only {commands.Length} commands were found");
        foreach (var command in commands)
        {
            var words = command == "train" ? "train --data ./mnist --epochs 1 --hidden 8" : command.Replace("--data mnist", "--data ./mnist", StringComparison.Ordinal);
            var result = GpuProcess.Run(folder.Path, [.. Word().Matches(words).Select(word => word.Value.Trim('"'))]);
            Assert.True(result.ExitCode == 0, $"gpu {command}: {result.Error}");
        }
    }

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

    /// <summary>A heading as links name it.</summary>
    private static string Anchor(string heading) => NoAnchor().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("[^a-z0-9 -]")]
    private static partial Regex NoAnchor();

    [GeneratedRegex("\"[^\"]*\"|\\S+")]
    private static partial Regex Word();

    [GeneratedRegex(@"^gpu ([^\n]+)$", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex(@"^\| [^|`]+ \| `gpu ([^`]+)`", RegexOptions.Multiline)]
    private static partial Regex Wish();

    [GeneratedRegex("""\"(GPU_[A-Z_]+)""")]
    private static partial Regex Switch();

    [GeneratedRegex(@"^\| `(GPU_FORCE_[A-Z_]+)` \|([^|]+)\|", RegexOptions.Multiline)]
    private static partial Regex Forced();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^\| `([\w./]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Folder();
}
