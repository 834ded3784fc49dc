using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Gpu.Kernels.Tests.Compilation;

/// <summary>
/// A kernel as NVIDIA's assembler makes it of PTX, where <c>ptxas</c>, <c>cuobjdump</c> and <c>nvdisasm</c> are on the path. They are parts of
/// the CUDA toolkit (Debian: nvidia-cuda-toolkit) and need neither a device nor a driver.
/// </summary>
/// <param name="Registers">Of a lane.</param>
/// <param name="StackBytes">Of a lane: where arrays lie that found no registers.</param>
/// <param name="SpillBytes">Stored and loaded because registers ran out.</param>
/// <param name="Loop">The instructions of the loop that multiplies.</param>
internal sealed partial record MachineCode(int Registers, int StackBytes, int SpillBytes, IReadOnlyList<string> Loop)
{
    /// <summary>What code is made for: NVIDIA's H100 and its kind.</summary>
    private const string Architecture = "sm_90";

    /// <summary>Whether the tools are there.</summary>
    internal static bool IsAvailable { get; } = IsThere("ptxas") && IsThere("cuobjdump") && IsThere("nvdisasm");

    /// <summary>Multiply-adds among the loop's instructions.</summary>
    internal double MultiplyAddShare => Loop.Count == 0 ? 0 : (double)Loop.Count(text => MultiplyAdd().IsMatch(text)) / Loop.Count;

    /// <summary>Assembles PTX that holds one kernel.</summary>
    internal static MachineCode Of(string ptx)
    {
        var folder = Directory.CreateTempSubdirectory("gpu-ptx-");
        try
        {
            var (source, binary) = (Path.Combine(folder.FullName, "kernel.ptx"), Path.Combine(folder.FullName, "kernel.cubin"));
            File.WriteAllText(source, ptx);
            var report = Run("ptxas", "-v", $"-arch={Architecture}", source, "-o", binary);
            var sass = Run("cuobjdump", "-sass", binary);
            var instructions = Instruction().Matches(sass)
                .Select(m => (Convert.ToInt32(m.Groups[1].Value, 16), m.Groups[2].Value)).ToArray();
            return new MachineCode(Number(Used(), report), Number(Stack(), report), Number(Stores(), report) + Number(Loads(), report),
                CodeLoop.OfSass(instructions));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static int Number(Regex pattern, string report) => pattern.Match(report) is { Success: true } match
        ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
        : throw new InvalidDataException($"ptxas reported no '{pattern}': {report}");

    private static bool IsThere(string tool)
    {
        try
        {
            return Run(tool, "--version").Length > 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static string Run(string tool, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidDataException($"{tool} {string.Join(' ', arguments)} failed: {output}");
    }

    [GeneratedRegex(@"/\*([0-9a-f]{4,5})\*/\s+(.*?);")]
    private static partial Regex Instruction();

    [GeneratedRegex(@"^(?:@!?U?P\w+\s+)?FFMA\b")]
    private static partial Regex MultiplyAdd();

    [GeneratedRegex(@"Used (\d+) registers")]
    private static partial Regex Used();

    [GeneratedRegex(@"(\d+) bytes stack frame")]
    private static partial Regex Stack();

    [GeneratedRegex(@"(\d+) bytes spill stores")]
    private static partial Regex Stores();

    [GeneratedRegex(@"(\d+) bytes spill loads")]
    private static partial Regex Loads();
}
