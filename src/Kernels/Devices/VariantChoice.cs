namespace Gpu.Kernels.Devices;

/// <summary>
/// Which variant of an operation is forced. A variant is a value that tests and benchmarks pass; the environment
/// (<c>GPU_FORCE_MATMUL=tiled</c>) only sets the default.
/// </summary>
public sealed class VariantChoice
{
    /// <summary>Variants by operation.</summary>
    private readonly Dictionary<string, string> _forced;

    private VariantChoice(Dictionary<string, string> forced) => _forced = forced;

    /// <summary>Nothing is forced: every operation chooses by device and shape.</summary>
    public static VariantChoice Automatic { get; } = new([]);

    /// <summary>What <c>GPU_FORCE_*</c> says.</summary>
    /// <exception cref="DeviceException">It misspells an operation, or names a variant that there is none of: the message names those there are.</exception>
    public static VariantChoice FromEnvironment() => From(Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
        .Where(entry => entry.Value is string { Length: > 0 }).Select(entry => ((string)entry.Key, (string)entry.Value!)));

    /// <summary>What variables of an environment say.</summary>
    internal static VariantChoice From(IEnumerable<(string Name, string Value)> variables)
    {
        var choice = Automatic;
        foreach (var (name, value) in variables)
        {
            if (OperationVariants.All.FirstOrDefault(known => known.Variable == name) is { } operation)
            {
                choice = choice.With(operation, value);
            }
            else if (OperationVariants.All.Any(known => IsMisspelt(name, known.Variable)))
            {
                throw new DeviceException(
                    $"{name}={value}: expected one of {string.Join(", ", OperationVariants.All.Select(known => known.Variable))}.");
            }
        }

        return choice;
    }

    /// <summary>
    /// Whether a name begins as a known one does, three letters into the operation. AMD's drivers have variables of the same prefix, such as
    /// GPU_FORCE_64BIT_PTR: what is like none of ours is not for us.
    /// </summary>
    private static bool IsMisspelt(string name, string known) =>
        name.StartsWith(known[..(OperationVariants.Prefix.Length + 3)], StringComparison.OrdinalIgnoreCase);

    /// <summary>This choice with one more operation forced.</summary>
    /// <exception cref="DeviceException">The operation has no such variant.</exception>
    public VariantChoice With(OperationVariants operation, string variant)
    {
        ArgumentNullException.ThrowIfNull(operation);
        return new(new Dictionary<string, string>(_forced) { [operation.Operation] = operation.Require(variant) });
    }

    /// <summary>The forced variant of an operation, or null where it chooses by itself.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="asked">The variant that the caller asks for, whatever else is forced; null where it asks for none.</param>
    /// <exception cref="DeviceException">The operation has no such variant.</exception>
    public string? Forced(OperationVariants operation, string? asked = null)
    {
        ArgumentNullException.ThrowIfNull(operation);
        return asked is null ? _forced.GetValueOrDefault(operation.Operation) : operation.Require(asked);
    }
}
