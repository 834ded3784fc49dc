namespace Gpu.Training.Data;

/// <summary>The rows of a table, one after the other, each as the texts of its cells.</summary>
internal interface ITableRows : IDisposable
{
    /// <summary>Cells of the row.</summary>
    int Count { get; }

    /// <summary>Where the row stands, for messages: its line, or its number, counted from 1.</summary>
    long Line { get; }

    /// <summary>Goes to the next row; false where there is none.</summary>
    /// <exception cref="TrainingException">It cannot be read.</exception>
    bool Read();

    /// <summary>A cell, good until the next one is asked for.</summary>
    ReadOnlySpan<char> Field(int column);
}
