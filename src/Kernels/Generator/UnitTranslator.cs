using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Gpu.Kernels.Generator;

/// <summary>Translates one kernel and everything that it calls.</summary>
internal sealed partial class UnitTranslator(Compilation compilation, IMethodSymbol kernel, string projectDirectory,
    CancellationToken cancellation)
{
    /// <summary>Parameters after the index that ILGPU's loaders take.</summary>
    private const int HighestParameterCount = 14;

    private readonly MethodBodies _bodies = MethodBodies.Of(compilation);
    private readonly List<CPart> _parts = [];
    private readonly HashSet<string> _known = [];
    private readonly HashSet<Finding> _findings = [];
    private readonly List<string> _inProgress = [];
    private readonly HashSet<string> _effects = [];

    /// <summary>Whether the device chooses the kernel's groups.</summary>
    internal bool HasIndex { get; } = kernel.Parameters.Length > 0 && Model.IndexRank(kernel.Parameters[0].Type) > 0;

    /// <summary>Translates the kernel.</summary>
    internal KernelUnit Translate()
    {
        var entry = CNames.Member(kernel) + string.Concat(kernel.TypeArguments.Select(t => "_" + CNames.Type(t)));
        CheckSignature();
        _inProgress.Add(Key(kernel, []));
        var text = new FunctionTranslator(this, kernel, []).Kernel(entry);
        _parts.Add(new CPart(CPartKind.Kernel, entry, text));
        return new KernelUnit(FullName(), entry, HasIndex ? Model.IndexRank(kernel.Parameters[0].Type) : 0,
            new(Parameters()), new(_parts), new(_findings));
    }

    internal void Report(string id, string subject, string advice, Location location)
    {
        var span = location.GetLineSpan();
        _findings.Add(new Finding(id, subject, advice, span.Path, location.SourceSpan, span.Span));
    }

    /// <summary>The name of a constant of the source, declared in C once.</summary>
    internal string? Constant(IFieldSymbol field)
    {
        if (field.ConstantValue is null || field.DeclaringSyntaxReferences.Length == 0
            || CExpression.Literal(field.ConstantValue) is not { } literal)
        {
            return null;
        }

        var name = CNames.Member(field);
        if (_known.Add(name))
        {
            _parts.Add(new CPart(CPartKind.Constant, name, $"#define {name} {literal.At(Binding.Primary)}\n"));
        }

        return name;
    }

    /// <summary>The name of the C function for a method, translated when first called.</summary>
    internal string Function(IMethodSymbol method, IReadOnlyList<Space> spaces, Location location)
    {
        var key = Key(method, spaces);
        if (_inProgress.Contains(key))
        {
            Report(Findings.Recursion, method.Name, "devices have no stack to recurse on, write a loop", location);
        }
        else if (_known.Add(key))
        {
            _inProgress.Add(key);
            var function = new FunctionTranslator(this, method, spaces);
            var text = function.Function(key);
            _inProgress.Remove(key);
            _parts.Add(new CPart(CPartKind.Function, key, text));
            if (function.HasEffects)
            {
                _effects.Add(key);
            }
        }

        return key;
    }

    /// <summary>Whether calling the function changes memory that others see.</summary>
    internal bool HasEffects(string function) => _effects.Contains(function);

    /// <summary>What a method does, or null where it has no source.</summary>
    internal IBlockOperation? Body(IMethodSymbol method) => _bodies.Find(method, cancellation);

    /// <summary>File and line of a method, the file as the project names it.</summary>
    internal string Source(IMethodSymbol method)
    {
        var span = method.Locations[0].GetLineSpan();
        var path = span.Path.Replace('\\', '/');
        var root = projectDirectory.Replace('\\', '/');
        path = root.Length > 0 && path.StartsWith(root, StringComparison.Ordinal)
            ? path.Substring(root.Length).TrimStart('/')
            : path.Substring(path.LastIndexOf('/') + 1);
        return $"// {path}, line {span.StartLinePosition.Line + 1}";
    }

    private static string Key(IMethodSymbol method, IReadOnlyList<Space> spaces) =>
        CNames.Method(method) + (spaces.All(s => s == Space.Global) ? "" : "_" + string.Join("_", spaces).ToLowerInvariant());

    private string FullName()
    {
        var type = kernel.ContainingType;
        var name = type.MetadataName;
        for (var outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            name = $"{outer.MetadataName}+{name}";
        }

        var arguments = kernel.TypeArguments.Length == 0 ? "" : $"<{string.Join(",", kernel.TypeArguments.Select(t => t.Name))}>";
        return $"{type.ContainingNamespace.ToDisplayString()}.{name}.{kernel.Name}{arguments}";
    }

    private IEnumerable<ParameterInfo> Parameters() => kernel.Parameters.Skip(HasIndex ? 1 : 0).Select(p =>
        Model.IsView(p.Type, out var element) ? new ParameterInfo(p.Name, "View", element.ToDisplayString())
        : Model.IsSpecialized(p.Type, out var value) ? new ParameterInfo(p.Name, "Specialized", value.ToDisplayString())
        : new ParameterInfo(p.Name, "Scalar", p.Type.ToDisplayString()));

    private void CheckSignature()
    {
        var location = kernel.Locations[0];
        for (ISymbol symbol = kernel; symbol is not INamespaceSymbol; symbol = symbol.ContainingSymbol)
        {
            if (symbol.DeclaredAccessibility != Accessibility.Public)
            {
                Report(Findings.Signature, kernel.Name, $"make {symbol.Name} public, so that every runtime may call it", location);
            }
        }

        var parameters = kernel.Parameters.Skip(HasIndex ? 1 : 0).ToArray();
        if (parameters.Length > HighestParameterCount)
        {
            Report(Findings.Signature, kernel.Name,
                $"it has {parameters.Length} parameters, a kernel has at most {HighestParameterCount}: pack small ones into a buffer",
                location);
        }

        foreach (var parameter in parameters)
        {
            var advice = parameter.RefKind != RefKind.None ? "pass a view instead of a reference"
                : Model.IndexRank(parameter.Type) > 0 ? "only the first parameter may be an index, pass an int"
                : parameter.Type.SpecialType == SpecialType.System_Boolean
                    ? "a bool has no fixed size on devices, pass an int that is 0 or 1"
                : null;
            if (advice is not null)
            {
                Report(Findings.Signature, $"parameter {parameter.Name} of {kernel.Name}", advice, parameter.Locations[0]);
            }
        }
    }
}
