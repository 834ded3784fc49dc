using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Gpu.Kernels.Generator;

/// <content>Variables that are views or references, and the memory that some of them allocate.</content>
internal sealed partial class FunctionTranslator
{
    private void DeclareView(IVariableDeclaratorOperation declarator, ILocalSymbol local, IOperation? value)
    {
        if (value is null)
        {
            Reject(declarator, Findings.View, $"view '{local.Name}' without a value", "declare it where its value is known");
            return;
        }

        if (value is IInvocationOperation { TargetMethod: { ContainingType.Name: "SharedMemory" or "LocalMemory" } allocator } call
            && Model.IsModel(allocator.ContainingType))
        {
            Allocate(declarator, local, call);
            return;
        }

        var name = CNames.Identifier(local.Name);
        Begin();
        var view = View(value);
        End(value);
        _spaces[local] = view.Space;
        var element = Model.IsView(_types.Resolve(local.Type), out var type) ? ElementType(type, local) : "int";
        _writer.Line($"{Qualifier(view.Space)}{element}* {name} = {view.Pointer.Text};");
        if (IsInteger(view.Length))
        {
            _lengths[local] = view.Length;
        }
        else
        {
            _writer.Line($"int {name}_length = {view.Length};");
        }
    }

    private static bool IsInteger(string text) => text.All(c => c is >= '0' and <= '9');

    private void Allocate(IVariableDeclaratorOperation declarator, ILocalSymbol local, IInvocationOperation call)
    {
        var isShared = call.TargetMethod.ContainingType.Name == "SharedMemory";
        var name = CNames.Identifier(local.Name);
        _spaces[local] = isShared ? Space.Shared : Space.Private;
        if (isShared)
        {
            CheckShared(declarator, call);
        }

        var extent = call.Arguments.Length == 1 ? Fold(call.Arguments[0].Value) : null;
        if (extent is not int and not > 0)
        {
            Reject(call, Findings.ArraySize, $"'{call.Syntax}'",
                call.Arguments.Length == 1 ? "its size must be a const, or a static property of a type argument that returns one" : "write Allocate<T>(size)");
            extent = 1;
        }

        _lengths[local] = $"{extent}";
        var type = ElementType(call.TargetMethod.TypeArguments[0], local);
        _writer.Line(isShared ? $"SHARED_ARRAY {type} {name}[{extent}];" : $"{type} {name}[{extent}];");
    }

    /// <summary>OpenCL C declares shared arrays in the kernel itself, and nowhere deeper.</summary>
    private void CheckShared(IVariableDeclaratorOperation declarator, IInvocationOperation call)
    {
        RequireGroups(call);
        var isTop = declarator.Parent?.Parent is IVariableDeclarationGroupOperation { Parent: IBlockOperation { Parent: IMethodBodyOperation } };
        if (!Model.IsKernel(method) || !isTop)
        {
            Reject(call, Findings.Allocation, $"'{call.Syntax}'",
                "allocate shared memory at the start of the kernel itself, and pass the view on");
        }
    }

    private void DeclareReference(ILocalSymbol local, IOperation value)
    {
        var name = CNames.Identifier(local.Name);
        if (value is IInvocationOperation { TargetMethod: { ContainingType.Name: "SharedMemory", Name: "Allocate" } } call)
        {
            Reject(call, Findings.Allocation, $"'{call.Syntax}'", "write var cell = SharedMemory.Allocate<T>(1) and cell[0]");
            return;
        }

        Begin();
        var (address, space) = Address(value);
        End(value);
        _spaces[local] = space;
        _writer.Line($"{Qualifier(space)}{Type(local.Type, local.Locations[0])}* {name} = {address};");
    }

    private void AssignView(ISimpleAssignmentOperation assignment, ILocalSymbol local)
    {
        Begin();
        var view = View(assignment.Value);
        End(assignment.Value);
        if (!_spaces.TryGetValue(local, out var space) || space != view.Space || _lengths.ContainsKey(local))
        {
            Reject(assignment, Findings.View, $"'{assignment.Syntax}'",
                "a view variable keeps its kind of memory, and an allocation keeps its variable");
            return;
        }

        var name = CNames.Identifier(local.Name);
        _writer.Line($"{name}_length = {view.Length};");
        _writer.Line($"{name} = {view.Pointer.Text};");
    }
}
