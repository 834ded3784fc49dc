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

/// <summary>Whether the first row of a table holds names.</summary>
public enum TableHeader
{
    /// <summary>That is found out.</summary>
    Auto,

    /// <summary>It does.</summary>
    Yes,

    /// <summary>It does not.</summary>
    No,
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

    /// <summary>Bins of each number; null for as many as are usual in a table of its size.</summary>
    public int? Bins { get; init; }

    /// <summary>Numbers of the vector that is learned for each value of a category of many; 0 for none, one-hot inputs then; null for what is usual.</summary>
    public int? Embedding { get; init; }

    /// <summary>Whether anything was said that goes for tables of columns alone.</summary>
    public bool AreGiven => Task != TableTask.Auto || Header is not null || Kinds.Count > 0 || Ignored.Count > 0 || Bins is not null || Embedding is not null;

    /// <summary>Names with commas between; none of null.</summary>
    public static IReadOnlyList<string> Names(string? text) => text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>Read the first so many rows and no more; null for all.</summary>
    public int? Limit { get; init; }

    /// <summary>For each row whether it is held out, so that nothing is learned from it, not even what a column is; none where no row is.</summary>
    internal IReadOnlyList<bool> HeldOut { get; init; } = [];

    /// <summary>Whether the target alone is asked for, so that rows can be divided before anything else is known of them.</summary>
    internal bool TargetAlone { get; init; }
}
