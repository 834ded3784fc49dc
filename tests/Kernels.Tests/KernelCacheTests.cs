using Gpu.Kernels.Devices;

namespace Gpu.Kernels.Tests;

/// <summary>Compiled programs on disk: whole or not at all.</summary>
public sealed class KernelCacheTests : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("gpu-cache-").FullName;
    private readonly string _folder;

    public KernelCacheTests() => _folder = Path.Combine(_parent, "deep");

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [Fact]
    public void What_was_written_is_read()
    {
        var cache = new KernelCache(_folder);
        Assert.Null(cache.Read("a"));
        cache.Write("a", [1, 2, 3]);
        cache.Write("b", [4]);
        cache.Write("a", [5, 6]);
        Assert.Equal([5, 6], cache.Read("a"));
        Assert.Equal([4], cache.Read("b"));
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void Entries_unused_for_long_and_files_half_written_are_removed_and_nothing_else()
    {
        string[] keys = [KernelCache.Key("new"), KernelCache.Key("old"), KernelCache.Key("used")];
        var before = new KernelCache(_folder);
        Array.ForEach(keys, key => before.Write(key, [1]));
        string[] half = [Path.Combine(_folder, $"{keys[0]}.bin.{Guid.NewGuid():N}.tmp"), Path.Combine(_folder, $"{keys[1]}.bin.{Guid.NewGuid():N}.tmp")];
        string[] foreign = [Path.Combine(_folder, "notes.tmp"), Path.Combine(_folder, "other.bin")];
        Array.ForEach([.. half, .. foreign], path => File.WriteAllText(path, "x"));
        foreach (var path in (string[])[PathOf(keys[1]), PathOf(keys[2]), half[0], .. foreign])
        {
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(-91));
        }

        var cache = new KernelCache(_folder);
        Assert.Equal([1], cache.Read(keys[2]));
        cache.Write(KernelCache.Key("next"), [2]);
        Assert.Equal([1], cache.Read(keys[0]));
        Assert.Null(cache.Read(keys[1]));
        Assert.Equal([1], cache.Read(keys[2]));
        Assert.Equal([half[1], .. foreign], Directory.GetFiles(_folder).Where(f => !f.EndsWith(".bin", StringComparison.Ordinal) || foreign.Contains(f))
            .OrderBy(f => foreign.Contains(f) ? 1 + Array.IndexOf(foreign, f) : 0));
    }

    private string PathOf(string key) => Path.Combine(_folder, $"{key}.bin");

    [Fact]
    public void Any_changed_byte_makes_an_entry_missing()
    {
        var cache = new KernelCache(_folder);
        cache.Write("a", [1, 2, 3]);
        var path = Assert.Single(Directory.GetFiles(_folder));
        var bytes = File.ReadAllBytes(path);
        for (var i = 0; i < bytes.Length; i++)
        {
            var damaged = bytes.ToArray();
            damaged[i] ^= 0x10;
            File.WriteAllBytes(path, damaged);
            Assert.Null(cache.Read("a"));
            File.WriteAllBytes(path, bytes[..i]);
            Assert.Null(cache.Read("a"));
        }

        File.WriteAllBytes(path, bytes);
        Assert.Equal([1, 2, 3], cache.Read("a"));
    }

    [Fact]
    public void Writers_at_the_same_time_leave_one_whole_entry()
    {
        var contents = Enumerable.Range(0, 8).Select(i => Enumerable.Repeat((byte)i, 10_000 + i).ToArray()).ToArray();
        Parallel.For(0, 64, i =>
        {
            var cache = new KernelCache(_folder);
            cache.Write("a", contents[i % contents.Length]);
            var found = cache.Read("a");
            Assert.True(found is not null && contents.Any(c => c.AsSpan().SequenceEqual(found)), "half an entry was read");
        });
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_no_error()
    {
        Directory.CreateDirectory(_folder);
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        var cache = new KernelCache(Path.Combine(file, "cache"));
        cache.Write("a", [1]);
        Assert.Null(cache.Read("a"));
    }

    [Fact]
    public void Without_a_folder_nothing_is_kept()
    {
        var cache = new KernelCache(null);
        cache.Write("a", [1]);
        Assert.Null(cache.Read("a"));
    }

    [Fact]
    public void A_key_tells_parts_apart()
    {
        Assert.NotEqual(KernelCache.Key("ab", "c"), KernelCache.Key("a", "bc"));
        Assert.Equal(KernelCache.Key("a", "b"), KernelCache.Key("a", "b"));
    }
}
