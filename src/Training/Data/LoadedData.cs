namespace Gpu.Training.Data;

/// <summary>Data for training.</summary>
/// <param name="Train">The training samples, labelled.</param>
/// <param name="Test">The test samples, labelled, where there are any.</param>
/// <param name="Description">What it is: <c>mnist: 60,000 training and 10,000 test images of 28 x 28, 10 classes</c>.</param>
/// <param name="Notice">A sentence to show where the program chose the data itself; else null.</param>
public sealed record LoadedData(DataSet Train, DataSet? Test, string Description, string? Notice = null)
{
    /// <summary>The SPEC that names this data: what was asked for, or what the program chose.</summary>
    public required string Spec { get; init; }

    /// <summary>What was done to the data that its owner should know, in sentences without a point.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];
}
