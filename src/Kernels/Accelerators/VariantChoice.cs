namespace Gpu.Kernels.Accelerators;

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
    /// <exception cref="DeviceException">It names an operation or a variant that there is none of: the message names those there are.</exception>
    public static VariantChoice FromEnvironment()
    {
        var choice = Automatic;
        foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            if (entry.Key is string key && key.StartsWith(OperationVariants.Prefix, StringComparison.Ordinal)
                && entry.Value is string { Length: > 0 } value)
            {
                var operation = OperationVariants.All.FirstOrDefault(known => known.Variable == key) ?? throw new DeviceException(
                    $"{key}={value}: expected one of {string.Join(", ", OperationVariants.All.Select(known => known.Variable))}.");
                choice = choice.With(operation, value);
            }
        }

        return choice;
    }

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
