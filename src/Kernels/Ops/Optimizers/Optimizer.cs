using Gpu.Kernels.Checks;

namespace Gpu.Kernels.Ops;

/// <summary>
/// How gradients change parameters: one file an optimizer, and a line in <see cref="Optimizers.All"/>. Common to all is
/// <see cref="ParameterUpdate"/>: g = scale gradient + l2 w, w -= rate decay w, then w -= rate d, where the optimizer's own rule makes d
/// of g and of its state.
/// </summary>
public abstract class Optimizer
{
    /// <summary>The name, as the command line, recipes and cases have it.</summary>
    public abstract string Name { get; }

    /// <summary>The learning rate where none is given.</summary>
    public abstract float LearningRate { get; }

    /// <summary>The decoupled weight decay where none is given.</summary>
    public virtual float WeightDecay => 0;

    /// <summary>Whether its formula has a momentum.</summary>
    public virtual bool TakesMomentum => false;

    /// <summary>The numbers that its formula takes beside those.</summary>
    public virtual IReadOnlyList<OptimizerSetting> Settings => [];

    /// <summary>The names of its state, each a slab with a number for each parameter, 0 at the start of a run.</summary>
    public abstract IReadOnlyList<string> Slots(UpdateSettings settings);

    /// <summary>Whether a slot of this name is never negative.</summary>
    public virtual bool IsPositive(string slot) => false;

    /// <summary>Why settings that are each in range do not go together, as a sentence; null where they do.</summary>
    public virtual string? Objection(UpdateSettings settings) => null;

    /// <summary>The rule of an update, for kernels and twins.</summary>
    internal abstract UpdateRule Rule(UpdateSettings settings);

    /// <summary>The same in float64, written from the formula: an optimizer without one cannot be checked.</summary>
    internal abstract UpdateTruth Truth { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
