using Gpu.Host.Reports;
using Gpu.Kernels.Accelerators;
using Gpu.Training;

namespace Gpu.Host.Commands;

/// <summary>
/// Writes the kernels as drivers compile them, one file a language: the lines that a build log names are the lines of the file.
/// </summary>
internal static class KernelDump
{
    private static readonly (string File, KernelLanguage Language)[] _files =
        [("kernels.cl", KernelLanguage.OpenCl), ("kernels.cu", KernelLanguage.Cuda)];

    /// <summary>Writes both files into a folder, which is made where it is missing, and says where they are.</summary>
    /// <exception cref="TrainingException">The folder cannot be written.</exception>
    internal static void Write(string folder, Messages messages)
    {
        var library = KernelSources.Library;
        try
        {
            Directory.CreateDirectory(folder);
            foreach (var (file, language) in _files)
            {
                var path = Path.Combine(folder, file);
                File.WriteAllText(path, library.Text(language, [.. library.Kernels]));
                messages.Say($"{library.Kernels.Count} kernels written to {path}");
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw TrainingException.BadUsage(
                $"--dump-kernels: the folder {folder} cannot be written ({error.Message.TrimEnd('.')}): name another.", error);
        }
    }
}
