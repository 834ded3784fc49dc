using Microsoft.CodeAnalysis;

namespace Gpu.Kernels.Generator;

/// <summary>The memory that a pointer points to. OpenCL C 1.2 keeps them apart by type.</summary>
internal enum Space
{
    Global,
    Shared,
    Private,
}

/// <summary>Translates one method, for one choice of type arguments and of memories that its views lie in.</summary>
/// <param name="unit">The kernel's translation, which this is part of.</param>
/// <param name="method">The method, type arguments included.</param>
/// <param name="spaces">Where the parameters that become pointers point to, in order.</param>
internal sealed partial class FunctionTranslator(UnitTranslator unit, IMethodSymbol method, IReadOnlyList<Space> spaces)
{
    private readonly TypeMap _types = new(method);
    private readonly CWriter _writer = new();

    /// <summary>Where views and references point to.</summary>
    private readonly Dictionary<ISymbol, Space> _spaces = new(SymbolEqualityComparer.Default);

    /// <summary>Views whose length is a constant, and that constant.</summary>
    private readonly Dictionary<ISymbol, string> _lengths = new(SymbolEqualityComparer.Default);

    /// <summary>Whether the method changes memory that others see; known once it is translated.</summary>
    internal bool HasEffects { get; private set; }

    /// <summary>The text of a function that kernels call.</summary>
    internal string Function(string name)
    {
        var parameters = new List<string>();
        if (HasSelf)
        {
            parameters.Add($"{Type(method.ContainingType, method.Locations[0])} self");
        }

        var space = 0;
        foreach (var parameter in method.Parameters)
        {
            parameters.AddRange(Parameter(parameter, () => spaces[space++]));
        }

        var result = method.MethodKind == MethodKind.Constructor ? method.ContainingType : method.ReturnType;
        if (method.RefKind != RefKind.None || Model.IsView(result))
        {
            Report(Findings.View, $"the result of {method.Name}", "pass the view to the method instead, and let it index",
                method.Locations[0]);
        }

        _writer.Line(unit.Source(method));
        _writer.Line($"FUNCTION {Type(result, method.Locations[0])} {name}({(parameters.Count == 0 ? "void" : string.Join(", ", parameters))})");
        _writer.Open();
        TranslateBody();
        _writer.Close();
        return _writer.ToString();
    }

    /// <summary>The text of the kernel.</summary>
    internal string Kernel(string name)
    {
        _writer.Line(unit.Source(method));
        var rank = unit.HasIndex ? Model.IndexRank(method.Parameters[0].Type) : 0;
        var parameters = method.Parameters.Skip(rank > 0 ? 1 : 0).ToArray();
        foreach (var parameter in parameters.Where(p => Model.IsSpecialized(p.Type, out _)))
        {
            // Defined from outside, the parameter is a constant of the program.
            var macro = $"{name}_{parameter.Name}";
            _writer.Directive($"#ifndef {macro}\n#define {macro} {parameter.Name}_argument\n#endif");
        }

        var declared = parameters.SelectMany(p => KernelParameter(p)).Concat(Extents(rank)).ToArray();
        _writer.Line($"__kernel {GroupLanes()}void {name}(");
        _writer.Indent();
        for (var i = 0; i < declared.Length; i++)
        {
            _writer.Line(declared[i] + (i + 1 < declared.Length ? "," : ")"));
        }

        _writer.Unindent();
        _writer.Open();
        KernelPreamble(name, parameters, rank);
        TranslateBody();
        _writer.Close();
        return _writer.ToString();
    }

    /// <summary>What the kernel's attribute says of its groups; devices share out registers by it.</summary>
    private string GroupLanes()
    {
        var attribute = method.GetAttributes().FirstOrDefault(a => a.AttributeClass is { Name: "GroupLanesAttribute" } type
            && type.ContainingNamespace.ToDisplayString() == Model.KernelNamespace);
        if (attribute is null)
        {
            return "";
        }

        var name = attribute.ConstructorArguments[0].Value as string ?? "";
        var lanes = method.TypeArguments.FirstOrDefault()?.GetMembers(name).OfType<IPropertySymbol>().FirstOrDefault() is { } property
            ? FoldGetter(property) : null;
        if (lanes is int and > 0)
        {
            return $"GROUP_LANES({lanes}) ";
        }

        Report(Findings.Signature, method.Name, $"'{name}' must be a static property of its first type argument that returns a constant",
            method.Locations[0]);
        return "";
    }

    private bool HasSelf => method is { IsStatic: false, MethodKind: not MethodKind.Constructor };

    private static IEnumerable<string> Extents(int rank) =>
        Enumerable.Range(0, rank).Select(d => $"const int extent_{"xyz"[d]}");

    private IEnumerable<string> KernelParameter(IParameterSymbol parameter)
    {
        var name = CNames.Identifier(parameter.Name);
        if (Model.IsView(parameter.Type, out var element))
        {
            _spaces[parameter.OriginalDefinition] = Space.Global;
            return [$"__global {ElementType(element, parameter)}* {name}_buffer", $"const int {name}_offset", $"const int {name}_length"];
        }

        if (UnitTranslator.HoldsViews(parameter.Type))
        {
            Report(Findings.View, $"parameter {parameter.Name} of {method.Name}", "pass the views as parameters of their own",
                parameter.Locations[0]);
        }

        var suffix = Model.IsSpecialized(parameter.Type, out _) ? "_argument" : "";
        return [$"const {Type(parameter.Type, parameter.Locations[0])} {(suffix.Length > 0 ? parameter.Name : name)}{suffix}"];
    }

    /// <summary>The kernel's views and its index, as locals.</summary>
    private void KernelPreamble(string name, IParameterSymbol[] parameters, int rank)
    {
        foreach (var parameter in parameters)
        {
            var local = CNames.Identifier(parameter.Name);
            if (Model.IsView(parameter.Type, out var element))
            {
                _writer.Line($"__global {ElementType(element, parameter)}* {local} = {local}_buffer + {local}_offset;");
            }
            else if (Model.IsSpecialized(parameter.Type, out var value))
            {
                _writer.Line($"const {Type(value, parameter.Locations[0])} {local} = {name}_{parameter.Name};");
            }
        }

        if (rank == 0)
        {
            return;
        }

        var index = CNames.Identifier(method.Parameters[0].Name);
        _writer.Line(rank == 1
            ? $"const int {index} = (int)get_global_id(0);"
            : $"const int{rank} {index} = MAKE_INT{rank}({string.Join(", ", Enumerable.Range(0, rank).Select(d => $"(int)get_global_id({d})"))});");
        _writer.Line($"if ({string.Join(" || ", Enumerable.Range(0, rank).Select(d => $"{index}{(rank == 1 ? "" : "." + "xyz"[d])} >= extent_{"xyz"[d]}"))})");
        _writer.Open();
        _writer.Line("return;");
        _writer.Close();
        _writer.Blank();
    }

    private IEnumerable<string> Parameter(IParameterSymbol parameter, Func<Space> space)
    {
        var name = CNames.Identifier(parameter.Name);
        var type = _types.Resolve(parameter.Type);
        if (Model.IsView(type, out var element))
        {
            var memory = _spaces[parameter.OriginalDefinition] = space();
            return [$"{Qualifier(memory)}{ElementType(element, parameter)}* {name}", $"int {name}_length"];
        }

        if (parameter.RefKind is RefKind.Ref or RefKind.Out)
        {
            var memory = _spaces[parameter.OriginalDefinition] = space();
            return [$"{Qualifier(memory)}{Type(type, parameter.Locations[0])}* {name}"];
        }

        return [$"{Type(type, parameter.Locations[0])} {name}"];
    }

    private void TranslateBody()
    {
        var body = unit.Body(method);
        if (body is null)
        {
            Report(Findings.Call, method.Name, "a kernel calls only methods with a body in this project", method.Locations[0]);
            return;
        }

        if (method.MethodKind == MethodKind.Constructor)
        {
            _writer.Line($"{Type(method.ContainingType, method.Locations[0])} self;");
        }

        Statements(body.Operations);
        if (method.MethodKind == MethodKind.Constructor)
        {
            _writer.Line("return self;");
        }
    }

    private static string Qualifier(Space space) => space switch
    {
        Space.Global => "__global ",
        Space.Shared => "__local ",
        _ => "",
    };

    private string ElementType(ITypeSymbol element, ISymbol place)
    {
        element = _types.Resolve(element);
        if (element.SpecialType == SpecialType.System_Boolean)
        {
            Report(Findings.Type, "a view of bool", "a bool has no fixed size on devices, write byte", place.Locations[0]);
        }

        if (UnitTranslator.HoldsViews(element))
        {
            Report(Findings.View, $"a view of {element.Name}", "memory holds no views, pass them as parameters", place.Locations[0]);
        }

        return Type(element, place.Locations[0]);
    }

    private string Type(ITypeSymbol type, Location location) => unit.Type(_types.Resolve(type), location);

    private string Type(IOperation operation) =>
        operation.Type is null ? "int" : Type(operation.Type, operation.Syntax.GetLocation());

    private ITypeSymbol? Resolved(IOperation operation) => operation.Type is null ? null : _types.Resolve(operation.Type);

    private void Report(string id, string subject, string advice, Location location) => unit.Report(id, subject, advice, location);

    /// <summary>Reports a finding at an operation and stands in for its value.</summary>
    private CExpression Reject(IOperation operation, string id, string subject, string advice)
    {
        Report(id, subject, advice, operation.Syntax.GetLocation());
        return CExpression.Primary("0");
    }
}
