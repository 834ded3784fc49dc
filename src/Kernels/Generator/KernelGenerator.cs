using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Gpu.Kernels.Generator;

/// <summary>
/// Translates every kernel of <c>Gpu.Kernels.Ops</c> to a text that is OpenCL C 1.2 and, behind another prologue, CUDA C, and
/// registers it as <c>Gpu.Kernels.Accelerators.KernelSources</c>. What cannot be translated is an error, KRN001 and on.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class KernelGenerator : IIncrementalGenerator
{
    private const string Suffix = "Kernel";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var directory = context.AnalyzerConfigOptionsProvider.Select((provider, _) =>
            provider.GlobalOptions.TryGetValue("build_property.projectdir", out var path) ? path : "");
        var declared = context.SyntaxProvider.CreateSyntaxProvider(
            (node, _) => node is MethodDeclarationSyntax method && method.Identifier.ValueText.EndsWith(Suffix, StringComparison.Ordinal),
            (syntax, token) => syntax.SemanticModel.GetDeclaredSymbol(syntax.Node, token) is IMethodSymbol { IsGenericMethod: false } method
                ? Found(syntax, method)
                : null);

        // A generic kernel is translated for the types that it is named with.
        var named = context.SyntaxProvider.CreateSyntaxProvider(
            (node, _) => node is GenericNameSyntax name && name.Identifier.ValueText.EndsWith(Suffix, StringComparison.Ordinal),
            (syntax, token) => Method(syntax, token) is { IsGenericMethod: true } method ? Found(syntax, method) : null);
        var units = Translate(declared, directory).Collect().Combine(Translate(named, directory).Collect());
        context.RegisterSourceOutput(units, static (output, found) => Emit(output, [.. found.Left, .. found.Right]));
    }

    private static (Compilation, IMethodSymbol)? Found(GeneratorSyntaxContext syntax, IMethodSymbol method) =>
        Model.IsKernel(method.OriginalDefinition) && !method.TypeArguments.Any(TypeMap.HasParameter)
            ? (syntax.SemanticModel.Compilation, method)
            : null;

    private static IMethodSymbol? Method(GeneratorSyntaxContext syntax, CancellationToken token)
    {
        var info = syntax.SemanticModel.GetSymbolInfo(syntax.Node, token);
        return (info.Symbol ?? info.CandidateSymbols.FirstOrDefault()) as IMethodSymbol;
    }

    private static IncrementalValuesProvider<KernelUnit> Translate(
        IncrementalValuesProvider<(Compilation Compilation, IMethodSymbol Kernel)?> kernels, IncrementalValueProvider<string> directory) => kernels
        .Where(found => found is not null)
        .Combine(directory)
        .Select((found, token) =>
            new UnitTranslator(found.Left!.Value.Compilation, found.Left.Value.Kernel, found.Right, token).Translate());

    private static void Emit(SourceProductionContext output, ImmutableArray<KernelUnit> found)
    {
        var units = found.GroupBy(u => u.FullName).Select(g => g.First()).OrderBy(u => u.FullName, StringComparer.Ordinal).ToArray();
        var findings = units.SelectMany(u => u.Findings).Distinct().ToArray();
        foreach (var finding in findings)
        {
            output.ReportDiagnostic(finding.ToDiagnostic());
        }

        // With findings the registry would hold texts that mean something else.
        var sound = units.Where(u => u.Findings.Count == 0).ToArray();
        output.AddSource("KernelSources.g.cs", new RegistryWriter(sound, output).Write());
    }
}
