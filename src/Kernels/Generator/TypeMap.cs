using Microsoft.CodeAnalysis;

namespace Gpu.Kernels.Generator;

/// <summary>Which types stand for the type parameters of a method and of the types around it.</summary>
internal sealed class TypeMap
{
    private readonly Dictionary<ITypeParameterSymbol, ITypeSymbol> _arguments = new(SymbolEqualityComparer.Default);

    internal TypeMap(IMethodSymbol method)
    {
        Add(method.OriginalDefinition.TypeParameters, method.TypeArguments);
        for (var type = method.ContainingType; type is not null; type = type.ContainingType)
        {
            Add(type.OriginalDefinition.TypeParameters, type.TypeArguments);
        }
    }

    /// <summary>The type with its parameters replaced.</summary>
    internal ITypeSymbol Resolve(ITypeSymbol type) => type switch
    {
        ITypeParameterSymbol parameter => _arguments.TryGetValue(parameter, out var argument) ? argument : type,
        INamedTypeSymbol { IsGenericType: true } named when named.TypeArguments.Any(HasParameter) =>
            named.ConstructedFrom.Construct([.. named.TypeArguments.Select(Resolve)]),
        _ => type,
    };

    /// <summary>The method that is called: type parameters replaced, a static abstract one by the type's own.</summary>
    internal IMethodSymbol? Resolve(IMethodSymbol method, ITypeSymbol? constrainedTo)
    {
        if (constrainedTo is not null)
        {
            var found = Resolve(constrainedTo).FindImplementationForInterfaceMember(Member(method.ConstructedFrom)) as IMethodSymbol;
            return found is { IsGenericMethod: true } ? found.Construct([.. method.TypeArguments.Select(Resolve)]) : found;
        }

        var arguments = method.TypeArguments;
        method = Member(method.ConstructedFrom);
        return method.IsGenericMethod ? method.Construct([.. arguments.Select(Resolve)]) : method;
    }

    /// <summary>The property that is read, a static abstract one by the type's own.</summary>
    internal IPropertySymbol? Resolve(IPropertySymbol property, ITypeSymbol? constrainedTo) => constrainedTo is null
        ? Member(property)
        : Resolve(constrainedTo).FindImplementationForInterfaceMember(Member(property)) as IPropertySymbol;

    /// <summary>Whether a type parameter is left anywhere in the type.</summary>
    internal static bool HasParameter(ITypeSymbol type) =>
        type is ITypeParameterSymbol || (type is INamedTypeSymbol named && named.TypeArguments.Any(HasParameter));

    /// <summary>The member of its type, or interface, with that type's parameters replaced.</summary>
    private T Member<T>(T member) where T : class, ISymbol => member.ContainingType is { IsGenericType: true } container
        && !SymbolEqualityComparer.Default.Equals(Resolve(container), container)
        ? Resolve(container).GetMembers(member.Name).OfType<T>()
            .First(m => SymbolEqualityComparer.Default.Equals(m.OriginalDefinition, member.OriginalDefinition))
        : member;

    private void Add(IReadOnlyList<ITypeParameterSymbol> parameters, IReadOnlyList<ITypeSymbol> arguments)
    {
        for (var i = 0; i < parameters.Count; i++)
        {
            _arguments[parameters[i]] = arguments[i];
        }
    }
}
