using System.Text.RegularExpressions;

namespace Gpu.Kernels.Devices;

/// <summary>A kernel as a driver compiles it.</summary>
/// <param name="Entry">The name of its function.</param>
/// <param name="Text">PTX or OpenCL C.</param>
internal sealed partial record KernelText(string Entry, string Text)
{
    /// <summary>
    /// PTX of ILGPU, where sums and products may be contracted by the driver's compiler as they come: an instruction with its rounding named
    /// is left alone (PTX ISA, "Floating Point Instructions": add, mul).
    /// </summary>
    internal static KernelText FromPtx(string ptx) => Read(Arithmetic().Replace(ptx, "$1.rn.f32"), PtxEntry());

    /// <summary>
    /// OpenCL C of ILGPU, whose compilers may contract sums and products by default, and whose barriers and fences of ILGPU 1.5.3 are those of
    /// global memory alone, though groups exchange through local memory (OpenCL C 2.0, 6.13.8).
    /// </summary>
    internal static KernelText FromOpenCl(string source) => Read(
        "#pragma OPENCL FP_CONTRACT OFF\n" + source.Replace("CLK_GLOBAL_MEM_FENCE", "CLK_GLOBAL_MEM_FENCE | CLK_LOCAL_MEM_FENCE", StringComparison.Ordinal),
        OpenClEntry());

    /// <summary>The text that the cache kept.</summary>
    internal static KernelText? FromKept(string? text)
    {
        var end = text?.IndexOf('\n', StringComparison.Ordinal) ?? -1;
        return end < 0 ? null : new KernelText(text![..end], text[(end + 1)..]);
    }

    /// <summary>What the cache keeps.</summary>
    internal string ToKept() => $"{Entry}\n{Text}";

    private static KernelText Read(string text, Regex entry) => new(entry.Match(text).Groups[1].Value, text);

    [GeneratedRegex(@"\b(add|sub|mul)\.f32\b")]
    private static partial Regex Arithmetic();

    [GeneratedRegex(@"\.visible \.entry (\w+)\s*\(")]
    private static partial Regex PtxEntry();

    [GeneratedRegex(@"\bkernel void (\w+)\s*\(")]
    private static partial Regex OpenClEntry();
}
