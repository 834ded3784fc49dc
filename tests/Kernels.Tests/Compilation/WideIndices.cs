using System.Text.RegularExpressions;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests.Compilation;

/// <summary>Indices that PTX counts in 64 bits, which takes several instructions where 32 bits take one.</summary>
internal static class WideIndices
{
    /// <summary>
    /// Products of 64 bits that could be indices. The words of Philox are the halves of products with one of its two multipliers, and a
    /// <see cref="Divisor"/> shifts its products: none of them is.
    /// </summary>
    internal static Regex Pattern { get; } = new(
        $@"\bm(ul|ad)\.lo\.[su]64\s+(?<product>%rd\d+),(?![^;]*, ({Philox.MultiplierA}|{Philox.MultiplierB});)"
        + @"(?!([^;]*;)+?\s*shr\.[su]64\s+%rd\d+,\s*\k<product>,)");
}
