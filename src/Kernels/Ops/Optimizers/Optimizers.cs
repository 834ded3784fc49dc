namespace Gpu.Kernels.Ops;

/// <summary>The optimizers there are. Recipes, command line, help, cases and tests go through this list; there is no other.</summary>
public static class Optimizers
{
    /// <summary>Every optimizer, the default first.</summary>
    public static IReadOnlyList<Optimizer> All { get; } =
    [
        new Sgd(),
        new Adam(),
        new AdamW(),
        new RmsProp(),
        new Adagrad(),
        new Lion(),
    ];

    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(optimizer => optimizer.Name)];
}
