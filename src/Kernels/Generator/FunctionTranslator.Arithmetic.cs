using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Gpu.Kernels.Generator;

/// <content>
/// Arithmetic with the meaning it has in C#: signed integers wrap (C leaves that open, so that it is done on unsigned ones),
/// shift counts are taken modulo the width, floats become integers by saturation and NaN becomes 0.
/// </content>
internal sealed partial class FunctionTranslator
{
    private CExpression Binary(IBinaryOperation binary)
    {
        if (binary.IsChecked)
        {
            return Reject(binary, Findings.Construct, "checked arithmetic", "devices do not check, arithmetic wraps");
        }

        if (binary.OperatorMethod is { } overload && !Model.Is(overload.ContainingType, "Index1D"))
        {
            return Model.IsModel(overload.ContainingType)
                ? Reject(binary, Findings.Construct, $"'{binary.Syntax}'", "compute with X and Y")
                : CallFunction(binary, _types.Resolve(overload, binary.ConstrainedToType)!, [binary.LeftOperand, binary.RightOperand]);
        }

        var type = Resolved(binary.LeftOperand)!;
        return IsWrapping(binary.OperatorKind, type)
            ? Wrapped(binary.OperatorKind, Unsigned(binary.LeftOperand, type), Unsigned(binary.RightOperand, type), type, isUnsigned: true)
            : Combine(binary.OperatorKind, Expression(binary.LeftOperand), Expression(binary.RightOperand), type,
                Fold(binary.RightOperand));
    }

    private static bool IsShift(BinaryOperatorKind kind) =>
        kind is BinaryOperatorKind.LeftShift or BinaryOperatorKind.RightShift or BinaryOperatorKind.UnsignedRightShift;

    private static bool IsWrapping(BinaryOperatorKind kind, ITypeSymbol type) =>
        kind is BinaryOperatorKind.Add or BinaryOperatorKind.Subtract or BinaryOperatorKind.Multiply
        && (Model.IsInt(type) || type.SpecialType == SpecialType.System_Int64);

    /// <summary>a + b of signed integers, computed on unsigned ones; the operands are unsigned, or become so.</summary>
    private static CExpression Wrapped(BinaryOperatorKind kind, CExpression left, CExpression right, ITypeSymbol type,
        bool isUnsigned = false)
    {
        var (signed, unsigned) = WrapTypes(type);
        var (sign, binding) = Sign(kind);
        return CExpression.Cast(signed, CExpression.Binary(isUnsigned ? left : CExpression.Cast(unsigned, left), sign, right, binding));
    }

    /// <summary>The value as an unsigned integer; a chain of + - * stays unsigned all the way.</summary>
    private CExpression Unsigned(IOperation operation, ITypeSymbol type)
    {
        var (_, unsigned) = WrapTypes(type);
        if (Fold(operation) is int and >= 0 and var number && Named(operation) is null)
        {
            return CExpression.Primary($"{number}u");
        }

        if (Fold(operation) is null && operation is IConversionOperation { OperatorMethod: not null, IsChecked: false } conversion
            && Model.IsInt(Resolved(conversion.Operand))
            && Model.IsInt(Resolved(conversion)))
        {
            return Unsigned(conversion.Operand, type);
        }

        if (Fold(operation) is null && operation is IBinaryOperation { IsChecked: false } binary
            && IsWrapping(binary.OperatorKind, Resolved(binary)!)
            && (binary.OperatorMethod is null || Model.Is(binary.OperatorMethod.ContainingType, "Index1D"))
                && WrapTypes(Resolved(binary)!) == WrapTypes(type))
        {
            var (sign, binding) = Sign(binary.OperatorKind);
            return CExpression.Binary(Unsigned(binary.LeftOperand, type), sign, Unsigned(binary.RightOperand, type), binding);
        }

        return CExpression.Cast(unsigned, Expression(operation));
    }

    private static (string Signed, string Unsigned) WrapTypes(ITypeSymbol type) =>
        type.SpecialType == SpecialType.System_Int64 ? ("int64", "uint64") : ("int", "uint");

    /// <summary>The index of an element, without wrapping: an index that overflows lies outside of any view.</summary>
    private CExpression PlainInteger(IOperation operation)
    {
        if (Fold(operation) is null)
        {
            if (operation is IConversionOperation { OperatorMethod: not null } conversion && Model.IsInt(Resolved(conversion.Operand)))
            {
                return PlainInteger(conversion.Operand);
            }

            if (operation is IBinaryOperation { IsChecked: false } binary && IsWrapping(binary.OperatorKind, Resolved(binary)!)
                && Model.IsInt(Resolved(binary)))
            {
                var (sign, binding) = Sign(binary.OperatorKind);
                return CExpression.Binary(PlainInteger(binary.LeftOperand), sign, PlainInteger(binary.RightOperand), binding);
            }
        }

        return Expression(operation);
    }

    /// <summary>An operator on values whose C meaning is the one of C#, but for shifts and the remainder of floats.</summary>
    private static CExpression Combine(BinaryOperatorKind kind, CExpression left, CExpression right, ITypeSymbol type, object? rightValue)
    {
        if (kind == BinaryOperatorKind.Remainder && type.SpecialType == SpecialType.System_Single)
        {
            return CExpression.Call("fmod", left.Text, right.Text);
        }

        return IsShift(kind)
            ? Shift(kind, left, right, type, rightValue)
            : CExpression.Binary(left, Sign(kind).Text, right, Sign(kind).Binding);
    }

    private static CExpression Shift(BinaryOperatorKind kind, CExpression left, CExpression right, ITypeSymbol type, object? count)
    {
        var isLong = type.SpecialType is SpecialType.System_Int64 or SpecialType.System_UInt64;
        var mask = isLong ? 63 : 31;
        right = count is int known
            ? CExpression.Primary($"{known & mask}")
            : CExpression.Binary(right, "&", CExpression.Primary($"{mask}"), Binding.And);
        var isSigned = Model.IsInt(type) || type.SpecialType == SpecialType.System_Int64;
        var sign = kind == BinaryOperatorKind.LeftShift ? "<<" : ">>";
        if (!isSigned || kind == BinaryOperatorKind.RightShift)
        {
            return CExpression.Binary(left, sign, right, Binding.Shift);
        }

        var (signed, unsigned) = WrapTypes(type);
        return CExpression.Cast(signed, CExpression.Binary(CExpression.Cast(unsigned, left), sign, right, Binding.Shift));
    }

    private static (string Text, Binding Binding) Sign(BinaryOperatorKind kind) => kind switch
    {
        BinaryOperatorKind.Add => ("+", Binding.Additive),
        BinaryOperatorKind.Subtract => ("-", Binding.Additive),
        BinaryOperatorKind.Multiply => ("*", Binding.Multiplicative),
        BinaryOperatorKind.Divide => ("/", Binding.Multiplicative),
        BinaryOperatorKind.Remainder => ("%", Binding.Multiplicative),
        BinaryOperatorKind.And => ("&", Binding.And),
        BinaryOperatorKind.Or => ("|", Binding.Or),
        BinaryOperatorKind.ExclusiveOr => ("^", Binding.Xor),
        BinaryOperatorKind.ConditionalAnd => ("&&", Binding.LogicalAnd),
        BinaryOperatorKind.ConditionalOr => ("||", Binding.LogicalOr),
        BinaryOperatorKind.Equals => ("==", Binding.Equality),
        BinaryOperatorKind.NotEquals => ("!=", Binding.Equality),
        BinaryOperatorKind.LessThan => ("<", Binding.Relational),
        BinaryOperatorKind.LessThanOrEqual => ("<=", Binding.Relational),
        BinaryOperatorKind.GreaterThan => (">", Binding.Relational),
        BinaryOperatorKind.GreaterThanOrEqual => (">=", Binding.Relational),
        _ => ("?", Binding.Assignment),
    };

    private CExpression Unary(IUnaryOperation unary)
    {
        if (unary.IsChecked)
        {
            return Reject(unary, Findings.Construct, "checked arithmetic", "devices do not check, arithmetic wraps");
        }

        if (unary.OperatorMethod is { } overload)
        {
            return CallFunction(unary, _types.Resolve(overload, unary.ConstrainedToType)!, [unary.Operand]);
        }

        var operand = Expression(unary.Operand);
        var type = Resolved(unary)!;
        var signed = Model.IsInt(type) || type.SpecialType == SpecialType.System_Int64;
        switch (unary.OperatorKind)
        {
            case UnaryOperatorKind.Plus:
                return operand;
            case UnaryOperatorKind.Not:
                return new CExpression("!" + operand.At(Binding.Unary), Binding.Unary);
            case UnaryOperatorKind.BitwiseNegation:
                return new CExpression("~" + operand.At(Binding.Unary), Binding.Unary);
            case UnaryOperatorKind.Minus when signed:
                var (signedType, unsignedType) = WrapTypes(type);
                return CExpression.Cast(signedType,
                    CExpression.Binary(CExpression.Primary("0u"), "-", CExpression.Cast(unsignedType, operand), Binding.Additive));
            case UnaryOperatorKind.Minus:
                return new CExpression("-" + (operand.Text[0] == '-' ? $"({operand.Text})" : operand.At(Binding.Unary)), Binding.Unary);
            default:
                return Reject(unary, Findings.Construct, $"'{unary.Syntax}'", "write it with arithmetic and comparisons");
        }
    }
}
