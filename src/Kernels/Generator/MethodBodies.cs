using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Gpu.Kernels.Generator;

/// <summary>The bodies of a compilation's methods, each bound once: kernels call the same helpers over and over.</summary>
internal sealed class MethodBodies
{
    private static readonly ConditionalWeakTable<Compilation, MethodBodies> _all = new();

    private readonly ConcurrentDictionary<IMethodSymbol, IBlockOperation?> _bodies = new(SymbolEqualityComparer.Default);
    private readonly WeakReference<Compilation> _compilation;

    private MethodBodies(Compilation compilation) => _compilation = new WeakReference<Compilation>(compilation);

    internal static MethodBodies Of(Compilation compilation) => _all.GetValue(compilation, c => new MethodBodies(c));

    /// <summary>What a method does, or null where it has no source.</summary>
    internal IBlockOperation? Find(IMethodSymbol method, CancellationToken cancellation) =>
        _bodies.GetOrAdd(method.OriginalDefinition, definition => Bind(definition, cancellation));

    private IBlockOperation? Bind(IMethodSymbol definition, CancellationToken cancellation)
    {
        foreach (var reference in (definition.PartialImplementationPart ?? definition).DeclaringSyntaxReferences)
        {
            var node = reference.GetSyntax(cancellation);
            var operation = node is not TypeDeclarationSyntax && _compilation.TryGetTarget(out var compilation)
                ? compilation.GetSemanticModel(node.SyntaxTree).GetOperation(node, cancellation)
                : null;
            if (operation is IMethodBodyBaseOperation body)
            {
                return body.BlockBody ?? body.ExpressionBody;
            }

            if (operation is IBlockOperation block)
            {
                return block;
            }
        }

        return null;
    }
}
