using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Ops;

namespace Gpu.Kernels.Tests.Compilation;

/// <summary>
/// The kernels of products in tiles: those that operation cases prepare, and of each of their definitions every tile loaded and stored by four, the
/// largest with every activation.
/// </summary>
internal static class ProductKernels
{
    /// <summary>The kernels by name, with the tile that they make.</summary>
    internal static IReadOnlyDictionary<string, ProductKernel> All { get; } = Find().DistinctBy(k => k.Name).ToDictionary(k => k.Name);

    private static IEnumerable<ProductKernel> Find()
    {
        var listed = KernelListing.Kernels.Where(k => TileOf(k.Kernel) is not null).Select(k => new ProductKernel(k.Kernel, TileOf(k.Kernel)!)).ToArray();
        foreach (var kernel in listed)
        {
            yield return kernel;
        }

        foreach (var definition in listed.Select(k => k.Kernel.Method.GetGenericMethodDefinition()).Distinct())
        {
            // Products with column sums, and parts of products, take no activation and make no small tiles.
            var takesActivation = definition.GetGenericArguments().Length > 4;
            foreach (var tile in TileShape.All.Where(tile => takesActivation || !tile.IsSplit))
            {
                // The largest tile has no register to spare, whatever follows its loop.
                IReadOnlyList<Activation> activations = tile.Kind == TileKind.Tile128 ? Activations.All : [Activation.Relu];
                foreach (var activation in takesActivation ? activations : [Activation.Identity])
                {
                    Type[] types = [tile.Type, typeof(Wide), typeof(Wide), typeof(Wide), .. takesActivation ? [ActivationList.TypeOf(activation)] : Type.EmptyTypes];
                    yield return new ProductKernel(KernelMethod.Of(TileKernels.Close(definition, types)), tile);
                }
            }
        }
    }

    private static TileShape? TileOf(KernelMethod kernel) => kernel.Method.IsGenericMethod
        ? TileShape.All.FirstOrDefault(tile => tile.Type == kernel.Method.GetGenericArguments()[0])
        : null;
}

/// <summary>A kernel that makes a tile.</summary>
internal sealed record ProductKernel(KernelMethod Kernel, TileShape Tile)
{
    /// <summary>Class and method, with type arguments.</summary>
    internal string Name => Kernel.Name;

    /// <summary>What lists of kernels call it.</summary>
    internal string ListedName => KernelListing.NameOf((Kernel, Tile.Lanes));

    /// <summary>Whether it gathers its left factor from bytes.</summary>
    internal bool Gathers => Kernel.Method.DeclaringType == typeof(GatherMatMul);

    /// <summary>Whether it reads its left factor from images, as patches.</summary>
    internal bool ReadsPatches => Kernel.Method.DeclaringType == typeof(Convolution);

    /// <summary>Whether both factors are loaded by four.</summary>
    internal bool IsWide => Kernel.Method.GetGenericArguments()[1..3].All(width => width == typeof(Wide));

    /// <summary>Whether a factor of floats is: the right one, or a left one that is not gathered.</summary>
    internal bool LoadsFloatsByFour =>
        Kernel.Method.GetGenericArguments()[Gathers ? 2..3 : 1..3].Any(width => width == typeof(Wide));
}
