using System.Globalization;

namespace Gpu.Kernels.Accelerators;

/// <summary>What a device compiles at once.</summary>
/// <param name="Name">Tells programs of a library apart.</param>
/// <param name="Kernels">The kernels that it holds.</param>
/// <param name="Constants">Names and values of the parameters that it holds as constants.</param>
public sealed record KernelProgram(string Name, IReadOnlyList<KernelSource> Kernels, IReadOnlyList<(string Name, string Value)> Constants)
{
    /// <summary>
    /// The program of a kernel with these arguments. Kernels without specialised parameters are one program together; one that has some is
    /// a program of its own for each choice of their values, so that they should be flags and kinds and not sizes.
    /// </summary>
    internal static KernelProgram Of(KernelSource kernel, IReadOnlyList<KernelArgument> arguments, IReadOnlyList<KernelSource> library)
    {
        var constants = kernel.Parameters.Zip(arguments).Where(p => p.First.Kind == KernelParameterKind.Specialized)
            .Select(p => ($"{kernel.EntryName}_{p.First.Name}", string.Create(CultureInfo.InvariantCulture, $"({p.Second.Value})"))).ToArray();
        return constants.Length == 0
            ? new("kernels", [.. library.Where(k => !k.IsSpecialized)], [])
            : new(string.Join(" ", constants.Select(c => $"{c.Item1}={c.Item2}").Prepend(kernel.EntryName)), [kernel], constants);
    }
}
