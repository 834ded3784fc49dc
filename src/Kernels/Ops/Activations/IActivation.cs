using Gpu.Kernels.Checks;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>What the derivative of an activation is taken from, which a step therefore keeps.</summary>
public enum SlopeSource
{
    /// <summary>Nothing: it is 1.</summary>
    None = 0,

    /// <summary>The output y = f(a), which the next layer reads in any case.</summary>
    Output = 1,

    /// <summary>The sum a, which is kept beside the output.</summary>
    Sum = 2,
}

/// <summary>
/// One activation, as an empty struct that kernels and twins take as a type argument: its formula stands once, for floats and for vectors
/// alike, and each is compiled for that one alone. No result hangs on a comparison with NaN, which passes from a to y.
/// </summary>
public interface IActivation
{
    /// <summary>What <see cref="Derivative"/> asks for.</summary>
    static abstract SlopeSource From { get; }

    /// <summary>y = f(a).</summary>
    static abstract TVector Apply<TSimd, TVector>(TVector a) where TSimd : struct, ISimd<TVector> where TVector : struct;

    /// <summary>f'(a), from what <see cref="From"/> says.</summary>
    static abstract TVector Derivative<TSimd, TVector>(TVector from) where TSimd : struct, ISimd<TVector> where TVector : struct;
}

/// <summary>All that an activation's file says of it.</summary>
internal interface IActivationFunction : IActivation
{
    /// <summary>Its name, as the command line, recipes, model files and cases have it.</summary>
    static abstract string Name { get; }

    /// <summary>How far its derivative jumps at 0.</summary>
    static abstract double Step { get; }

    /// <summary>y = f(a) in float64, with the error that float32 may make: written from the definition, not from the kernel.</summary>
    static abstract Tracked Truth(Tracked a);

    /// <summary>f'(a) in float64, from the same as <see cref="IActivation.Derivative"/>.</summary>
    static abstract Tracked Slope(Tracked from);
}

/// <summary>Work that has one body for each activation.</summary>
/// <typeparam name="TArgument">What it is given.</typeparam>
/// <typeparam name="TResult">What it makes.</typeparam>
internal interface IActivationVisitor<in TArgument, out TResult>
{
    /// <summary>The work for one activation.</summary>
    static abstract TResult Visit<TActivation>(TArgument argument) where TActivation : struct, IActivationFunction;
}
