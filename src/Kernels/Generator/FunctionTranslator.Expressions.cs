using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Gpu.Kernels.Generator;

/// <content>Expressions.</content>
internal sealed partial class FunctionTranslator
{
    /// <summary>Calls with effects in the expression that is being translated.</summary>
    private int _effects;

    /// <summary>Reads of memory beside them.</summary>
    private int _reads;

    /// <summary>An expression with nothing around it. C evaluates operands in any order, so that only one part may have effects.</summary>
    private CExpression FullExpression(IOperation operation)
    {
        Begin();
        var result = Expression(operation);
        End(operation);
        return result;
    }

    private void Begin() => (_effects, _reads) = (0, 0);

    private void End(IOperation operation)
    {
        HasEffects |= _effects > 0;
        CheckOrder(operation);
    }

    private void CheckOrder(IOperation operation)
    {
        if (_effects > 1 || (_effects > 0 && _reads > 0))
        {
            Reject(operation, Findings.Order, $"'{operation.Syntax}'",
                "C leaves the order of evaluation open, put the result of each call that changes memory into a variable first");
        }
    }

    private CExpression Expression(IOperation operation)
    {
        if (Fold(operation) is { } value)
        {
            return Constant(operation, value);
        }

        return operation switch
        {
            IParenthesizedOperation parenthesized => Expression(parenthesized.Operand),
            ILocalReferenceOperation local => Variable(local.Local, CNames.Identifier(local.Local.Name), operation),
            IParameterReferenceOperation parameter => Variable(parameter.Parameter, CNames.Identifier(parameter.Parameter.Name), operation),
            IInstanceReferenceOperation => CExpression.Primary("self"),
            IFieldReferenceOperation field => Field(field),
            IPropertyReferenceOperation property => Property(property),
            IInvocationOperation call => Invocation(call),
            IBinaryOperation binary => Binary(binary),
            IUnaryOperation unary => Unary(unary),
            IConversionOperation conversion => Conversion(conversion),
            IConditionalOperation conditional => Conditional(conditional),
            ISwitchExpressionOperation choice => SwitchExpression(choice),
            IIsPatternOperation test => IsPattern(test),
            IObjectCreationOperation creation => Creation(creation),
            IDefaultValueOperation => Zero(operation),
            IAssignmentOperation or IIncrementOrDecrementOperation =>
                Reject(operation, Findings.Order, $"'{operation.Syntax}' within an expression",
                "make it a statement of its own"),
            _ => Reject(operation, Findings.Construct, $"'{operation.Syntax}'", Advice(operation)),
        };
    }

    private static string Advice(IOperation operation) => operation switch
    {
        ILiteralOperation { ConstantValue.Value: double } => "write a float, with the suffix f",
        IArrayElementReferenceOperation or IArrayCreationOperation => "pass an ArrayView, or allocate LocalMemory",
        IAnonymousFunctionOperation or IDelegateCreationOperation or IMethodReferenceOperation =>
            "call a static method, or make the method generic over a struct with static abstract members",
        IInterpolatedStringOperation or ILiteralOperation { ConstantValue.Value: string } => "devices have no strings, remove it",
        ITupleOperation => "write the parts one by one, or a struct of your own",
        _ => "it is not in the kernel subset, write it with arithmetic, ?:, switch and calls of static methods",
    };

    private CExpression Constant(IOperation operation, object value)
    {
        if (Named(operation) is { } name)
        {
            return name;
        }

        if (value is int and >= 0 && operation is ILiteralOperation && operation.Syntax.ToString() is var hex
            && hex.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return CExpression.Primary(hex.Replace("_", ""));
        }

        return CExpression.Literal(value) is { } literal && operation.Type?.SpecialType != SpecialType.System_Char
            ? literal
            : Reject(operation, Findings.Type, $"'{operation.Syntax}'", value is double
                ? "write a float, with the suffix f, which every device has"
                : "kernels have integers, floats and bools");
    }

    /// <summary>A constant that keeps its name: one of the source, its negative, or an enum's as an integer.</summary>
    private CExpression? Named(IOperation operation) => operation switch
    {
        IFieldReferenceOperation { Field.IsConst: true } field => unit.Constant(field.Field) is { } name ? CExpression.Primary(name) : null,
        ILocalReferenceOperation local => CExpression.Primary(CNames.Identifier(local.Local.Name)),
        IUnaryOperation { OperatorKind: UnaryOperatorKind.Minus, Operand: IFieldReferenceOperation operand } unary
            when unary.Type!.SpecialType is SpecialType.System_Single && Named(operand) is { } inner =>
                new CExpression("-" + inner.Text, Binding.Unary),
        IConversionOperation { Type.SpecialType: SpecialType.System_Int32, Operand: IFieldReferenceOperation operand }
            when operand.Field.ContainingType.TypeKind == TypeKind.Enum => Named(operand),
        _ => null,
    };

    private CExpression Variable(ISymbol symbol, string name, IOperation operation)
    {
        if (Model.IsView(Resolved(operation)))
        {
            return Reject(operation, Findings.View, $"view '{name}' as a value", "index it, or pass it to a method");
        }

        // A parameter or local that is a reference is a pointer in C.
        return _spaces.ContainsKey(symbol) ? new CExpression($"*{name}", Binding.Unary) : CExpression.Primary(name);
    }

    private CExpression Field(IFieldReferenceOperation reference)
    {
        if (reference.Instance is null)
        {
            return Reject(reference, Findings.State, $"static field {reference.Field.Name}",
                Model.IsModel(reference.Field.ContainingType) ? "write the number" : "make it a const, or pass it as a parameter");
        }

        return CExpression.Primary($"{Expression(reference.Instance).At(Binding.Primary)}.{UnitTranslator.FieldName(reference.Field)}");
    }

    private CExpression Conditional(IConditionalOperation conditional)
    {
        if (Fold(conditional.Condition) is bool known)
        {
            return Expression(known ? conditional.WhenTrue : conditional.WhenFalse!);
        }

        return new CExpression(
            $"{Expression(conditional.Condition).At(Binding.LogicalOr)} ? {Expression(conditional.WhenTrue).At(Binding.Conditional)} : {Expression(conditional.WhenFalse!).At(Binding.Conditional)}",
            Binding.Conditional);
    }

    /// <summary>A value with all fields 0.</summary>
    private CExpression Zero(IOperation operation)
    {
        var type = Resolved(operation)!;
        if (type.TypeKind != TypeKind.Struct || Model.IsInt(type) || type.SpecialType != SpecialType.None)
        {
            return CExpression.Literal(type.SpecialType == SpecialType.System_Single ? 0f : 0)!.Value;
        }

        return Composite(Type(operation), UnitTranslator.Fields((INamedTypeSymbol)type).Select(f => ZeroText(f.Field.Type)));
    }

    private static string ZeroText(ITypeSymbol type) => type.SpecialType == SpecialType.System_Single ? "0.0f"
        : Model.IsView(type) ? "0, 0"
        : type is { TypeKind: TypeKind.Struct, SpecialType: SpecialType.None } && !Model.IsInt(type) ? "{0}" : "0";

    /// <summary>A vector or a struct from its fields' values; in parentheses, because macros part their arguments at commas within braces.</summary>
    private static CExpression Composite(string type, IEnumerable<string> values) => type is "float2" or "float4" or "int2" or "int3"
        ? CExpression.Call("MAKE_" + type.ToUpperInvariant(), values)
        : CExpression.Primary($"(STRUCT({type}){{ {string.Join(", ", values)} }})");

    private CExpression Creation(IObjectCreationOperation creation)
    {
        var type = Resolved(creation)!;
        var fields = type is INamedTypeSymbol { TypeKind: TypeKind.Struct } named
            ? UnitTranslator.Fields(named).Select(f => f.Field).ToArray() : [];
        if (Model.IndexRank(type) is > 0 and var rank && creation.Arguments.Length == rank)
        {
            var parts = creation.Arguments.Select(a => Expression(a.Value)).ToArray();
            return rank == 1 ? parts[0] : Composite($"int{rank}", parts.Select(p => p.Text));
        }

        if (type.TypeKind != TypeKind.Struct || Model.IsModel(type) || type.DeclaringSyntaxReferences.Length == 0)
        {
            return Reject(creation, Findings.Type, $"new {type.ToDisplayString()}", "kernels construct only structs of this project");
        }

        if (creation.Arguments.Length > 0)
        {
            return creation.Initializer is null
                ? Construct(creation)
                : Reject(creation, Findings.Struct, $"'{creation.Syntax}'", "write either a constructor's arguments or an initializer");
        }

        var values = Zero(creation);
        return creation.Initializer is null ? values : Initialized(creation, fields);
    }

    private CExpression Construct(IObjectCreationOperation creation)
    {
        var constructor = _types.Resolve(creation.Constructor!, constrainedTo: null)!;
        return unit.Body(constructor) is null || constructor.IsImplicitlyDeclared
            ? Reject(creation, Findings.Struct, $"the constructor of {creation.Type!.Name}",
                "write a constructor with a body that sets every field, or an object initializer")
            : CallFunction(creation, constructor, creation.Arguments);
    }

    private CExpression Initialized(IObjectCreationOperation creation, IFieldSymbol[] fields)
    {
        var values = new Dictionary<ISymbol, string>(SymbolEqualityComparer.Default);
        foreach (var initializer in creation.Initializer!.Initializers)
        {
            if (initializer is ISimpleAssignmentOperation { Target: IMemberReferenceOperation member } assignment)
            {
                values[member.Member.OriginalDefinition] = Model.IsView(Resolved(assignment.Value)) && View(assignment.Value) is var view
                    ? RequireGlobal(assignment, view)
                    : Expression(assignment.Value).Text;
            }
        }

        return Composite(Type(creation), fields.Select(f => values.TryGetValue((f.AssociatedSymbol ?? f).OriginalDefinition, out var text)
            ? text
            : ZeroText(f.Type)));
    }

    /// <summary>The two values of a view that becomes a field; fields point to global memory.</summary>
    private string RequireGlobal(IOperation assignment, CView view) => view.Space == Space.Global
        ? $"{view.Pointer.Text}, {view.Length}"
        : Reject(assignment, Findings.View, $"'{assignment.Syntax}'", "a field holds views of global memory, pass others as parameters").Text;
}
