using System.Reflection;
using System.Text;

namespace Gpu.Kernels.Accelerators;

/// <summary>The languages that kernels are translated to.</summary>
public enum KernelLanguage
{
    /// <summary>OpenCL C 1.2.</summary>
    OpenCl,

    /// <summary>CUDA C, as NVRTC compiles it.</summary>
    Cuda,
}

/// <summary>The translated kernels of an assembly. The text is the same for both languages, behind a prologue for each.</summary>
/// <param name="parts">Constants, structs, functions and kernels; what a part needs stands before it.</param>
/// <param name="kernels">The kernels.</param>
public sealed class KernelLibrary(IReadOnlyList<string> parts, IReadOnlyList<KernelSource> kernels)
{
    private readonly Dictionary<string, KernelSource> _byName = kernels.ToDictionary(k => k.Name);

    /// <summary>Every kernel, by name.</summary>
    public IReadOnlyList<KernelSource> Kernels => kernels;

    /// <summary>The kernel's name: <c>Gpu.Kernels.Ops.Sgd.SgdKernel</c>, type arguments in angle brackets.</summary>
    public static string NameOf(MethodInfo method)
    {
        ArgumentNullException.ThrowIfNull(method);
        return $"{method.DeclaringType?.FullName}.{method.Name}{Arguments(method)}";
    }

    /// <summary>The kernel's name without the namespace: <c>Sgd.SgdKernel</c>.</summary>
    public static string ShortNameOf(MethodInfo method)
    {
        ArgumentNullException.ThrowIfNull(method);
        return $"{method.DeclaringType?.Name}.{method.Name}{Arguments(method)}";
    }

    /// <summary>The kernel that a method was translated to.</summary>
    /// <exception cref="ArgumentException">The library has none.</exception>
    public KernelSource Find(MethodInfo method) => _byName.TryGetValue(NameOf(method), out var source)
        ? source
        : throw new ArgumentException(
            $"{NameOf(method)} was not translated for devices: a kernel is a public static void method of Gpu.Kernels.Ops whose name ends in Kernel.",
            nameof(method));

    /// <summary>The program that holds a kernel with these arguments.</summary>
    public KernelProgram ProgramOf(KernelSource kernel, IReadOnlyList<KernelArgument> arguments)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(arguments);
        return KernelProgram.Of(kernel, arguments, kernels);
    }

    /// <summary>The whole text of a program: prologue, constants, then each piece that its kernels need once.</summary>
    public string Text(KernelLanguage language, KernelProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        return string.Concat(program.Constants.Select(c => $"#define {c.Name} {c.Value}\n")) + Text(language, program.Kernels);
    }

    /// <summary>The whole text for these kernels: prologue, then each piece they need once.</summary>
    public string Text(KernelLanguage language, params IReadOnlyCollection<KernelSource> wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var text = new StringBuilder(KernelPrologue.Of(language));
        foreach (var part in wanted.SelectMany(k => k.Parts).Distinct().Order())
        {
            // Constants stand line by line, everything else apart.
            var separator = parts[part].StartsWith('#') && !parts[part].Contains("__kernel", StringComparison.Ordinal) ? "" : "\n";
            text.Append(separator).Append(parts[part]).Append('\n');
        }

        return text.ToString();
    }

    private static string Arguments(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(",", method.GetGenericArguments().Select(t => t.Name))}>" : "";
}
