using Gpu.Kernels.Devices;

namespace Gpu.Kernels.Checks;

/// <summary>How a case fared.</summary>
/// <param name="Case">The case's name, which re-runs it.</param>
/// <param name="Device">The accelerator.</param>
/// <param name="Launch">What ran: operation and variant.</param>
/// <param name="WorstShare">The largest share of the allowed distance that an element used.</param>
/// <param name="Checksum">A checksum of all outputs' bits: equal where two devices agree bit by bit.</param>
/// <param name="Failure">Null where all is well, else one sentence.</param>
public sealed record CheckResult(string Case, string Device, string Launch, double WorstShare, ulong Checksum, string? Failure)
{
    /// <summary>Whether the case passed.</summary>
    public bool Passed => Failure is null;

    /// <inheritdoc/>
    public override string ToString() => Passed
        ? $"{Case} on {Device}: passed with {WorstShare:P0} of what is allowed"
        : $"{Case} on {Device}: {Failure}";
}

/// <summary>A case with its memory and launch on one accelerator.</summary>
public sealed class PreparedCase : IDisposable
{
    private readonly CaseMemory _memory;
    private readonly CaseBinding _binding;

    internal PreparedCase(OperationCase declaration, CaseMemory memory, CaseBinding binding)
    {
        Case = declaration;
        _memory = memory;
        _binding = binding;
    }

    /// <summary>The declaration.</summary>
    public OperationCase Case { get; }

    /// <summary>The launch, for timing; the values of tensors updated in place drift from run to run.</summary>
    public Launch Launch => _binding.Launch;

    /// <summary>Sets every tensor to what it held at the start.</summary>
    public void Restart()
    {
        foreach (var tensor in _memory.Tensors)
        {
            tensor.Restore();
        }
    }

    /// <summary>Where the case runs.</summary>
    public ComputeAccelerator Accelerator => _memory.Accelerator;

    /// <summary>
    /// Runs the case twice from the same start and judges it: guards and inputs untouched, every output written and within
    /// its bound, both runs equal bit by bit.
    /// </summary>
    public CheckResult Check() => Check(Expected());

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();

    /// <summary>Computes what the outputs must be.</summary>
    internal IReadOnlyList<Expectation> Expected() => [.. _binding.Expected()];

    /// <summary>Checks against what was computed before, from the same inputs.</summary>
    internal CheckResult Check(IReadOnlyList<Expectation> expected)
    {
        RunOnce();
        foreach (var tensor in _memory.Tensors)
        {
            if (tensor.Collect() is { } fault)
            {
                return Result(double.PositiveInfinity, fault);
            }
        }

        var comparisons = Judge(expected);
        RunOnce();
        comparisons.AddRange(_memory.Tensors.Select(t => t.Repeat()));
        return Result(comparisons.Max(c => c.WorstShare), comparisons.Find(c => !c.Passed).Failure);
    }

    private void RunOnce()
    {
        Restart();
        _binding.Launch.Run();
        Accelerator.Synchronize();
    }

    private List<Comparison> Judge(IReadOnlyList<Expectation> expected)
    {
        var comparisons = new List<Comparison>();
        foreach (var tensor in _memory.Tensors.Where(t => t.Role != TensorRole.Input))
        {
            var own = expected.FirstOrDefault(e => e.Output == tensor.Name);
            comparisons.Add(own?.Compare(tensor, Case.Input == CaseInput.Integers)
                ?? new Comparison(double.PositiveInfinity, $"{tensor.Name} is an output that nothing checks."));
        }

        return comparisons;
    }

    private CheckResult Result(double worstShare, string? failure)
    {
        var checksum = 14695981039346656037;
        foreach (var tensor in _memory.Tensors.Where(t => t.Role != TensorRole.Input))
        {
            checksum = tensor.AddTo(checksum);
        }

        return new CheckResult(Case.Name, _memory.Accelerator.Description, Launch.Name, worstShare, checksum, failure);
    }
}
