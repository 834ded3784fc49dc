using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Gpu.Kernels.Generator;

/// <content>Switches and patterns.</content>
internal sealed partial class FunctionTranslator
{
    private void Switch(ISwitchOperation choice)
    {
        _writer.Line($"switch ({FullExpression(choice.Value).Text})");
        _writer.Open();
        foreach (var section in choice.Cases)
        {
            foreach (var clause in section.Clauses)
            {
                CaseLabel(clause);
            }

            Block(section);
        }

        _writer.Close();
    }

    private void Block(ISwitchCaseOperation section)
    {
        _writer.Open();
        Statements(section.Body);
        _writer.Close();
    }

    private void CaseLabel(ICaseClauseOperation clause)
    {
        var value = clause switch
        {
            ISingleValueCaseClauseOperation single => single.Value,
            IPatternCaseClauseOperation { Guard: null, Pattern: IConstantPatternOperation constant } => constant.Value,
            _ => null,
        };
        if (clause is IDefaultCaseClauseOperation)
        {
            _writer.Line("default:");
        }
        else if (value is not null && Fold(value) is { } constant)
        {
            _writer.Line($"case {(value is ILocalReferenceOperation ? CExpression.Literal(constant)?.Text : Constant(value, constant).Text)}:");
        }
        else
        {
            Reject(clause, Findings.Construct, $"'{clause.Syntax}'", "a case is a constant, write other conditions with if");
        }
    }

    /// <summary>A switch expression as a chain of conditions; its value is read once for each, so that it must be a variable.</summary>
    private CExpression SwitchExpression(ISwitchExpressionOperation choice)
    {
        if (!IsVariable(choice.Value))
        {
            return Reject(choice.Value, Findings.Construct, $"a switch on '{choice.Value.Syntax}'", "put the value into a variable first");
        }

        if (choice.Arms.Length == 0 || choice.Arms[choice.Arms.Length - 1] is not { Guard: null, Pattern: IDiscardPatternOperation })
        {
            return Reject(choice, Findings.Construct, "a switch expression that may have no result", "end it with _ => value");
        }

        var value = Expression(choice.Value);
        var text = "";
        foreach (var arm in choice.Arms)
        {
            if (arm.Pattern is IDiscardPatternOperation && arm.Guard is null)
            {
                return new CExpression(text + Expression(arm.Value).At(Binding.LogicalOr), Binding.Conditional);
            }

            var condition = Test(value, arm.Pattern);
            if (arm.Guard is { } guard)
            {
                condition = CExpression.Binary(condition, "&&", Expression(guard), Binding.LogicalAnd);
            }

            text += $"{condition.At(Binding.LogicalOr)} ? {Expression(arm.Value).At(Binding.LogicalOr)}\n: ";
        }

        return Reject(choice, Findings.Construct, "a switch expression that may have no result", "end it with _ => value");
    }

    private CExpression IsPattern(IIsPatternOperation test) => IsVariable(test.Value)
        ? Test(Expression(test.Value), test.Pattern)
        : Reject(test, Findings.Construct, $"'{test.Syntax}'", "put the value into a variable first");

    private bool IsVariable(IOperation operation) => operation switch
    {
        ILocalReferenceOperation or IParameterReferenceOperation => !Model.IsView(Resolved(operation)),
        IFieldReferenceOperation { Instance: { } instance } => IsVariable(instance),
        IConversionOperation { OperatorMethod: null } conversion => IsVariable(conversion.Operand),
        _ => Fold(operation) is not null,
    };

    private CExpression Test(CExpression value, IPatternOperation pattern)
    {
        switch (pattern)
        {
            case IConstantPatternOperation constant when constant.Value.ConstantValue.Value is float.NaN:
                return CExpression.Call("is_nan", value.Text);
            case IConstantPatternOperation constant:
                return CExpression.Binary(value, "==", Expression(constant.Value), Binding.Equality);
            case IRelationalPatternOperation relation:
                var (sign, binding) = Sign(relation.OperatorKind);
                return CExpression.Binary(value, sign, Expression(relation.Value), binding);
            case IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.Or } either:
                return CExpression.Binary(Test(value, either.LeftPattern), "||", Test(value, either.RightPattern), Binding.LogicalOr);
            case IBinaryPatternOperation both:
                return CExpression.Binary(Test(value, both.LeftPattern), "&&", Test(value, both.RightPattern), Binding.LogicalAnd);
            case INegatedPatternOperation negated:
                return new CExpression("!" + Test(value, negated.Pattern).At(Binding.Unary), Binding.Unary);
            case IDiscardPatternOperation:
                return CExpression.Primary("true");
            default:
                return Reject(pattern, Findings.Construct, $"pattern '{pattern.Syntax}'",
                    "a pattern is a constant, a comparison, or these joined by and, or, not");
        }
    }
}
