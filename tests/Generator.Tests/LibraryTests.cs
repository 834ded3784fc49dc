using System.Reflection;
using Gpu.Kernels.Accelerators;

namespace Gpu.Generator.Tests;

/// <summary>The library's own kernels.</summary>
public class LibraryTests
{
    [Fact]
    public void Every_kernel_of_the_library_is_registered_with_its_parameters()
    {
        var methods = typeof(KernelSources).Assembly.GetExportedTypes().Where(t => t.Namespace == "Gpu.Kernels.Ops")
            .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(m => m.Name.EndsWith("Kernel", StringComparison.Ordinal) && !m.IsGenericMethod
                && m.ReturnType == typeof(void)).ToArray();
        Assert.NotEmpty(methods);
        foreach (var method in methods)
        {
            var source = KernelSources.Library.Find(method);
            var parameters = method.GetParameters().Skip(source.IsGrouped ? 0 : 1).Select(p => p.Name);
            Assert.Equal(parameters, source.Parameters.Select(p => p.Name));
        }
    }

    [Theory]
    [InlineData(KernelLanguage.OpenCl)]
    [InlineData(KernelLanguage.Cuda)]
    public void A_text_holds_each_kernel_that_was_asked_for_once(KernelLanguage language)
    {
        var kernels = KernelSources.Library.Kernels;
        var text = KernelSources.Library.Text(language, [.. kernels]);
        Assert.All(kernels, k => Assert.Single(text.Split($"void {k.EntryName}(")[1..]));
    }

    /// <summary>OpenCL C 1.2, 6.9.e: drivers of that time refuse a macro of any number of arguments, and with it every kernel.</summary>
    [Theory]
    [InlineData(KernelLanguage.OpenCl)]
    [InlineData(KernelLanguage.Cuda)]
    public void No_macro_takes_any_number_of_arguments(KernelLanguage language)
    {
        var macros = KernelSources.Library.Text(language, [.. KernelSources.Library.Kernels]).Split('\n')
            .Where(line => line.StartsWith("#define", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(macros);
        Assert.DoesNotContain(macros, line => line.Contains("...", StringComparison.Ordinal));
    }

    [Fact]
    public void An_unknown_kernel_is_refused_by_name()
    {
        var exception = Assert.Throws<ArgumentException>(() =>
            KernelSources.Library.Find(((Action)An_unknown_kernel_is_refused_by_name).Method));
        Assert.Contains("An_unknown_kernel_is_refused_by_name", exception.Message, StringComparison.Ordinal);
    }
}
