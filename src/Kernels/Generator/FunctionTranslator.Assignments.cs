using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Gpu.Kernels.Generator;

/// <content>What changes something: assignments, increments and calls, as statements of their own.</content>
internal sealed partial class FunctionTranslator
{
    private void Effect(IOperation operation)
    {
        if (operation is ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: var local } } assignment
            && Model.IsView(_types.Resolve(local.Type)))
        {
            AssignView(assignment, local);
            return;
        }

        if (EffectText(operation) is { Length: > 0 } text)
        {
            _writer.Line($"{text};");
        }
    }

    private string EffectText(IOperation operation)
    {
        switch (operation)
        {
            case ISimpleAssignmentOperation { IsRef: false } assignment:
                return $"{Target(assignment.Target)} = {FullExpression(assignment.Value).Text}";
            case ICompoundAssignmentOperation assignment:
                return Compound(assignment);
            case IIncrementOrDecrementOperation increment:
                return Increment(increment);
            case IInvocationOperation:
                return FullExpression(operation).Text;
            case IConversionOperation { IsImplicit: true } or IDiscardOperation:
                return EffectText(operation.ChildOperations.First());
            default:
                Reject(operation, Findings.Construct, StatementName(operation), operation is IDeconstructionAssignmentOperation
                    ? "assign one variable at a time"
                    : "a statement is an assignment, an increment or a call");
                return "";
        }
    }

    /// <summary>What is assigned to. Writing what a pointer points to is an effect that others see.</summary>
    private string Target(IOperation target)
    {
        HasEffects |= Root(target) switch
        {
            IPropertyReferenceOperation { Instance: ILocalReferenceOperation view } =>
                _spaces.TryGetValue(view.Local, out var space) && space != Space.Private,
            IPropertyReferenceOperation => true,
            IParameterReferenceOperation parameter => parameter.Parameter.RefKind is RefKind.Ref or RefKind.Out,
            ILocalReferenceOperation reference => reference.Local.IsRef,
            _ => false,
        };

        if (target is IDiscardOperation)
        {
            return "(void)0, (void)";
        }

        if (target is IPropertyReferenceOperation { Property.IsIndexer: false } property && BackingField(property.Property) is null)
        {
            Reject(target, Findings.Construct, $"assigning property {property.Property.Name}",
                "assign a field or a property without a body");
        }

        Begin();
        var text = Expression(target).At(Binding.Unary);
        if (_effects > 0)
        {
            Reject(target, Findings.Order, $"'{target.Syntax}'", "put the index into a variable first");
        }

        return text;
    }

    /// <summary>The variable or element that a chain of fields stands on.</summary>
    private static IOperation Root(IOperation target)
    {
        while (true)
        {
            switch (target)
            {
                case IFieldReferenceOperation { Instance: { } instance }:
                    target = instance;
                    break;
                case IPropertyReferenceOperation { Instance: { } owner, Property.IsIndexer: false }:
                    target = owner;
                    break;
                default:
                    return target;
            }
        }
    }

    /// <summary>Floats and unsigned integers keep the compound form; signed ones are written out, since they wrap.</summary>
    private string Compound(ICompoundAssignmentOperation assignment)
    {
        if (assignment.IsChecked)
        {
            Reject(assignment, Findings.Construct, "checked arithmetic", "devices do not check, arithmetic wraps");
        }

        var target = Target(assignment.Target);
        var type = Resolved(assignment.Target)!;
        if (assignment.OperatorMethod is { } overload && !Model.IsModel(overload.ContainingType))
        {
            return $"{target} = {CallFunction(assignment, overload, [assignment.Target, assignment.Value]).Text}";
        }

        var direct = type.SpecialType is SpecialType.System_Single or SpecialType.System_UInt32 or SpecialType.System_UInt64
            && !IsShift(assignment.OperatorKind)
                && !(type.SpecialType == SpecialType.System_Single && assignment.OperatorKind == BinaryOperatorKind.Remainder);
        if (direct)
        {
            return $"{target} {Sign(assignment.OperatorKind).Text}= {FullExpression(assignment.Value).Text}";
        }

        CheckRepeatable(assignment.Target);
        Begin();
        var kind = assignment.OperatorKind;
        var operandType = assignment.InConversion.Exists && !assignment.InConversion.IsIdentity
            && type.SpecialType != SpecialType.System_Boolean
            ? Resolved(assignment.Value)! : type;
        var value = IsWrapping(kind, operandType)
            ? Wrapped(kind, CExpression.Primary(target), Unsigned(assignment.Value, operandType), operandType)
            : Combine(kind, CExpression.Primary(target), Expression(assignment.Value), operandType, Fold(assignment.Value));
        End(assignment);
        return $"{target} = {(SymbolEqualityComparer.Default.Equals(operandType, type) ? value.Text : Convert(value, operandType, type, assignment).Text)}";
    }

    private string Increment(IIncrementOrDecrementOperation increment)
    {
        CheckRepeatable(increment.Target);
        var type = Resolved(increment.Target)!;
        var target = Target(increment.Target);
        var sign = increment.Kind == OperationKind.Increment ? "+" : "-";
        if (increment.OperatorMethod is not null && !Model.IsModel(increment.OperatorMethod.ContainingType))
        {
            Reject(increment, Findings.Construct, $"operator {sign}{sign}", "write an assignment");
        }

        return type.SpecialType switch
        {
            SpecialType.System_Int64 => $"{target} = (int64)((uint64){target} {sign} 1u)",
            _ when Model.IsInt(type) => $"{target} = (int)((uint){target} {sign} 1u)",
            _ => $"{sign}{sign}{target}",
        };
    }

    /// <summary>
    /// What a for loop does at its end. A counter that the condition compares does not overflow, so that it needs no wrapping.
    /// </summary>
    private string Step(IOperation operation, IOperation? condition)
    {
        var effect = operation is IExpressionStatementOperation statement ? statement.Operation : operation;
        if (Counter(effect) is { } counter && condition is not null && Mentions(condition, counter))
        {
            var name = CNames.Identifier(counter.Name);
            return effect switch
            {
                IIncrementOrDecrementOperation increment => name + (increment.Kind == OperationKind.Increment ? "++" : "--"),
                ICompoundAssignmentOperation { OperatorKind: BinaryOperatorKind.Add or BinaryOperatorKind.Subtract } compound =>
                    $"{name} {Sign(compound.OperatorKind).Text}= {FullExpression(compound.Value).Text}",
                _ => EffectText(effect),
            };
        }

        return EffectText(effect);
    }

    private static ILocalSymbol? Counter(IOperation effect) => effect switch
    {
        IIncrementOrDecrementOperation { Target: ILocalReferenceOperation target } => target.Local,
        ICompoundAssignmentOperation { Target: ILocalReferenceOperation target } => target.Local,
        _ => null,
    } is { IsRef: false } local && Model.IsInt(local.Type) ? local : null;

    private static bool Mentions(IOperation operation, ILocalSymbol local) => operation.DescendantsAndSelf()
        .OfType<ILocalReferenceOperation>().Any(r => SymbolEqualityComparer.Default.Equals(r.Local, local));

    /// <summary>The target is written twice in C, so that nothing in it may have an effect.</summary>
    private void CheckRepeatable(IOperation target)
    {
        if (target.Descendants().Any(o => o is IInvocationOperation))
        {
            Reject(target, Findings.Order, $"'{target.Syntax}'", "put the index into a variable first");
        }
    }
}
