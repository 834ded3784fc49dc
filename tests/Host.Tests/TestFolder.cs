namespace Gpu.Host.Tests;

/// <summary>An empty folder that is gone when the test is over.</summary>
public sealed class TestFolder : IDisposable
{
    public TestFolder() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"gpu-test-{Guid.NewGuid():N}");

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Every file and folder in it, by relative name.</summary>
    public string[] Contents =>
        [.. Directory.GetFileSystemEntries(Path, "*", SearchOption.AllDirectories).Select(e => System.IO.Path.GetRelativePath(Path, e)).Order()];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
