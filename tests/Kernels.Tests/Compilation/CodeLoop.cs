using System.Text.RegularExpressions;

namespace Gpu.Kernels.Tests.Compilation;

/// <summary>The loop of a kernel that multiplies: of all that a branch backwards closes, the shortest of those with the most multiply-adds.</summary>
internal static partial class CodeLoop
{
    /// <summary>The loop's lines in PTX.</summary>
    internal static IReadOnlyList<string> OfPtx(string ptx)
    {
        var lines = ptx.Split('\n');
        var labels = new Dictionary<string, int>();
        for (var i = 0; i < lines.Length; i++)
        {
            if (PtxLabel().Match(lines[i]) is { Success: true } label)
            {
                labels[label.Groups[1].Value] = i;
            }
        }

        return Busiest(lines, "fma.rn.f32", i => PtxBranch().Match(lines[i]) is { Success: true } branch ? labels[branch.Groups[1].Value] : null);
    }

    /// <summary>The loop's instructions in what <c>cuobjdump -sass</c> prints of a kernel.</summary>
    /// <param name="instructions">Each with its address.</param>
    internal static IReadOnlyList<string> OfSass(IReadOnlyList<(int Address, string Text)> instructions)
    {
        var at = instructions.Select((instruction, i) => (instruction.Address, i)).ToDictionary(p => p.Address, p => p.i);
        return Busiest([.. instructions.Select(i => i.Text)], "FFMA",
            i => SassBranch().Match(instructions[i].Text) is { Success: true } branch ? at[Convert.ToInt32(branch.Groups[1].Value, 16)] : null);
    }

    private static string[] Busiest(string[] lines, string multiplyAdd, Func<int, int?> target) =>
        Enumerable.Range(0, lines.Length)
            .Where(i => target(i) <= i)
            .Select(i => lines[target(i)!.Value..(i + 1)])
            .OrderByDescending(loop => loop.Count(line => line.Contains(multiplyAdd, StringComparison.Ordinal)))
            .ThenBy(loop => loop.Length)
            .FirstOrDefault() ?? [];

    [GeneratedRegex(@"^\s*(L_\w+):")]
    private static partial Regex PtxLabel();

    [GeneratedRegex(@"\bbra(?:\.uni)?\s+(L_\w+);")]
    private static partial Regex PtxBranch();

    [GeneratedRegex(@"\bBRA\b.*?0x([0-9a-f]+)")]
    private static partial Regex SassBranch();
}
