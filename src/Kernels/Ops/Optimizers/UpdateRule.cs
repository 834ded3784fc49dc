using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>
/// What an optimizer does to one parameter, as an empty struct that kernel and twin take as a type argument: its formula stands once,
/// for floats and for vectors alike.
/// </summary>
public interface IUpdateRule
{
    /// <summary>How many slots of state it has, at most <see cref="ParameterUpdate.MostSlots"/>.</summary>
    static abstract int Slots { get; }

    /// <summary>What is the same for all parameters of a step.</summary>
    /// <param name="constants">The rule's numbers, from its settings.</param>
    /// <param name="update">Which update it is, from 1.</param>
    static abstract UpdateNumbers<float> Begin(UpdateNumbers<float> constants, int update);

    /// <summary>The change d of w -= rate d, and the state after it.</summary>
    /// <param name="k">What <see cref="Begin"/> gave.</param>
    /// <param name="g">The gradient, L2 in it.</param>
    /// <param name="first">The first slot, where the rule has one.</param>
    /// <param name="second">The second slot, where it has two.</param>
    static abstract Updated<TVector> Apply<TSimd, TVector>(UpdateNumbers<TVector> k, TVector g, TVector first, TVector second)
        where TSimd : struct, ISimd<TVector> where TVector : struct;
}

/// <summary>Numbers of a rule; what each of them is, the rule says.</summary>
public readonly record struct UpdateNumbers<T>(T A, T B, T C, T D, T E, T F, T G) where T : struct
{
    /// <summary>How many there are.</summary>
    internal const int Count = 7;
}

/// <summary>What a rule makes of a parameter's gradient and state.</summary>
/// <param name="Change">d of w -= rate d.</param>
/// <param name="First">The first slot after the step.</param>
/// <param name="Second">The second slot after the step.</param>
public readonly record struct Updated<T>(T Change, T First, T Second) where T : struct;

/// <summary>A rule with its numbers, ready to be made into a kernel or a twin.</summary>
internal abstract class UpdateRule
{
    /// <summary>The numbers.</summary>
    internal abstract UpdateNumbers<float> Constants { get; }

    /// <summary>The kernel of the rule.</summary>
    internal abstract Delegate Kernel { get; }

    /// <summary>The launch of a twin that is made for the rule.</summary>
    internal abstract CpuLaunch Accept(IRuleVisitor visitor);

    /// <summary>A rule with numbers of double precision, the rest of them 0.</summary>
    internal static UpdateRule Of<TRule>(params ReadOnlySpan<double> numbers) where TRule : struct, IUpdateRule
    {
        Span<double> all = stackalloc double[UpdateNumbers<float>.Count];
        all.Clear();
        numbers.CopyTo(all);
        return new TypedRule<TRule>(new((float)all[0], (float)all[1], (float)all[2], (float)all[3], (float)all[4], (float)all[5], (float)all[6]));
    }

    private sealed class TypedRule<TRule>(UpdateNumbers<float> constants) : UpdateRule where TRule : struct, IUpdateRule
    {
        internal override UpdateNumbers<float> Constants => constants;

        internal override Delegate Kernel => ParameterUpdate.UpdateKernel<TRule>;

        internal override CpuLaunch Accept(IRuleVisitor visitor) => visitor.Visit<TRule>(constants);
    }
}

/// <summary>A twin that takes a rule as a type.</summary>
internal interface IRuleVisitor
{
    /// <summary>The twin's launch for one rule, with its numbers.</summary>
    CpuLaunch Visit<TRule>(UpdateNumbers<float> constants) where TRule : struct, IUpdateRule;
}
