using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Gpu.Kernels.Tests.Subset;

/// <summary>Walks kernels and what they call, and lists what the kernel model forbids.</summary>
internal sealed class KernelSubset
{
    /// <summary>ILGPU makes loaders for this many parameters after the index.</summary>
    internal const int MostParameters = 14;

    private readonly CSharpCompilation _compilation;
    private readonly HashSet<(ISymbol Method, bool HasIndex)> _visited = [];
    private readonly List<IMethodSymbol> _path = [];
    private readonly HashSet<SubsetFinding> _findings = [];

    private KernelSubset(CSharpCompilation compilation) => _compilation = compilation;

    /// <summary>The kernels of the chosen files: static methods whose name ends in Kernel.</summary>
    internal static IReadOnlyList<IMethodSymbol> Kernels(CSharpCompilation compilation, Func<SyntaxTree, bool> isChosen) =>
        [.. Methods(compilation, isChosen).Where(method => method.Name.EndsWith("Kernel", StringComparison.Ordinal))];

    /// <summary>Everything forbidden in the kernels of the chosen files and in all that they call.</summary>
    internal static IReadOnlyList<SubsetFinding> Check(CSharpCompilation compilation, Func<SyntaxTree, bool> isChosen)
    {
        var subset = new KernelSubset(compilation);
        foreach (var kernel in Kernels(compilation, isChosen))
        {
            subset.CheckSignature(kernel);
            var first = kernel.Parameters.FirstOrDefault();
            subset.Visit(kernel, first is not null && SubsetTypes.IsIndex(first.Type));
        }

        foreach (var method in Methods(compilation, isChosen).Where(method => method.ContainingType.Name == "KernelMath"))
        {
            subset.Visit(method, hasIndex: true);
        }

        subset.CheckNames(isChosen);
        return [.. subset._findings];
    }

    /// <summary>Visits a method once as part of kernels with an index and once as part of kernels without.</summary>
    internal void Visit(IMethodSymbol method, bool hasIndex)
    {
        method = method.OriginalDefinition;
        if (_path.Contains(method, SymbolEqualityComparer.Default))
        {
            Report(Declaration(method), "recursion", $"{method.Name} calls itself, which no device can: write a loop.");
        }
        else if (method.IsAbstract)
        {
            VisitImplementations(method, hasIndex);
        }
        else if (_visited.Add((method, hasIndex)))
        {
            _path.Add(method);
            CheckParameters(method);
            foreach (var reference in method.DeclaringSyntaxReferences)
            {
                new SubsetBody(this, method, hasIndex, _compilation.GetSemanticModel(reference.SyntaxTree)).Check(reference.GetSyntax());
            }

            _path.RemoveAt(_path.Count - 1);
        }
    }

    internal void Report(SyntaxNode node, string rule, string message) => _findings.Add(SubsetFinding.At(node, rule, message));

    private static SyntaxNode Declaration(ISymbol symbol) => symbol.DeclaringSyntaxReferences[0].GetSyntax();

    private static IEnumerable<IMethodSymbol> Methods(CSharpCompilation compilation, Func<SyntaxTree, bool> isChosen) =>
        from tree in compilation.SyntaxTrees
        where isChosen(tree)
        let model = compilation.GetSemanticModel(tree)
        from node in tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>()
        select model.GetDeclaredSymbol(node);

    private IEnumerable<INamedTypeSymbol> OurTypes() =>
        from tree in _compilation.SyntaxTrees
        let model = _compilation.GetSemanticModel(tree)
        from node in tree.GetRoot().DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
        select model.GetDeclaredSymbol(node);

    /// <summary>A static abstract member stands for its implementations in all our structs.</summary>
    private void VisitImplementations(IMethodSymbol member, bool hasIndex)
    {
        foreach (var type in OurTypes().Where(type => type.TypeKind == TypeKind.Struct))
        {
            foreach (var contract in type.AllInterfaces.Where(i => SymbolEqualityComparer.Default.Equals(i.OriginalDefinition, member.ContainingType)))
            {
                var declared = contract.GetMembers(member.Name).FirstOrDefault(
                    m => SymbolEqualityComparer.Default.Equals(m.OriginalDefinition, member));
                if (declared is not null && type.FindImplementationForInterfaceMember(declared) is IMethodSymbol implementation)
                {
                    Visit(implementation, hasIndex);
                }
            }
        }
    }

    private void CheckSignature(IMethodSymbol kernel)
    {
        var node = Declaration(kernel);
        if (!kernel.IsStatic || kernel.DeclaredAccessibility != Accessibility.Public || !SubsetTypes.IsPublic(kernel.ContainingType))
        {
            Report(node, "public", $"{kernel.Name} must be a public static method of a public class.");
        }

        if (!kernel.ReturnsVoid)
        {
            Report(node, "returns", $"{kernel.Name} must return nothing.");
        }

        var hasIndex = kernel.Parameters is [var first, ..] && SubsetTypes.IsIndex(first.Type);
        var parameters = hasIndex ? kernel.Parameters[1..] : kernel.Parameters;
        if (parameters.Length > MostParameters)
        {
            Report(node, "parameters", $"{kernel.Name} has {parameters.Length} parameters after the index, {MostParameters} are possible.");
        }

        foreach (var parameter in parameters)
        {
            if (!SubsetTypes.IsPublic(parameter.Type))
            {
                Report(node, "public", $"{kernel.Name}: the type of {parameter.Name} must be public.");
            }

            if (SubsetTypes.IsIndex(parameter.Type))
            {
                Report(node, "index-parameter", $"{kernel.Name}: only the first parameter may be an index, {parameter.Name} is one.");
            }
        }
    }

    private void CheckParameters(IMethodSymbol method)
    {
        foreach (var parameter in method.Parameters)
        {
            if (parameter.RefKind != RefKind.None)
            {
                Report(Declaration(method), "ref", $"{method.Name}: {parameter.Name} is passed by reference, which has no address space in OpenCL C.");
            }

            if (!SubsetTypes.IsAllowed(parameter.Type))
            {
                Report(Declaration(method), "type", $"{method.Name}: {parameter.Name} is {parameter.Type.ToDisplayString()}, which kernels cannot hold.");
            }
        }

        if (!method.IsStatic)
        {
            Report(Declaration(method), "instance", $"{method.Name} is no static method: structs of kernels carry fields only.");
        }
    }

    /// <summary>A type of ours in a namespace around the kernels would silently beat the model's of the same name.</summary>
    private void CheckNames(Func<SyntaxTree, bool> isChosen)
    {
        var types = OurTypes().ToArray();
        var model = types.Where(SubsetTypes.IsModel).Select(type => type.Name).Append("Accelerator").ToHashSet();
        foreach (var type in types.Where(type => type.ContainingType is null && model.Contains(type.Name)))
        {
            var space = type.ContainingNamespace.ToDisplayString();
            if (SubsetTypes.Operations == space || SubsetTypes.Operations.StartsWith(space + ".", StringComparison.Ordinal))
            {
                Report(Declaration(type), "shadow", $"{space}.{type.Name} hides the kernel model's {type.Name} from every kernel.");
            }
        }

        foreach (var use in _compilation.SyntaxTrees.Where(isChosen).SelectMany(tree => tree.GetRoot().DescendantNodes().OfType<UsingDirectiveSyntax>()))
        {
            if (use.Name?.ToString() == SubsetTypes.Model)
            {
                Report(use, "using", $"{SubsetTypes.Model} is imported once, in GlobalUsings.cs, where it can be exchanged.");
            }
        }
    }
}
