using System.Linq.Expressions;
using System.Reflection;

namespace Gpu.Kernels.Ops;

/// <summary>A product's kernel for every way to make a tile, to load and to store.</summary>
/// <param name="any">The kernel with any type arguments: a tile, then widths and what else it takes.</param>
internal sealed class TileKernels(Delegate any)
{
    private readonly MethodInfo _kernel = any.Method.GetGenericMethodDefinition();

    /// <summary>The kernel for a tile, with the other types in the order of its type parameters.</summary>
    internal Delegate Of(TileShape tile, params IEnumerable<Type> types) => Close(_kernel, [tile.Type, .. types]);

    /// <summary>A generic kernel with its type arguments.</summary>
    internal static Delegate Close(MethodInfo definition, Type[] types)
    {
        var method = definition.MakeGenericMethod(types);
        return method.CreateDelegate(Expression.GetActionType([.. method.GetParameters().Select(p => p.ParameterType)]));
    }
}
