namespace Gpu.Training.Networks;

/// <summary>The losses there are.</summary>
public static class Losses
{
    /// <summary>All of them, each with its usual head.</summary>
    public static IReadOnlyList<Loss> All { get; } = [Loss.CrossEntropy, Loss.MeanSquaredError, Loss.BinaryCrossEntropy, new AbsoluteErrorLoss(), new HuberLoss()];

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(loss => loss.Name)];

    /// <summary>All of them with each of their heads.</summary>
    public static IReadOnlyList<Loss> WithHeads { get; } = [.. All.SelectMany(loss => loss.Heads.Select(head => loss with { Head = head }))];

    /// <summary>The loss of a name, with its usual head; null where there is none.</summary>
    public static Loss? Find(string name) => All.FirstOrDefault(loss => loss.Name == name);

    /// <summary>Reads what <see cref="Loss.ToString"/> writes; null where it is none.</summary>
    public static Loss? Parse(string text) => WithHeads.FirstOrDefault(loss => loss.ToString() == text);
}
