namespace Gpu.Training.Data;

/// <summary>The column of a table that is to be learned.</summary>
public sealed class TableTarget
{
    /// <summary>The class of a row that has none.</summary>
    internal const int NoClass = -1;

    internal TableTarget(TableColumn column, string why, TableTask task, string taskWhy) => (Column, Why, Task, TaskWhy) = (column, why, task, taskWhy);

    /// <summary>The column.</summary>
    public TableColumn Column { get; }

    /// <summary>Why it is this one.</summary>
    public string Why { get; }

    /// <summary>Whether its classes are learned, or its quantity.</summary>
    public TableTask Task { get; }

    /// <summary>Why.</summary>
    public string TaskWhy { get; }

    /// <summary>The classes, numbers by size and texts in the order of their letters, with the rows of each; none where a quantity is learned.</summary>
    public IReadOnlyList<(string Name, int Rows)> Classes { get; internal init; } = [];

    /// <summary>For each row its class, or <see cref="NoClass"/>; none where a quantity is learned.</summary>
    internal int[] Labels { get; init; } = [];
}
