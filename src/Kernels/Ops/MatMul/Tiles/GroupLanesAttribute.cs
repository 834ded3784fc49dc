namespace Gpu.Kernels.Ops;

/// <summary>
/// States how many lanes the groups of a generic kernel have, in one dimension, so that devices compile it for just that number and share
/// out their registers accordingly.
/// </summary>
/// <param name="property">The static property of the kernel's first type argument that returns the number.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class GroupLanesAttribute(string property) : Attribute
{
    /// <summary>The static property's name.</summary>
    internal string Property => property;
}
