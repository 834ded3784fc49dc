namespace Gpu.Kernels.Checks;

/// <summary>All cases of all operations. One file an operation declares them, and stands in <see cref="All"/>.</summary>
public static class OperationCases
{
    /// <summary>Sizes that find faults at the edges of vectors, groups and tiles.</summary>
    public static IReadOnlyList<int> Sizes { get; } = [1, 2, 31, 32, 33, 127, 257, 784];

    /// <summary>Inputs without NaN.</summary>
    internal static IReadOnlyList<CaseInput> Numbers { get; } = [CaseInput.Floats, CaseInput.Integers];

    /// <summary>Every case, operation by operation.</summary>
    public static IReadOnlyList<OperationCase> All { get; } =
    [
        .. GatherBatchCases.All,
        .. GatherFloatsCases.All,
        .. AugmentCases.All,
        .. GatherMatMulCases.All,
        .. WeightDescentCases.All,
        .. MatMulCases.All,
        .. LayerCases.All,
        .. ConvolutionCases.All,
        .. OnlineSgdCases.All,
        .. BiasAddCases.All,
        .. ColumnSumCases.All,
        .. ActivationCases.All,
        .. SlopedReluCases.All,
        .. EmbeddingCases.All,
        .. DropoutCases.All,
        .. PoolingCases.All,
        .. BatchNormCases.All,
        .. LayerNormCases.All,
        .. SoftmaxCases.All,
        .. LossCases.All,
        .. WeightedCrossEntropyCases.All,
        .. RegressionCases.All,
        .. OutputLayerCases.All,
        .. OptimizerCases.All,
        .. UpdateCases.All,
        .. GradientNormCases.All,
        .. TakeBackCases.All,
        .. GradientShareCases.All,
        .. RowMoveCases.All,
        .. MovingAverageCases.All,
        .. PeakCases.All,
    ];

    /// <summary>Sizes for benchmarks alone: the float64 reference needs seconds for each.</summary>
    public static IReadOnlyList<OperationCase> Large { get; } = [.. MatMulCases.Large, .. ConvolutionCases.Large];

    /// <summary>Square products such as libraries are compared by, from 2 billion operations to 1,100 billion.</summary>
    public static IReadOnlyList<OperationCase> Cubes { get; } = [.. CubeCases.All];

    /// <summary>
    /// The cases that a filter names: an operation's name (<c>matmul-forward</c>, or a beginning such as <c>matmul</c>), with or
    /// without variant and parameters; parameters that are left out may be anything. A case's own name finds that case.
    /// </summary>
    public static IEnumerable<OperationCase> Matching(string filter, IEnumerable<OperationCase>? cases = null)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var all = (cases ?? All).ToList();
        if (all.Find(c => c.Name == filter) is { } named)
        {
            return [named];
        }

        var asked = Split(filter);
        var whole = filter.Contains('(', StringComparison.Ordinal);
        return all.Where(c =>
        {
            var own = Split(c.Name);
            return (whole ? own.Operation == asked.Operation : own.Operation.StartsWith(asked.Operation, StringComparison.Ordinal))
                && (asked.Variant is null || asked.Variant == own.Variant)
                && asked.Parameters.All(own.Parameters.Contains);
        });
    }

    private static (string Operation, string? Variant, string[] Parameters) Split(string name)
    {
        var text = name.Trim().ToLowerInvariant();
        var open = text.IndexOf('(', StringComparison.Ordinal);
        var head = open < 0 ? text : text[..open];
        var parameters = open < 0
            ? []
            : text[(open + 1)..].TrimEnd(')').Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var bracket = head.IndexOf('[', StringComparison.Ordinal);
        return bracket < 0 ? (head, null, parameters) : (head[..bracket], head[(bracket + 1)..].TrimEnd(']'), parameters);
    }
}
