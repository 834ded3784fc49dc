using System.Diagnostics;
using Gpu.Training.Data;
using Gpu.Training.Files;
using Gpu.Training.Models;
using Gpu.Training.Recipes;
using Gpu.Training.Tests.Models;

namespace Gpu.Training.Tests.Files;

/// <summary>Things under a file's name that are none, and files that change: every reader refuses them alike.</summary>
public class ForeignFileTests
{
    private static readonly (string Name, Failure Failure, Action<string> Read)[] _readers =
    [
        ("model", Failure.ModelFile, path => ModelFile.Load(path)),
        ("recipe", Failure.Usage, path => RecipeFile.Load(path)),
        ("idx", Failure.Data, path => IdxFile.Read(path)),
        ("table", Failure.Data, path => CsvFile.Load(path)),
    ];

    public static TheoryData<string> Readers() => [.. _readers.Select(reader => reader.Name)];

    [Theory]
    [MemberData(nameof(Readers))]
    public void What_is_no_file_is_refused_at_once(string reader)
    {
        using var folder = new TempFolder();
        Assert.Contains("found a folder", Refusal(reader, folder.Path), StringComparison.Ordinal);
        Assert.Contains("found no such file", Refusal(reader, folder.File("none")), StringComparison.Ordinal);
        Assert.Contains("found no such file", Refusal(reader, folder.File("no/such/folder")), StringComparison.Ordinal);
        Assert.Contains("an empty file", Refusal(reader, folder.Write("empty", "")), StringComparison.Ordinal);
        Assert.Contains("too long", Refusal(reader, folder.File(new string('x', 10_000))), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public async Task Pipes_and_devices_are_refused_and_not_waited_for(string reader)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Pipes have names on Linux.");
        using var folder = new TempFolder();
        var pipe = folder.File("pipe");
        await Process.Start("mkfifo", [pipe]).WaitForExitAsync();
        var link = folder.File("link");
        File.CreateSymbolicLink(link, pipe);
        foreach (var path in new[] { pipe, link, "/dev/zero", "/dev/null" })
        {
            var refusal = await Task.Run(() => Refusal(reader, path)).WaitAsync(TimeSpan.FromSeconds(30));
            Assert.Contains("a pipe or a device", refusal, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Links_are_followed_to_files_and_not_beyond()
    {
        using var folder = new TempFolder();
        ModelFile.Save(folder.File("model"), ModelFileTests.Example());
        File.CreateSymbolicLink(folder.File("link"), folder.File("model"));
        File.CreateSymbolicLink(folder.File("link to link"), folder.File("link"));
        ModelFileTests.AssertSame(ModelFileTests.Example(), ModelFile.Load(folder.File("link to link")));
        File.CreateSymbolicLink(folder.File("dangling"), folder.File("nowhere"));
        Assert.Contains("found no such file", Refusal("model", folder.File("dangling")), StringComparison.Ordinal);
        File.CreateSymbolicLink(folder.File("circle"), folder.File("circle"));
        Assert.Contains("cannot be opened", Refusal("model", folder.File("circle")), StringComparison.Ordinal);
        File.CreateSymbolicLink(folder.File("up"), folder.Path);
        Assert.Contains("found a folder", Refusal("model", folder.File("up")), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void A_file_that_may_not_be_read_is_refused(string reader)
    {
        if (OperatingSystem.IsWindows() || Environment.UserName == "root")
        {
            Assert.Skip("Everything may be read here.");
            return;
        }

        using var folder = new TempFolder();
        var path = folder.Write("secret", "contents");
        File.SetUnixFileMode(path, UnixFileMode.None);
        Assert.Contains("cannot be opened", Refusal(reader, path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_becomes_shorter_while_it_is_read_is_refused()
    {
        using var folder = new TempFolder();
        var path = folder.Write("file", new byte[1 << 20]);
        var error = Assert.Throws<TrainingException>(() => SourceFile.Read(path, "a file", TrainingException.BadData, file =>
        {
            using (var other = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            {
                other.SetLength(1000);
            }

            file.ReadExactly(new byte[1 << 20]);
            return 0;
        }));
        Assert.Contains("became shorter while it was read", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\nb\u001b[2J", "a\\u000Ab\\u001B[2J")]
    [InlineData("\u202Eabc\u2028", "\\u202Eabc\\u2028")]
    [InlineData("größer 🙂 ∞", "größer 🙂 ∞")]
    public void What_a_stranger_wrote_stays_on_its_line(string text, string shown) =>
        Assert.Equal($"x: found {shown}.", TrainingException.BadData($"x: found {text}.").Message);

    [Fact]
    public void A_sentence_has_whole_characters_and_an_end()
    {
        Assert.Equal("x\\uD800x.", TrainingException.BadData("x\ud800x.").Message);
        var message = TrainingException.BadData($"x: found {new string('\u001b', 100_000)}.").Message;
        Assert.InRange(message.Length, 1000, 1600);
        Assert.EndsWith("\\u001B.", message, StringComparison.Ordinal);
    }

    private static string Refusal(string reader, string path)
    {
        var (_, failure, read) = _readers.Single(known => known.Name == reader);
        var error = Assert.Throws<TrainingException>(() => read(path));
        Assert.Equal(failure, error.Failure);
        return error.Message;
    }
}
