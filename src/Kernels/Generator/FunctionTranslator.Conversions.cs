using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Gpu.Kernels.Generator;

/// <content>Conversions, and constants that are known before a kernel runs.</content>
internal sealed partial class FunctionTranslator
{
    private CExpression Conversion(IConversionOperation conversion)
    {
        if (conversion.Operand.Type is null || conversion.IsTryCast)
        {
            return Reject(conversion, Findings.Construct, $"'{conversion.Syntax}'", Advice(conversion.Operand));
        }

        var from = Resolved(conversion.Operand)!;
        var to = Resolved(conversion)!;
        if (conversion.IsChecked && IsInteger(to) && !conversion.IsImplicit)
        {
            return Reject(conversion, Findings.Construct, "a checked conversion", "devices do not check, conversions wrap or saturate");
        }

        if (conversion.OperatorMethod is { } method && !Model.IsModel(method.ContainingType))
        {
            return CallFunction(conversion, _types.Resolve(method, conversion.ConstrainedToType)!, [conversion.Operand]);
        }

        if (conversion.Operand is ITupleOperation tuple && Model.IndexRank(to) is > 1 and var rank)
        {
            return Composite($"int{rank}", tuple.Elements.Select(e => Expression(e).Text));
        }

        return Convert(Expression(conversion.Operand), from, to, conversion);
    }

    private CExpression Convert(CExpression value, ITypeSymbol from, ITypeSymbol to, IOperation operation)
    {
        if (to.IsReferenceType || from.IsReferenceType)
        {
            return Reject(operation, Findings.Type, $"'{operation.Syntax}' as {to.ToDisplayString()}",
                "devices have no objects, pass values");
        }

        var location = operation.Syntax.GetLocation();
        var (source, target) = (unit.Type(from, location), unit.Type(to, location));
        if (source == target)
        {
            return value;
        }

        if (source == "float" && IsInteger(to))
        {
            // Small integers are cut from an int, as .NET does.
            var wide = target is "int" or "uint" or "int64" or "uint64" ? target : "int";
            var result = CExpression.Call($"{wide}_of_float", value.Text);
            return wide == target ? result : CExpression.Cast(target, result);
        }

        // C promotes small integers by itself.
        return target == "int" && source is "uchar" or "schar" or "short" or "ushort"
            && operation is IConversionOperation { IsImplicit: true }
            ? value
            : CExpression.Cast(target, value);
    }

    private static bool IsInteger(ITypeSymbol type) =>
        type.TypeKind == TypeKind.Enum || Model.IsInt(type)
            || type.SpecialType is >= SpecialType.System_SByte and <= SpecialType.System_UInt64;

    /// <summary>The value of an expression that is known for this choice of type arguments, or null.</summary>
    private object? Fold(IOperation operation)
    {
        if (operation.ConstantValue is { HasValue: true, Value: { } constant })
        {
            return constant;
        }

        switch (operation)
        {
            case IParenthesizedOperation parenthesized:
                return Fold(parenthesized.Operand);
            case IPropertyReferenceOperation { Instance: null, Property.IsStatic: true } property:
                return FoldProperty(property);
            case IConversionOperation { OperatorMethod: null, IsChecked: false } conversion
                when conversion.Operand.Type is not null
                    && SymbolEqualityComparer.Default.Equals(Resolved(conversion), Resolved(conversion.Operand)):
                return Fold(conversion.Operand);
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } unary:
                return Fold(unary.Operand) is bool value ? !value : null;
            case IBinaryOperation { OperatorMethod: null, IsChecked: false } binary:
                return Fold(binary.LeftOperand) is { } left && Fold(binary.RightOperand) is { } right
                    ? Compute(binary.OperatorKind, left, right) : null;
            default:
                return null;
        }
    }

    private object? FoldProperty(IPropertyReferenceOperation reference)
    {
        return _types.Resolve(reference.Property, reference.ConstrainedToType) is { } property && !Model.IsModel(property.ContainingType)
            && property.DeclaringSyntaxReferences.Length > 0 ? FoldGetter(property) : null;
    }

    /// <summary>What a static property returns, which may be computed from properties of its type's own arguments.</summary>
    private object? FoldGetter(IPropertySymbol property) => property.GetMethod is { } getter && Result(unit.Body(getter)) is { } result
        ? new FunctionTranslator(unit, getter, []).Fold(result)
        : null;

    private static object? Compute(BinaryOperatorKind kind, object left, object right) => (left, right) switch
    {
        (int a, int b) => kind switch
        {
            BinaryOperatorKind.Add => unchecked(a + b),
            BinaryOperatorKind.Subtract => unchecked(a - b),
            BinaryOperatorKind.Multiply => unchecked(a * b),
            BinaryOperatorKind.Divide when b is not (0 or -1) => a / b,
            BinaryOperatorKind.Remainder when b is not (0 or -1) => a % b,
            BinaryOperatorKind.Equals => a == b,
            BinaryOperatorKind.NotEquals => a != b,
            BinaryOperatorKind.LessThan => a < b,
            BinaryOperatorKind.LessThanOrEqual => a <= b,
            BinaryOperatorKind.GreaterThan => a > b,
            BinaryOperatorKind.GreaterThanOrEqual => a >= b,
            _ => null,
        },
        (bool a, bool b) => kind switch
        {
            BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.And => a && b,
            BinaryOperatorKind.ConditionalOr or BinaryOperatorKind.Or => a || b,
            _ => null,
        },
        _ => null,
    };
}
