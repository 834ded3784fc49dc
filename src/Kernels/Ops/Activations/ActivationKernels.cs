using System.Reflection;

namespace Gpu.Kernels.Ops;

/// <summary>A kernel that takes activations, and other types, as its type arguments.</summary>
/// <param name="any">The kernel with any of them.</param>
internal sealed class ActivationKernels(Delegate any)
{
    private readonly MethodInfo _kernel = any.Method.GetGenericMethodDefinition();

    /// <summary>The kernel for an activation.</summary>
    internal Delegate Of(Activation activation) => Of(ActivationList.TypeOf(activation));

    /// <summary>The kernel for types in the order of its type parameters.</summary>
    internal Delegate Of(params Type[] types) => TileKernels.Close(_kernel, types);
}
