using System.Text;
using ILGPU;

namespace Gpu.Kernels.Devices;

/// <summary>Kernels as text, each compiled once, or taken from the cache on disk, which spares the next start ILGPU's compiler.</summary>
/// <param name="cache">Where texts are kept.</param>
/// <param name="target">What the text is for: backend, architecture, versions.</param>
/// <param name="create">Makes the compiler, when the first kernel is not in the cache.</param>
internal sealed class KernelTexts(KernelCache cache, string target, Func<KernelCompiler> create) : IDisposable
{
    /// <summary>This library's own bytes, by which every change of a kernel has another key, and ILGPU's.</summary>
    private static readonly string _build =
        $"{typeof(KernelTexts).Module.ModuleVersionId} {typeof(Context).Module.ModuleVersionId}";

    private KernelCompiler? _compiler;

    /// <summary>Kernels that were compiled.</summary>
    internal int Compiled { get; private set; }

    /// <summary>Kernels that came from the cache.</summary>
    internal int Cached { get; private set; }

    /// <summary>The text of a kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="lanes">Lanes of its groups, where it states them; else 0.</param>
    internal KernelText Find(KernelMethod kernel, int lanes)
    {
        // Kernels of other libraries, such as those of tests, change without this one.
        var key = KernelCache.Key(target, _build, kernel.Method.Module.ModuleVersionId.ToString(), Signature(kernel), $"{lanes}");
        if (cache.Read(key) is { } kept && KernelText.FromKept(Encoding.UTF8.GetString(kept)) is { } text)
        {
            Cached++;
            return text;
        }

        _compiler ??= create();
        text = _compiler.Compile(kernel, lanes);
        Compiled++;
        cache.Write(key, Encoding.UTF8.GetBytes(text.ToKept()));
        return text;
    }

    /// <inheritdoc/>
    public void Dispose() => _compiler?.Dispose();

    /// <summary>The whole name: type arguments of one name may lie in several namespaces.</summary>
    private static string Signature(KernelMethod kernel) => $"{kernel.Method.DeclaringType?.FullName} {kernel.Method}"
        + string.Concat(kernel.Method.GetGenericArguments().Select(type => $" {type.AssemblyQualifiedName}"));
}
