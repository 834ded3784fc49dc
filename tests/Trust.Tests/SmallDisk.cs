using System.Diagnostics;
using System.Globalization;

namespace Gpu.Trust.Tests;

/// <summary>A disk in memory of so many bytes, where the test may make one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _path;
    private string Filler => Path.Combine(_path, "filler");

    private SmallDisk(string path) => _path = path;

    /// <summary>Makes a disk in a folder; null where that cannot be done.</summary>
    internal static SmallDisk? TryMake(string path, int bytes)
    {
        Directory.CreateDirectory(path);
        var options = string.Create(CultureInfo.InvariantCulture, $"size={bytes}");
        return OperatingSystem.IsLinux() && Environment.UserName == "root" && Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", path)
            ? new SmallDisk(path)
            : null;
    }

    /// <summary>Writes until there is no room.</summary>
    internal void Fill()
    {
        try
        {
            using var stream = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1);
            while (true)
            {
                stream.Write(new byte[512]);
            }
        }
        catch (IOException)
        {
            // That is what was wanted.
        }
    }

    /// <summary>Makes room again.</summary>
    internal void Free() => File.Delete(Filler);

    /// <summary>Makes the disk one that can be read only.</summary>
    internal void MakeReadOnly() => Assert.True(Run("mount", "-o", "remount,ro", _path));

    public void Dispose() => Run("umount", "-l", _path);

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
