using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Gpu.Kernels.Generator;

/// <content>Views and references, which are pointers in C.</content>
internal sealed partial class FunctionTranslator
{
    private readonly record struct CView(CExpression Pointer, string Length, Space Space);

    private CExpression Property(IPropertyReferenceOperation reference)
    {
        var property = reference.Property;
        if (reference.Instance is null)
        {
            return StaticProperty(reference);
        }

        var owner = Resolved(reference.Instance)!;
        if (Model.IsView(owner))
        {
            return property.IsIndexer ? Element(reference) : ViewProperty(reference);
        }

        var instance = Expression(reference.Instance);
        switch (Model.IndexRank(owner), property.Name)
        {
            case (1, "X" or "Size"):
                return instance;
            case ( > 1, "X" or "Y" or "Z"):
                return CExpression.Primary($"{instance.At(Binding.Primary)}.{property.Name.ToLowerInvariant()}");
            case ( > 0, _):
                return Reject(reference, Findings.Construct, $"'{reference.Syntax}'", "compute with X and Y");
        }

        if (Model.IsSpecialized(owner, out _))
        {
            return instance;
        }

        if (BackingField(property) is { } field)
        {
            return CExpression.Primary($"{instance.At(Binding.Primary)}.{UnitTranslator.FieldName(field)}");
        }

        return owner.TypeKind == TypeKind.Struct && property.GetMethod is { } getter && unit.Body(getter) is not null
            ? CExpression.Call(unit.Function(getter, [], reference.Syntax.GetLocation()), instance.Text)
            : Reject(reference, Findings.Call, $"'{reference.Syntax}'", "read a field, or call a static method of this project");
    }

    private static IFieldSymbol? BackingField(IPropertySymbol property) => property.ContainingType.TypeKind == TypeKind.Struct
        ? property.ContainingType.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(f =>
            SymbolEqualityComparer.Default.Equals(f.AssociatedSymbol, property))
        : null;

    private CExpression StaticProperty(IPropertyReferenceOperation reference)
    {
        if (Intrinsics.Property(reference.Property) is { } text)
        {
            RequireGroups(reference);
            return new CExpression(text, text[0] == '(' && text[1] == 'i' ? Binding.Unary : Binding.Primary);
        }

        if (_types.Resolve(reference.Property, reference.ConstrainedToType) is not { } property)
        {
            return Reject(reference, Findings.TypeArgument, $"'{reference.Syntax}'", "name a concrete struct where the kernel is prepared");
        }

        return property.GetMethod is { } getter && !Model.IsModel(property.ContainingType) && unit.Body(getter) is not null
            ? CExpression.Call(unit.Function(getter, [], reference.Syntax.GetLocation()))
            : Reject(reference, Findings.State, $"'{reference.Syntax}'", "make it a const, or a property that returns a constant");
    }

    private CExpression ViewProperty(IPropertyReferenceOperation reference)
    {
        var view = View(reference.Instance!);
        return reference.Property.Name == "IntLength"
            ? CExpression.Primary(view.Length)
            : Reject(reference, Findings.Length, $"'{reference.Syntax}'", "kernels index with 32 bits, write IntLength");
    }

    private CExpression Element(IPropertyReferenceOperation reference)
    {
        var view = View(reference.Instance!);
        if (view.Space != Space.Private)
        {
            _reads++;
        }

        return CExpression.Primary($"{view.Pointer.At(Binding.Primary)}[{ElementIndex(reference.Arguments[0].Value).Text}]");
    }

    private CExpression ElementIndex(IOperation index)
    {
        var written = index is IConversionOperation { IsImplicit: true } conversion ? conversion.Operand : index;
        return Model.IsInt(Resolved(written))
            ? PlainInteger(written)
            : Reject(index, Findings.Index, $"index '{index.Syntax}' of type {Resolved(written)?.ToDisplayString()}",
                "convert it to int: (int)index");
    }

    /// <summary>A view as pointer, length and memory.</summary>
    private CView View(IOperation operation)
    {
        switch (operation)
        {
            case IParameterReferenceOperation { Parameter: var parameter } when _spaces.ContainsKey(parameter):
                return Named(parameter);
            case ILocalReferenceOperation { Local: var local } when _spaces.ContainsKey(local):
                return Named(local);
            case IFieldReferenceOperation { Instance: { } owner, Field: var field }:
                var member = $"{Expression(owner).At(Binding.Primary)}.{UnitTranslator.FieldName(field)}";
                return new CView(CExpression.Primary(member), $"{member}_length", Space.Global);
            case IInvocationOperation { TargetMethod.Name: "SubView", Instance: { } instance } call when Model.IsView(Resolved(instance)):
                return SubView(View(instance), call);
            case IInvocationOperation { TargetMethod.Name: "Cast", Instance: { } instance } call when Model.IsView(Resolved(instance),
                out var element):
                return Cast(View(instance), element, call);
            default:
                var isAllocation = operation is IInvocationOperation { TargetMethod.ContainingType.Name: "SharedMemory" or "LocalMemory" };
                Reject(operation, isAllocation ? Findings.Allocation : Findings.View, $"'{operation.Syntax}'", isAllocation
                    ? "declare a variable of its own for it: var tile = ..."
                    : "a view comes from a parameter, an allocation, SubView or Cast");
                return new CView(CExpression.Primary("0"), "0", Space.Global);
        }

        CView Named(ISymbol symbol)
        {
            var name = CNames.Identifier(symbol.Name);
            return new CView(CExpression.Primary(name), _lengths.TryGetValue(symbol, out var length) ? length : $"{name}_length",
                _spaces[symbol]);
        }
    }

    private CView SubView(CView view, IInvocationOperation call)
    {
        var arguments = InOrder(call.Arguments).Select(a => ElementIndex(a)).ToArray();
        var length = arguments.Length > 1
            ? arguments[1].Text
            : CExpression.Binary(CExpression.Primary(view.Length), "-", arguments[0], Binding.Additive).Text;
        return view with { Pointer = CExpression.Binary(view.Pointer, "+", arguments[0], Binding.Additive), Length = length };
    }

    private CView Cast(CView view, ITypeSymbol from, IInvocationOperation call)
    {
        var location = call.Syntax.GetLocation();
        var (source, target) = (Type(from, location), Type(call.TargetMethod.TypeArguments[0], location));
        return view with
        {
            Pointer = CExpression.Cast($"{Qualifier(view.Space)}{target}*", view.Pointer),
            Length = $"(int)((size_t)({view.Length}) * sizeof({source}) / sizeof({target}))",
        };
    }

    /// <summary>The address of a variable or an element, for a parameter that is a reference.</summary>
    private (string Address, Space Space) Address(IOperation operation)
    {
        switch (operation)
        {
            case ILocalReferenceOperation { Local: var local } when _spaces.TryGetValue(local, out var space):
                return (CNames.Identifier(local.Name), space);
            case IParameterReferenceOperation { Parameter: var parameter } when _spaces.TryGetValue(parameter, out var space):
                return (CNames.Identifier(parameter.Name), space);
            case ILocalReferenceOperation or IParameterReferenceOperation:
                return ($"&{Expression(operation).At(Binding.Unary)}", Space.Private);
            case IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } instance } when Model.IsView(Resolved(instance)):
                var reads = _reads;
                var element = Expression(operation).At(Binding.Unary);
                _reads = reads;
                return ($"&{element}", View(instance).Space);
            case IFieldReferenceOperation { Instance: { } owner }:
                return ($"&{Expression(operation).At(Binding.Unary)}", Root(owner) is IPropertyReferenceOperation
                    ? Address(Root(owner)).Space : Space.Private);
            default:
                Reject(operation, Findings.View, $"a reference to '{operation.Syntax}'", "pass an element of a view or a local variable");
                return ("0", Space.Global);
        }
    }
}
