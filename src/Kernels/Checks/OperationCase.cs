using System.Globalization;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cuda;

namespace Gpu.Kernels.Checks;

/// <summary>What the inputs of a case are, and with that how its outputs are judged.</summary>
public enum CaseInput
{
    /// <summary>Random floats; outputs are judged by bounds computed from the data.</summary>
    Floats,

    /// <summary>Integers in [-8, 8] whose sums stay below 2^24; outputs must be exact.</summary>
    Integers,

    /// <summary>Floats, of which one in each tensor is NaN; it must come out where the formula says, and nowhere else.</summary>
    WithNaN,
}

/// <summary>A case as it was bound on an accelerator.</summary>
/// <param name="Launch">What the case runs.</param>
/// <param name="Expected">Computes, from the inputs, what each output must be.</param>
public sealed record CaseBinding(Launch Launch, Func<IEnumerable<Expectation>> Expected);

/// <summary>What one output must be.</summary>
public sealed class Expectation
{
    private readonly Func<CaseTensor, bool, Comparison> _compare;

    private Expectation(CaseTensor output, Func<CaseTensor, bool, Comparison> compare)
    {
        Output = output.Name;
        _compare = compare;
    }

    /// <summary>The output's name.</summary>
    internal string Output { get; }

    /// <summary>Floats within bounds.</summary>
    public static Expectation Of(CaseTensor<float> output, Bounded expected) =>
        new(output, (found, exact) => Comparison.Floats(found.Name, ((CaseTensor<float>)found).After, expected, exact));

    /// <summary>Bytes, each within the bound of a number that need not be whole.</summary>
    public static Expectation Of(CaseTensor<byte> output, Bounded expected) =>
        new(output, (found, _) => Comparison.Bytes(found.Name, ((CaseTensor<byte>)found).After, expected));

    /// <summary>Integers.</summary>
    public static Expectation Of(CaseTensor<int> output, int[] expected) =>
        new(output, (found, _) => Comparison.Integers(found.Name, ((CaseTensor<int>)found).After, expected));

    /// <summary>
    /// Some elements exactly, of an output whose float64 reference would take minutes; the others must be written and finite.
    /// </summary>
    public static Expectation At(CaseTensor<float> output, IReadOnlyList<(int Index, double Value)> some) =>
        new(output, (found, _) => Comparison.FloatsAt(found.Name, ((CaseTensor<float>)found).After, some));

    /// <summary>Judges an output of that name, on whichever accelerator it was made.</summary>
    internal Comparison Compare(CaseTensor found, bool exact) => _compare(found, exact);
}

/// <summary>
/// One operation at one size: declared once, it serves the tests, <c>gpu check</c>, <c>gpu bench</c> and the benchmarks.
/// </summary>
public sealed class OperationCase
{
    /// <summary>The operation, such as <c>matmul-forward</c>.</summary>
    public required string Operation { get; init; }

    /// <summary>The variant that is forced, or null where the operation chooses.</summary>
    public string? Variant { get; init; }

    /// <summary>Sizes and settings, in the order in which the name lists them.</summary>
    public required IReadOnlyList<(string Name, object Value)> Parameters { get; init; }

    /// <summary>What the inputs are.</summary>
    public CaseInput Input { get; init; }

    /// <summary>Floating-point operations of one run; 0 where bytes are what counts.</summary>
    public long Flops { get; init; }

    /// <summary>Bytes of all inputs and outputs, each counted once.</summary>
    public long Bytes { get; init; }

    /// <summary>Whether it is worth timing: a size that training meets. The others only check.</summary>
    public bool Timed { get; init; }

    /// <summary>Whether a run moves on in its data, so that the next one needs a fresh start.</summary>
    public bool MovesOn { get; init; }

    /// <summary>Lanes that a group of the forced variant has; 0 where every device can run it.</summary>
    public int Lanes { get; init; }

    /// <summary>Whether only the CPU has the forced variant.</summary>
    public bool IsForCpu { get; init; }

    /// <summary>Whether it is the yardstick of products, which not every device has.</summary>
    public bool NeedsCuBlas { get; init; }

    /// <summary>Makes the tensors and prepares the launch.</summary>
    public required Func<CaseMemory, CaseBinding> Bind { get; init; }

    /// <summary>
    /// Name, variant, sizes and settings, such as <c>matmul-forward[tiled](m=32,k=784,n=128)</c>; <see cref="OperationCases.Matching"/>
    /// finds the case by it.
    /// </summary>
    public string Name
    {
        get
        {
            var parameters = Parameters.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Name}={p.Value}").ToLowerInvariant());
            var kind = Input == CaseInput.Floats ? Array.Empty<string>() : [$"input={(Input == CaseInput.Integers ? "integers" : "nan")}"];
            return $"{Operation}{(Variant is null ? "" : $"[{Variant}]")}({string.Join(",", parameters.Concat(kind))})";
        }
    }

    /// <summary>Whether a device has the forced variant.</summary>
    public bool Fits(ComputeAccelerator accelerator)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        if (NeedsCuBlas)
        {
            using var blas = CuBlasProduct.Find(accelerator);
            return blas is not null;
        }

        return Lanes <= accelerator.Traits.LargestGroup && (!IsForCpu || accelerator.Kind == AcceleratorKind.Cpu);
    }

    /// <summary>Allocates and prepares the case on an accelerator, to be checked and timed.</summary>
    public PreparedCase Prepare(ComputeAccelerator accelerator)
    {
        var memory = new CaseMemory(accelerator, Name, Input);
        try
        {
            return new PreparedCase(this, memory, Bind(memory));
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <summary>Runs the case twice on an accelerator and judges its outputs.</summary>
    public CheckResult Check(ComputeAccelerator accelerator)
    {
        using var prepared = Prepare(accelerator);
        return prepared.Check();
    }

    /// <summary>
    /// Runs the case twice on each of several accelerators; the inputs are the same everywhere, so what the outputs must be is
    /// computed once.
    /// </summary>
    public IEnumerable<CheckResult> Check(IEnumerable<ComputeAccelerator> accelerators)
    {
        ArgumentNullException.ThrowIfNull(accelerators);
        IReadOnlyList<Expectation>? expected = null;
        foreach (var accelerator in accelerators)
        {
            using var prepared = Prepare(accelerator);
            expected ??= prepared.Expected();
            yield return prepared.Check(expected);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
