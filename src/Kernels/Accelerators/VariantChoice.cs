namespace Gpu.Kernels.Accelerators;

/// <summary>
/// Which variant of an operation is forced. A variant is a value that tests and benchmarks pass; the environment
/// (<c>GPU_FORCE_MATMUL=tiled</c>) only sets the default.
/// </summary>
public sealed class VariantChoice
{
    private const string Prefix = "GPU_FORCE_";

    private readonly Dictionary<string, string> _forced;

    private VariantChoice(Dictionary<string, string> forced) => _forced = forced;

    /// <summary>Nothing is forced: every operation chooses by device and shape.</summary>
    public static VariantChoice Automatic { get; } = new([]);

    /// <summary>What <c>GPU_FORCE_*</c> says. Names that no operation has are reported when the operation is prepared.</summary>
    public static VariantChoice FromEnvironment()
    {
        var forced = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            if (entry.Key is string key && key.StartsWith(Prefix, StringComparison.Ordinal) && entry.Value is string { Length: > 0 } value)
            {
                forced[key[Prefix.Length..].Replace('_', '-')] = value;
            }
        }

        return new VariantChoice(forced);
    }

    /// <summary>This choice with one more operation forced.</summary>
    public VariantChoice With(string operation, string variant) =>
        new(new Dictionary<string, string>(_forced, StringComparer.OrdinalIgnoreCase) { [operation] = variant });

    /// <summary>The forced variant of an operation, or null where it chooses by itself.</summary>
    /// <param name="operation">The operation's name, such as <c>matmul</c>.</param>
    /// <param name="known">The variants it has.</param>
    /// <exception cref="DeviceException">A variant is forced that the operation does not have.</exception>
    public string? Forced(string operation, params ReadOnlySpan<string> known)
    {
        if (!_forced.TryGetValue(operation, out var variant))
        {
            return null;
        }

        foreach (var name in known)
        {
            if (string.Equals(name, variant, StringComparison.OrdinalIgnoreCase))
            {
                return name;
            }
        }

        throw new DeviceException(
            $"{Prefix}{operation.Replace('-', '_').ToUpperInvariant()}={variant}: '{operation}' has the variants {string.Join(", ", known.ToArray())}.");
    }
}
