using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Gpu.Kernels.Generator;

/// <content>Calls.</content>
internal sealed partial class FunctionTranslator
{
    private CExpression Invocation(IInvocationOperation call)
    {
        if (_types.Resolve(call.TargetMethod, call.ConstrainedToType) is not { } target)
        {
            return Reject(call, Findings.TypeArgument, $"'{call.Syntax}'", "name a concrete struct where the kernel is prepared");
        }

        var definition = target.ReducedFrom ?? target;
        if (Intrinsics.Function(definition) is { } intrinsic)
        {
            return CExpression.Call(intrinsic, InOrder(call.Arguments).Select(a => Expression(a).Text));
        }

        if (Model.IsModel(definition.ContainingType))
        {
            return ModelCall(call, definition);
        }

        if (!definition.IsStatic && !(definition.ContainingType.TypeKind == TypeKind.Struct
            && (definition.IsReadOnly || definition.ContainingType.IsReadOnly)))
        {
            return Reject(call, Findings.Call, definition.ToDisplayString(), definition.ContainingType.TypeKind == TypeKind.Struct
                ? "mark the method readonly, or make it static"
                : Intrinsics.Advice(definition));
        }

        if (definition.DeclaringSyntaxReferences.Length == 0 || definition.IsExtern || definition.IsAbstract)
        {
            return Reject(call, Findings.Call, definition.ToDisplayString(), Intrinsics.Advice(definition));
        }

        return TrivialWrapper(definition) is { } wrapped
            ? CExpression.Call(wrapped, InOrder(call.Arguments).Select(a => Expression(a).Text))
            : CallFunction(call, target, call.Arguments, call.Instance);
    }

    /// <summary>What a method returns that does nothing else.</summary>
    private static IOperation? Result(IBlockOperation? body) =>
        body is { Operations.Length: 1 } && body.Operations[0] is IReturnOperation result ? result.ReturnedValue : null;

    private static IEnumerable<IOperation> InOrder(IEnumerable<IArgumentOperation> arguments) =>
        arguments.OrderBy(a => a.Parameter!.Ordinal).Select(a => a.Value);

    /// <summary>The intrinsic that a method only passes its parameters on to.</summary>
    private string? TrivialWrapper(IMethodSymbol target) =>
        Result(unit.Body(target)) is IInvocationOperation inner
        && inner.Arguments.Length == target.Parameters.Length
        && inner.Arguments.Select((a, i) =>
            a.Value is IParameterReferenceOperation p && p.Parameter.Ordinal == i && a.Parameter!.Ordinal == i).All(same => same)
            ? Intrinsics.Function(inner.TargetMethod)
            : null;

    private CExpression CallFunction(IOperation call, IMethodSymbol target, IEnumerable<IArgumentOperation> arguments,
        IOperation? instance = null) =>
        CallFunction(call, target, InOrder(arguments), instance);

    private CExpression CallFunction(IOperation call, IMethodSymbol target, IEnumerable<IOperation> arguments, IOperation? instance = null)
    {
        target = target.ReducedFrom is { } reduced ? reduced : target;
        if (target.TypeArguments.Concat(target.ContainingType.TypeArguments).FirstOrDefault(TypeMap.HasParameter) is { } open)
        {
            return Reject(call, Findings.TypeArgument, $"type parameter {open.Name} in '{call.Syntax}'",
                "name a concrete struct where the kernel is prepared");
        }

        if (target.DeclaringSyntaxReferences.Length == 0)
        {
            return Reject(call, Findings.Call, target.ToDisplayString(), Intrinsics.Advice(target));
        }

        var outside = BeginArguments();
        var texts = new List<string>();
        if (instance is not null && !target.IsStatic)
        {
            texts.Add(Expression(instance).Text);
        }

        var spaces = new List<Space>();
        var reads = false;
        foreach (var (parameter, argument) in target.Parameters.Zip(arguments, (p, a) => (p, a)))
        {
            texts.AddRange(Argument(parameter, argument, spaces));
            reads |= UnitTranslator.HoldsViews(_types.Resolve(parameter.Type));
        }

        var function = unit.Function(target, spaces, call.Syntax.GetLocation());
        EndArguments(call, outside, unit.HasEffects(function), reads || spaces.Count > 0);
        return CExpression.Call(function, texts);
    }

    private (int Effects, int Reads) BeginArguments()
    {
        var outside = (_effects, _reads);
        Begin();
        return outside;
    }

    /// <summary>Arguments are evaluated in any order, but all of them before the call: only what the call does meets the rest.</summary>
    private void EndArguments(IOperation call, (int Effects, int Reads) outside, bool hasEffects, bool reads)
    {
        CheckOrder(call);
        (_effects, _reads) = hasEffects || _effects > 0
            ? (outside.Effects + (hasEffects ? 1 : _effects), outside.Reads)
            : (outside.Effects, outside.Reads + _reads + (reads ? 1 : 0));
    }

    private IEnumerable<string> Argument(IParameterSymbol parameter, IOperation argument, List<Space> spaces)
    {
        if (Model.IsView(parameter.Type))
        {
            var view = View(argument);
            spaces.Add(view.Space);
            return [view.Pointer.Text, view.Length];
        }

        if (parameter.RefKind is RefKind.Ref or RefKind.Out)
        {
            var (address, space) = Address(argument);
            spaces.Add(space);
            return [address];
        }

        return [Expression(argument).Text];
    }

    private CExpression ModelCall(IInvocationOperation call, IMethodSymbol target)
    {
        switch (target.ContainingType.Name, target.Name)
        {
            case ("Group", "Barrier"):
                RequireGroups(call);
                _effects++;
                return CExpression.Call("barrier", "CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE");
            case ("MemoryFence", _):
                _effects++;
                return CExpression.Call("mem_fence", "CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE");
            case ("Atomic", _):
                return AtomicCall(call, target);
            case ("SharedMemory" or "LocalMemory", _):
                return Reject(call, Findings.Allocation, $"'{call.Syntax}'", "declare a variable of its own for it: var tile = ...");
            case ("ArrayView", "SubView" or "Cast"):
                return Reject(call, Findings.View, $"'{call.Syntax}' as a value",
                    "index it, pass it to a method, or declare a variable for it");
            default:
                return Reject(call, Findings.Call, target.ToDisplayString(), Intrinsics.Advice(target));
        }
    }

    private CExpression AtomicCall(IInvocationOperation call, IMethodSymbol target)
    {
        var outside = BeginArguments();
        var operands = InOrder(call.Arguments).ToArray();
        var (address, space) = Address(operands[0]);
        string[] values = [.. operands.Skip(1).Select(o => Expression(o).Text)];
        EndArguments(call, outside, hasEffects: true, reads: true);
        var type = _types.Resolve(target.Parameters[0].Type);
        if (space == Space.Private)
        {
            return Reject(call, Findings.View, $"'{call.Syntax}'", "no other lane sees this memory, write a plain assignment");
        }

        var isFloat = type.SpecialType == SpecialType.System_Single;
        if (!isFloat && !Model.IsInt(type) && type.SpecialType != SpecialType.System_UInt32)
        {
            return Reject(call, Findings.Type, $"Atomic.{target.Name} of {type.ToDisplayString()}",
                "write it with int, uint or float, which every device has");
        }

        var function = target.Name switch
        {
            "Exchange" => "atomic_xchg",
            "CompareExchange" => "atomic_cmpxchg",
            _ => $"atomic_{target.Name.ToLowerInvariant()}",
        };
        return CExpression.Call(isFloat && target.Name != "Exchange"
            ? $"{function}_float_{(space == Space.Shared ? "local" : "global")}" : function,
            values.Prepend(address));
    }

    private void RequireGroups(IOperation operation)
    {
        if (unit.HasIndex)
        {
            Reject(operation, Findings.ImplicitGroup, $"'{operation.Syntax}' in a kernel with an index parameter",
                "drop the index parameter and launch the kernel in groups, or work without groups");
        }
    }
}
