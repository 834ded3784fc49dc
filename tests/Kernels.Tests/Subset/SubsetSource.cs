using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Gpu.Kernels.Tests.Subset;

/// <summary>The kernel library's source files as a compilation.</summary>
internal static class SubsetSource
{
    private const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;" +
        "global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;";

    /// <summary>The folder of the kernel library, found from where the tests run.</summary>
    internal static string LibraryFolder { get; } = FindLibrary();

    private static readonly CSharpParseOptions _parseOptions = new(LanguageVersion.Preview);

    private static readonly Lazy<CSharpCompilation> _library = new(() => Compile(SourceFiles("")));

    private static readonly Lazy<CSharpCompilation> _model = new(() => Compile(
        [.. SourceFiles("Model"), Path.Combine(LibraryFolder, "GlobalUsings.cs")]));

    /// <summary>The whole library.</summary>
    internal static CSharpCompilation Library => _library.Value;

    /// <summary>The kernel model and one more file of kernels.</summary>
    internal static CSharpCompilation WithModel(string text) =>
        _model.Value.AddSyntaxTrees(CSharpSyntaxTree.ParseText(text, _parseOptions, "Sample.cs"));

    /// <summary>Whether a file holds operations.</summary>
    internal static bool IsOperation(SyntaxTree tree) =>
        tree.FilePath.StartsWith(Path.Combine(LibraryFolder, "Ops"), StringComparison.Ordinal);

    private static string FindLibrary()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "gpu.sln")))
            {
                return Path.Combine(folder.FullName, "src", "Kernels");
            }
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds gpu.sln.");
    }

    private static IEnumerable<string> SourceFiles(string folder)
    {
        string[] others = ["bin", "obj", "Generator"];
        return Directory.EnumerateFiles(Path.Combine(LibraryFolder, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !others.Contains(Path.GetRelativePath(LibraryFolder, file).Split(Path.DirectorySeparatorChar)[0]))
            .Order(StringComparer.Ordinal);
    }

    private static CSharpCompilation Compile(IEnumerable<string> files)
    {
        var trees = files.Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), _parseOptions, file))
            .Append(CSharpSyntaxTree.ParseText(ImplicitUsings, _parseOptions, "ImplicitUsings.cs"));
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Gpu.", StringComparison.Ordinal));
        return CSharpCompilation.Create("Kernels", trees, platform.Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
    }
}
