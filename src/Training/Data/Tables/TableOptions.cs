namespace Gpu.Training.Data;

/// <summary>What is to be learned of the target of a table.</summary>
public enum TableTask
{
    /// <summary>What its values suggest.</summary>
    Auto,

    /// <summary>Which of some classes.</summary>
    Classify,

    /// <summary>How much.</summary>
    Regress,
}

/// <summary>How a table is read, where its owner knows better than what would be found out.</summary>
public sealed record TableOptions
{
    /// <summary>The column to be learned: its name, its number from 1 on, or <c>last</c>; null where it is to be found by <see cref="TargetRules"/>.</summary>
    public string? Target { get; init; }

    /// <summary>What is to be learned of it.</summary>
    public TableTask Task { get; init; }

    /// <summary>Whether the first row holds names; null where that is to be found out.</summary>
    public bool? Header { get; init; }

    /// <summary>Columns whose kind is declared.</summary>
    public IReadOnlyList<(string Column, ColumnKind Kind)> Kinds { get; init; } = [];

    /// <summary>Columns that are not read.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];
}
