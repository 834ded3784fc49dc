using Gpu.Kernels.Ops;

namespace Gpu.Training.Networks;

/// <summary>The names by which activations are written on the command line, in recipes and in model files.</summary>
public static class NetworkNames
{
    /// <summary>The names of the activations, in the order of their values.</summary>
    public static IReadOnlyList<string> Activations { get; } = [.. Kernels.Ops.Activations.All.Select(Kernels.Ops.Activations.NameOf)];

    /// <summary>The name of an activation.</summary>
    public static string Of(Activation activation) => Kernels.Ops.Activations.NameOf(activation);

    /// <summary>The activation of a name; false where there is none.</summary>
    public static bool TryActivation(string name, out Activation activation)
    {
        var index = IndexOf(Activations, name);
        activation = (Activation)Math.Max(index, 0);
        return index >= 0;
    }

    private static int IndexOf(IReadOnlyList<string> names, string name)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] == name)
            {
                return i;
            }
        }

        return -1;
    }
}
