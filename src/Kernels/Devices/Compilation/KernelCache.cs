using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Gpu.Kernels.Devices;

/// <summary>
/// Compiled programs on disk, by everything that they depend on. An entry carries a checksum, so that a damaged one counts as
/// missing; it is written under another name and moved into place, so that two processes never see half of one.
/// </summary>
public sealed partial class KernelCache
{
    /// <summary>Sets the folder, or turns the cache off.</summary>
    public const string Variable = "GPU_KERNEL_CACHE";

    /// <summary>The value of <see cref="Variable"/> that turns the cache off.</summary>
    public const string Off = "off";

    private const int ChecksumLength = 32;
    private static readonly TimeSpan _keptUnused = TimeSpan.FromDays(90);
    private static readonly TimeSpan _keptUnfinished = TimeSpan.FromDays(1);
    private static readonly byte[] _magic = Encoding.ASCII.GetBytes("gpu kernels 1\n");

    private bool _isTidy;

    /// <summary>A cache in a folder, which is made when first needed; null for none.</summary>
    public KernelCache(string? folder) => Folder = folder;

    /// <summary>Where the entries lie, or null where there is no cache.</summary>
    public string? Folder { get; }

    /// <summary>The cache that the environment names: by default <c>gpu/kernels</c> in the user's cache folder.</summary>
    public static KernelCache FromEnvironment()
    {
        var named = Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrEmpty(named))
        {
            return new KernelCache(named == Off ? null : named);
        }

        var home = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
            : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } user ? Path.Combine(user, ".cache")
            : "";
        return new KernelCache(home.Length == 0 ? null : Path.Combine(home, "gpu", "kernels"));
    }

    /// <summary>A name for what these texts determine: driver, device, options, source.</summary>
    public static string Key(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(part));
            hash.AppendData([0]);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The program stored under a key, or null: missing, damaged, or not readable.</summary>
    public byte[]? Read(string key)
    {
        if (Folder is null)
        {
            return null;
        }

        try
        {
            var bytes = File.ReadAllBytes(PathOf(key));
            var content = bytes.AsSpan(Math.Min(bytes.Length, _magic.Length + ChecksumLength));
            MarkUsed(PathOf(key));
            return bytes.AsSpan().StartsWith(_magic) && content.Length > 0
                && SHA256.HashData(content).AsSpan().SequenceEqual(bytes.AsSpan(_magic.Length, ChecksumLength))
                ? content.ToArray()
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Stores a program. A folder that cannot be written costs the next start its time, and nothing else.</summary>
    public void Write(string key, ReadOnlySpan<byte> program)
    {
        if (Folder is null || program.IsEmpty)
        {
            return;
        }

        var path = PathOf(key);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(Folder);
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                stream.Write(_magic);
                stream.Write(SHA256.HashData(program));
                stream.Write(program);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            Tidy();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Remove(temporary);
        }
    }

    /// <summary>An entry's age counts from its last use, to the day; where the time cannot be set it counts from when it was written.</summary>
    private static void MarkUsed(string path)
    {
        try
        {
            if (DateTime.UtcNow - File.GetLastWriteTimeUtc(path) > _keptUnfinished)
            {
                File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The folder is somebody else's.
        }
    }

    /// <summary>Removes, once, entries that nobody has used for long and files that a process left half written; other files are not the cache's.</summary>
    private void Tidy()
    {
        if (_isTidy)
        {
            return;
        }

        _isTidy = true;
        foreach (var file in Directory.EnumerateFiles(Folder!).Where(file => OwnName().IsMatch(Path.GetFileName(file))))
        {
            var kept = file.EndsWith(".tmp", StringComparison.Ordinal) ? _keptUnfinished : _keptUnused;
            if (DateTime.UtcNow - File.GetLastWriteTimeUtc(file) > kept)
            {
                Remove(file);
            }
        }
    }

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It stays behind; nobody reads a file of that name.
        }
    }

    [GeneratedRegex(@"^[0-9a-f]{64}\.bin(\.[0-9a-f]{32}\.tmp)?$")]
    private static partial Regex OwnName();

    private string PathOf(string key) => Path.Combine(Folder!, $"{key}.bin");
}
