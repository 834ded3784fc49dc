using Gpu.Host.Reports;
using Gpu.Kernels.Checks;
using Gpu.Training;

namespace Gpu.Host.Commands;

/// <summary>Writes the kernels as drivers compile them, a file for each in PTX and one in OpenCL C; no device is needed.</summary>
internal static class KernelDump
{
    /// <summary>Writes into a folder, which is made where it is missing, and says where the files are.</summary>
    /// <exception cref="TrainingException">The folder cannot be written.</exception>
    internal static void Write(string folder, Messages messages)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var count = 0;
            foreach (var kernel in KernelListing.Compile())
            {
                // Type arguments stand in brackets that file systems refuse.
                var name = kernel.Name.Replace('<', '(').Replace('>', ')');
                File.WriteAllText(Path.Combine(folder, $"{name}.ptx"), kernel.Ptx);
                File.WriteAllText(Path.Combine(folder, $"{name}.cl"), kernel.OpenCl);
                count++;
            }

            messages.Say($"{count} kernels written to {folder}, each as PTX and as OpenCL C");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw TrainingException.BadUsage(
                $"--dump-kernels: the folder {folder} cannot be written ({error.Message.TrimEnd('.')}): name another.", error);
        }
    }
}
