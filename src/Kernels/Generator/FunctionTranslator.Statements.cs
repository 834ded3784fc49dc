using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Gpu.Kernels.Generator;

/// <content>Statements.</content>
internal sealed partial class FunctionTranslator
{
    private void Statements(IEnumerable<IOperation> operations)
    {
        foreach (var operation in operations)
        {
            Statement(operation);
        }
    }

    private void Statement(IOperation operation)
    {
        switch (operation)
        {
            case IBlockOperation block:
                Block(block);
                break;
            case IVariableDeclarationGroupOperation group:
                Declarations(group);
                break;
            case IExpressionStatementOperation statement:
                Effect(statement.Operation);
                break;
            case IReturnOperation result:
                Return(result);
                break;
            case IConditionalOperation conditional:
                If(conditional, "if");
                break;
            case IForLoopOperation loop:
                For(loop);
                break;
            case IWhileLoopOperation loop:
                While(loop);
                break;
            case ISwitchOperation choice:
                Switch(choice);
                break;
            case IBranchOperation { BranchKind: BranchKind.Break or BranchKind.Continue } branch:
                _writer.Line(branch.BranchKind == BranchKind.Break ? "break;" : "continue;");
                break;
            case IEmptyOperation:
                break;
            default:
                Reject(operation, Findings.Construct, StatementName(operation),
                    "write it with if, for, while, do, switch and calls of static methods");
                break;
        }
    }

    private void Declarations(IVariableDeclarationGroupOperation group)
    {
        foreach (var declarator in group.Declarations.SelectMany(d => d.Declarators))
        {
            Declaration(declarator);
        }
    }

    private static string StatementName(IOperation operation) => operation switch
    {
        IForEachLoopOperation => "foreach",
        IThrowOperation => "throw",
        ITryOperation => "try",
        IUsingOperation or IUsingDeclarationOperation => "using",
        ILockOperation => "lock",
        IBranchOperation or ILabeledOperation => "goto",
        ILocalFunctionOperation => "a local function",
        _ => $"'{operation.Syntax.ToString().Split('\n')[0].Trim()}'",
    };

    private void Block(IOperation? operation)
    {
        _writer.Open();
        if (operation is IBlockOperation block)
        {
            Statements(block.Operations);
        }
        else if (operation is not null)
        {
            Statement(operation);
        }

        _writer.Close();
    }

    private void Declaration(IVariableDeclaratorOperation declarator)
    {
        var local = declarator.Symbol;
        var name = CNames.Identifier(local.Name);
        var value = declarator.GetVariableInitializer()?.Value;
        var type = _types.Resolve(local.Type);
        if (Model.IsView(type))
        {
            DeclareView(declarator, local, value);
        }
        else if (local.IsRef)
        {
            DeclareReference(local, value!);
        }
        else if (value is null)
        {
            _writer.Line($"{Type(type, local.Locations[0])} {name};");
        }
        else
        {
            var prefix = local.IsConst ? "const " : "";
            _writer.Line($"{prefix}{Type(type, local.Locations[0])} {name} = {FullExpression(value).Text};");
        }
    }

    private void Return(IReturnOperation result)
    {
        if (result.ReturnedValue is { } value)
        {
            _writer.Line($"return {FullExpression(value).Text};");
        }
        else if (!result.IsImplicit)
        {
            _writer.Line(method.MethodKind == MethodKind.Constructor ? "return self;" : "return;");
        }
    }

    private void If(IConditionalOperation conditional, string keyword)
    {
        if (keyword == "if" && Fold(conditional.Condition) is bool known)
        {
            // What this choice of types never does need not be translated.
            if ((known ? conditional.WhenTrue : conditional.WhenFalse) is { } taken)
            {
                Block(taken);
            }

            return;
        }

        _writer.Line($"{keyword} ({FullExpression(conditional.Condition).Text})");
        Block(conditional.WhenTrue);
        if (conditional.WhenFalse is IConditionalOperation { Type: null } chained)
        {
            If(chained, "else if");
        }
        else if (conditional.WhenFalse is { } otherwise)
        {
            _writer.Line("else");
            Block(otherwise);
        }
    }

    private void While(IWhileLoopOperation loop)
    {
        if (loop.Condition is null)
        {
            Reject(loop, Findings.Construct, "a loop without a condition", "write while (condition)");
            return;
        }

        var condition = FullExpression(loop.Condition).Text;
        if (loop.ConditionIsTop)
        {
            _writer.Line($"while ({condition})");
            Block(loop.Body);
            return;
        }

        _writer.Line("do");
        _writer.Open();
        Statements(loop.Body is IBlockOperation block ? block.Operations : [loop.Body]);
        _writer.Close($" while ({condition});");
    }

    private void For(IForLoopOperation loop)
    {
        if (IsUnrolled(loop))
        {
            _writer.Line("UNROLL");
        }

        var condition = loop.Condition is null ? "" : FullExpression(loop.Condition).Text;
        var steps = string.Join(", ", loop.AtLoopBottom.Select(s => Step(s, loop.Condition)));
        if (ForStart(loop) is { } start)
        {
            _writer.Line($"for ({start}; {condition}; {steps})");
            Block(loop.Body);
            return;
        }

        // What C cannot declare in one line stands before the loop, in a block of its own.
        _writer.Open();
        Statements(loop.Before);
        _writer.Line($"for (; {condition}; {steps})");
        Block(loop.Body);
        _writer.Close();
    }

    private string? ForStart(IForLoopOperation loop)
    {
        if (loop.Before.Length == 0)
        {
            return "";
        }

        if (loop.Before.Length > 1 || loop.Before[0] is not IVariableDeclarationGroupOperation group)
        {
            return loop.Before.All(s => s is IExpressionStatementOperation)
                ? string.Join(", ", loop.Before.Select(s => EffectText(((IExpressionStatementOperation)s).Operation)))
                : null;
        }

        var declarators = group.Declarations.SelectMany(d => d.Declarators).ToArray();
        if (declarators.Any(d => d.Symbol.IsRef || Model.IsView(_types.Resolve(d.Symbol.Type)) || d.GetVariableInitializer() is null))
        {
            return null;
        }

        var parts = declarators.Select(d =>
            $"{CNames.Identifier(d.Symbol.Name)} = {FullExpression(d.GetVariableInitializer()!.Value).Text}");
        return $"{Type(declarators[0].Symbol.Type, declarators[0].Syntax.GetLocation())} {string.Join(", ", parts)}";
    }

    /// <summary>Short loops over private arrays are unrolled, so that the arrays become registers.</summary>
    private bool IsUnrolled(IForLoopOperation loop)
    {
        const int LongestUnrolled = 64;
        return _spaces.ContainsValue(Space.Private)
            && loop.Condition is IBinaryOperation { OperatorKind: BinaryOperatorKind.LessThan, LeftOperand: ILocalReferenceOperation } condition
            && Fold(condition.RightOperand) is int and <= LongestUnrolled;
    }
}
