using System.Reflection;
using System.Runtime.Loader;
using Gpu.Kernels.Accelerators;
using Gpu.Kernels.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Gpu.Generator.Tests;

/// <summary>C# compiled in memory with the generator at work: its findings, its texts, and the kernels as C# runs them.</summary>
public sealed class Translation
{
    /// <summary>The first line of every source.</summary>
    private const string Header = "using System; using Gpu.Kernels.Model; namespace Gpu.Kernels.Ops; ";

    private static readonly MetadataReference[] _references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal)
                || Path.GetFileName(path) is "Gpu.Kernels.dll")
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private readonly Lazy<Assembly> _assembly;

    private Translation(CSharpCompilation compilation, IReadOnlyList<Diagnostic> findings)
    {
        Findings = findings;
        _assembly = new Lazy<Assembly>(() => Load(compilation));
    }

    /// <summary>What the generator reported.</summary>
    public IReadOnlyList<Diagnostic> Findings { get; }

    /// <summary>The registry that the generator wrote.</summary>
    public KernelLibrary Library => (KernelLibrary)_assembly.Value.GetType("Gpu.Kernels.Accelerators.KernelSources")!
        .GetProperty("Library")!.GetValue(null)!;

    /// <summary>The C text of all kernels, without the prologue.</summary>
    public string Text
    {
        get
        {
            var text = Library.Text(KernelLanguage.OpenCl, [.. Library.Kernels]);
            return text[KernelPrologue.Of(KernelLanguage.OpenCl).Length..];
        }
    }

    /// <summary>Compiles whole members of namespace Gpu.Kernels.Ops; the first line is line 1.</summary>
    public static Translation Of(string source) => Run(source);

    /// <summary>Compiles the body of a kernel over two views, its helpers beside it.</summary>
    public static Translation OfBody(string body, string helpers = "") => Run($$"""
        public static class Test
        {
            public static void TestKernel(Index1D i, ArrayView<float> x, ArrayView<int> n, int count)
            {
                {{body}}
            }

            {{helpers}}
        }
        """);

    /// <summary>A method of the compiled source.</summary>
    public MethodInfo Method(string type, string name) => _assembly.Value.GetType($"Gpu.Kernels.Ops.{type}")!.GetMethod(name)!;

    /// <summary>The source compiles as C#, and the generator has nothing against it.</summary>
    public Translation Clean()
    {
        Assert.Empty(Findings);
        return this;
    }

    private static Translation Run(string source)
    {
        var token = TestContext.Current.CancellationToken;
        var options = new CSharpParseOptions(LanguageVersion.Preview);
        var tree = CSharpSyntaxTree.ParseText(Header + source, options, "/project/Ops/Test.cs", cancellationToken: token);
        var compilation = CSharpCompilation.Create($"Kernels{Guid.NewGuid():N}", [tree], _references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
        Assert.DoesNotContain(compilation.GetDiagnostics(token), d => d.Severity == DiagnosticSeverity.Error);
        CSharpGeneratorDriver.Create([new KernelGenerator().AsSourceGenerator()], parseOptions: options)
            .RunGeneratorsAndUpdateCompilation(compilation, out var output, out var findings, token);
        return new Translation((CSharpCompilation)output, findings);
    }

    private static Assembly Load(CSharpCompilation compilation)
    {
        using var stream = new MemoryStream();
        var result = compilation.Emit(stream);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        stream.Position = 0;
        return new AssemblyLoadContext(compilation.AssemblyName, isCollectible: true).LoadFromStream(stream);
    }
}
