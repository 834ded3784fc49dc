namespace Gpu.Training.Data;

/// <summary>A table that a model is to answer: its columns are what the model says that they are.</summary>
/// <param name="Path">Its first file, for messages.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Columns">Its columns, and the target where it has one.</param>
/// <param name="Answers">The column of the answers; null where it has none.</param>
/// <param name="Remarks">What was done to it that its owner should know.</param>
internal sealed record OtherTable(string Path, int Rows, IReadOnlyList<TableColumn> Columns, TableColumn? Answers, List<string> Remarks);
