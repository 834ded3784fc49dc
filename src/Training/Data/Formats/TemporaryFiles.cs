namespace Gpu.Training.Data;

/// <summary>Files that last as long as the process.</summary>
internal static class TemporaryFiles
{
    private static readonly List<string> _files = [];
    private static readonly Lock _lock = new();

    static TemporaryFiles() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Remove();

    /// <summary>The name of a new file, which is removed when the process ends.</summary>
    internal static string Create(string prefix)
    {
        var path = Path.Combine(Path.GetTempPath(), $"{prefix}{Guid.NewGuid():N}");
        lock (_lock)
        {
            _files.Add(path);
        }

        return path;
    }

    private static void Remove()
    {
        lock (_lock)
        {
            foreach (var file in _files)
            {
                try
                {
                    File.Delete(file);
                }
                catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
                {
                    // The process ends: there is nobody left to tell.
                }
            }
        }
    }
}
