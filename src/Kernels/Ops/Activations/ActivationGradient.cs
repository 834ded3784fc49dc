using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>The way of a gradient back through an activation, the same in every kernel and twin.</summary>
internal static class ActivationGradient
{
    /// <summary>
    /// dy f'(a), subnormal products as 0: a saturated unit has a slope that is next to none, and each of its products with an input would cost.
    /// </summary>
    /// <param name="dy">The gradient by the outputs.</param>
    /// <param name="kept">What f' is taken from.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Through<TActivation, TSimd, TVector>(TVector dy, TVector kept)
        where TActivation : struct, IActivation where TSimd : struct, ISimd<TVector> where TVector : struct =>
        TActivation.From == SlopeSource.None ? dy : TSimd.FlushToZero(TSimd.Multiply(dy, TActivation.Derivative<TSimd, TVector>(kept)));
}
