using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Gpu.Kernels.Tests.Subset;

/// <summary>Checks the body of one method.</summary>
internal sealed class SubsetBody(KernelSubset subset, IMethodSymbol method, bool hasIndex, SemanticModel model)
{
    /// <summary>Statements and expressions that no kernel has, whatever their types.</summary>
    private static readonly Dictionary<SyntaxKind, string> _refused = new()
    {
        [SyntaxKind.StackAllocArrayCreationExpression] = "stackalloc: use LocalMemory.Allocate",
        [SyntaxKind.ImplicitStackAllocArrayCreationExpression] = "stackalloc: use LocalMemory.Allocate",
        [SyntaxKind.ArrayCreationExpression] = "an array: use LocalMemory.Allocate",
        [SyntaxKind.ImplicitArrayCreationExpression] = "an array: use LocalMemory.Allocate",
        [SyntaxKind.CollectionExpression] = "a collection: use LocalMemory.Allocate",
        [SyntaxKind.TupleExpression] = "a tuple: use variables of their own",
        [SyntaxKind.LocalFunctionStatement] = "a local function: use a static method",
        [SyntaxKind.SimpleLambdaExpression] = "a lambda",
        [SyntaxKind.ParenthesizedLambdaExpression] = "a lambda",
        [SyntaxKind.AnonymousMethodExpression] = "an anonymous method",
        [SyntaxKind.ForEachStatement] = "foreach: use for",
        [SyntaxKind.ForEachVariableStatement] = "foreach: use for",
        [SyntaxKind.TryStatement] = "try",
        [SyntaxKind.ThrowStatement] = "throw",
        [SyntaxKind.ThrowExpression] = "throw",
        [SyntaxKind.GotoStatement] = "goto",
        [SyntaxKind.UsingStatement] = "using",
        [SyntaxKind.LockStatement] = "lock",
        [SyntaxKind.FixedStatement] = "fixed",
        [SyntaxKind.CheckedExpression] = "checked arithmetic",
        [SyntaxKind.CheckedStatement] = "checked arithmetic",
        [SyntaxKind.AddressOfExpression] = "a pointer",
        [SyntaxKind.PointerIndirectionExpression] = "a pointer",
        [SyntaxKind.RefExpression] = "a reference: index the view where it is used",
        [SyntaxKind.RangeExpression] = "a range: use SubView",
        [SyntaxKind.IndexExpression] = "an index from the end: use IntLength",
        [SyntaxKind.YieldReturnStatement] = "yield",
        [SyntaxKind.AwaitExpression] = "await",
        [SyntaxKind.WithExpression] = "with",
        [SyntaxKind.RecursivePattern] = "a pattern of properties",
        [SyntaxKind.ListPattern] = "a list pattern",
    };

    /// <summary>Words of OpenCL C and CUDA C that C# leaves free.</summary>
    private static readonly HashSet<string> _reserved =
        ["half", "kernel", "global", "local", "constant", "signed", "unsigned", "auto", "register", "inline", "restrict", "union", "typedef", "template"];

    internal void Check(SyntaxNode declaration)
    {
        // An accessor such as "=> value" hangs on its property.
        foreach (var node in declaration.DescendantNodes())
        {
            if (_refused.TryGetValue(node.Kind(), out var what))
            {
                Report(node, "syntax", $"{what} cannot be translated");
            }

            var name = node is VariableDeclaratorSyntax variable ? variable.Identifier.ValueText : (node as ParameterSyntax)?.Identifier.ValueText;
            if (name is not null && _reserved.Contains(name))
            {
                Report(node, "name", $"{name} is a word of OpenCL C or CUDA C");
            }
        }

        foreach (var body in declaration.DescendantNodesAndSelf().Where(n => n is BlockSyntax or ArrowExpressionClauseSyntax && !IsInBody(n, declaration)))
        {
            if (model.GetOperation(body) is { } root)
            {
                foreach (var operation in root.DescendantsAndSelf())
                {
                    Check(operation);
                }
            }
        }
    }

    private static bool IsInBody(SyntaxNode node, SyntaxNode declaration) =>
        node.Ancestors().TakeWhile(outer => outer != declaration).Any(outer => outer is BlockSyntax or ArrowExpressionClauseSyntax);

    private void Check(IOperation operation)
    {
        if (operation.Type is { TypeKind: not TypeKind.Error } type && !SubsetTypes.IsAllowed(type))
        {
            Report(operation.Syntax, "type", $"a value of {type.ToDisplayString()} cannot be translated");
        }

        switch (operation)
        {
            case IInvocationOperation call:
                CheckCall(call);
                break;
            case IPropertyReferenceOperation property:
                CheckProperty(property);
                break;
            case IFieldReferenceOperation { Field: { IsStatic: true, IsConst: false } field }:
                Report(operation.Syntax, "static", $"the static field {field.Name} is no constant of C#");
                break;
            case IObjectCreationOperation { Constructor: { IsImplicitlyDeclared: false } constructor } when !SubsetTypes.IsModel(constructor.ContainingType):
                Report(operation.Syntax, "constructor", $"the constructor of {constructor.ContainingType.Name} cannot be translated: set its fields");
                break;
            case IBinaryOperation binary:
                CheckLengths(binary);
                break;
            default:
                break;
        }

        if (OperatorOf(operation) is { } @operator && !SubsetTypes.IsModel(@operator.ContainingType))
        {
            CheckMethod(operation.Syntax, @operator);
        }
    }

    private static IMethodSymbol? OperatorOf(IOperation operation) => operation switch
    {
        IBinaryOperation binary => binary.OperatorMethod,
        IUnaryOperation unary => unary.OperatorMethod,
        IConversionOperation conversion => conversion.OperatorMethod,
        ICompoundAssignmentOperation assignment => assignment.OperatorMethod,
        IIncrementOrDecrementOperation increment => increment.OperatorMethod,
        _ => null,
    };

    private void CheckCall(IInvocationOperation call)
    {
        var target = call.TargetMethod;
        if (!SubsetTypes.IsModel(target.ContainingType))
        {
            CheckMethod(call.Syntax, target);
            return;
        }

        CheckGroups(call.Syntax, target.ContainingType);
        if (target.ContainingType.Name is "SharedMemory" or "LocalMemory")
        {
            CheckAllocation(call);
        }
    }

    private void CheckMethod(SyntaxNode node, IMethodSymbol target)
    {
        if (SubsetTypes.IsOurs(target.OriginalDefinition))
        {
            subset.Visit(target, hasIndex);
        }
        else if (!SubsetTypes.IsAllowed(target, method))
        {
            Report(node, "call", $"{target.ContainingType.Name}.{target.Name} is not the same everywhere: use KernelMath or the kernel model");
        }
    }

    private void CheckGroups(SyntaxNode node, INamedTypeSymbol type)
    {
        if (hasIndex && type.Name is "Group" or "Grid" or "SharedMemory")
        {
            Report(node, "groups", $"{type.Name} in a kernel with an index parameter, whose groups the device chooses");
        }
    }

    private void CheckAllocation(IInvocationOperation call)
    {
        if (call.Arguments is [var extent] && !IsConstant(extent.Value))
        {
            Report(call.Syntax, "extent", "the size of an allocation must be a constant of C#");
        }

        for (var outer = call.Syntax.Parent; outer is not null and not MethodDeclarationSyntax; outer = outer.Parent)
        {
            if (outer is ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax or IfStatementSyntax or ConditionalExpressionSyntax or
                SwitchStatementSyntax or SwitchExpressionSyntax)
            {
                Report(call.Syntax, "allocation", "an allocation in a loop or branch: allocate where the method begins");
                return;
            }
        }
    }

    /// <summary>Constants, and sums and products of them with the static properties of a variant's type, or of one made from it.</summary>
    private static bool IsConstant(IOperation extent) => extent.ConstantValue.HasValue || extent switch
    {
        IBinaryOperation binary => IsConstant(binary.LeftOperand) && IsConstant(binary.RightOperand),
        IPropertyReferenceOperation { Property: { IsStatic: true, IsAbstract: true } } => true,
        IPropertyReferenceOperation { Property: { IsStatic: true, SetMethod: null, ContainingType.IsGenericType: true } property } =>
            SubsetTypes.IsOurs(property),
        _ => false,
    };

    private void CheckProperty(IPropertyReferenceOperation reference)
    {
        var property = reference.Property;
        if (!SubsetTypes.IsModel(property.ContainingType))
        {
            if (property.GetMethod is { } getter)
            {
                CheckMethod(reference.Syntax, getter);
            }

            return;
        }

        CheckGroups(reference.Syntax, property.ContainingType);
    }

    private void CheckLengths(IBinaryOperation binary)
    {
        var isComparison = binary.OperatorKind is BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual or BinaryOperatorKind.GreaterThan
            or BinaryOperatorKind.GreaterThanOrEqual or BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals;
        if (isComparison && (IsLength(binary.LeftOperand) || IsLength(binary.RightOperand)))
        {
            Report(binary.Syntax, "length", "Length is 64 bits long: compare with IntLength");
        }
    }

    private static bool IsLength(IOperation operation) =>
        Unconverted(operation) is IPropertyReferenceOperation { Property.Name: "Length" } reference && SubsetTypes.IsView(reference.Property.ContainingType);

    private static IOperation Unconverted(IOperation operation) =>
        operation is IConversionOperation { IsImplicit: true } conversion ? Unconverted(conversion.Operand) : operation;

    private void Report(SyntaxNode node, string rule, string message) => subset.Report(node, rule, $"{method.Name}: {message}.");
}
