using Gpu.Training.Data;
using Gpu.Training.Files;

namespace Gpu.Training.Tests.Files;

public class FileTests
{
    [Fact]
    public void A_writer_that_fails_leaves_what_was_there()
    {
        using var folder = new TempFolder();
        AtomicFile.Write(folder.File("a"), stream => stream.WriteByte(1));
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(folder.File("a"), stream =>
        {
            stream.WriteByte(2);
            throw new InvalidOperationException();
        }));
        Assert.Equal([1], File.ReadAllBytes(folder.File("a")));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_second_name_keeps_its_content_when_the_first_is_written_anew()
    {
        using var folder = new TempFolder();
        AtomicFile.Write(folder.File("a"), stream => stream.WriteByte(1));
        folder.Write("b", "old");
        AtomicFile.Duplicate(folder.File("a"), folder.File("b"));
        AtomicFile.Write(folder.File("a"), stream => stream.WriteByte(2));
        Assert.Equal([1], File.ReadAllBytes(folder.File("b")));
        Assert.Equal([2], File.ReadAllBytes(folder.File("a")));
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
    }

    [Fact]
    public void A_folder_that_is_not_there_cannot_be_flushed()
    {
        using var folder = new TempFolder();
        AtomicFile.FlushFolder(folder.File("a"));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Throws<IOException>(() => AtomicFile.FlushFolder(folder.File("gone/a")));
        }
    }

    [Fact]
    public void A_lock_has_one_holder()
    {
        using var folder = new TempFolder();
        var first = FileLock.TryTake(folder.File("lock"));
        Assert.NotNull(first);
        Assert.Null(FileLock.TryTake(folder.File("lock")));
        first.Dispose();
        using var second = FileLock.TryTake(folder.File("lock"));
        Assert.NotNull(second);
        Assert.Throws<DirectoryNotFoundException>(() => FileLock.TryTake(folder.File("gone/lock")));
    }

    [Fact]
    public void Other_samples_labels_sizes_or_parts_have_another_hash()
    {
        var hashes = new[]
        {
            DataHash.Of(Set([1, 2, 3, 4], [0, 1])), DataHash.Of(Set([1, 2, 3, 5], [0, 1])), DataHash.Of(Set([1, 2, 3, 4], [1, 1])),
            DataHash.Of(Set([1, 2, 3, 4], [0, 1], width: 1)), DataHash.Of(Set([1, 2, 3, 4], [0, 1]), null),
            DataHash.Of(null, Set([1, 2, 3, 4], [0, 1])), DataHash.Of(Set([1, 2, 3, 4], [0, 1], classes: 3)),
        };
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
        Assert.Equal(hashes[0], DataHash.Of(Set([1, 2, 3, 4], [0, 1])));
        Assert.All(hashes, hash => Assert.Matches("^[0-9a-f]{64}$", hash));
    }

    private static DataSet Set(byte[] values, byte[] labels, int width = 2, int classes = 2) =>
        new("set", values, width == 2 ? labels : [.. labels, .. labels], 1, width, classes);
}
