using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>
/// The L2 norm of a gradient, and what follows from it for the step: how far it is clipped, as by PyTorch's
/// <c>clip_grad_norm_</c>, and whether it is taken at all. Squares are added up in chunks of <see cref="Chunk"/> elements, in each
/// by <see cref="Lanes"/> lanes that take turns and then in pairs; the chunks' sums likewise. So the order of the sum depends on
/// the number of elements alone.
/// </summary>
public static partial class GradientNorm
{
    /// <summary>Elements whose squares a group adds up.</summary>
    public const int Chunk = 64 * Lanes;

    /// <summary>Lanes of a group.</summary>
    private const int Lanes = 64;

    /// <summary>PyTorch adds it to the norm before it divides by it.</summary>
    private const float Smallest = 1e-6f;

    private const string Squares = "gradient-squares";

    private const string Norm = "gradient-norm";

    /// <summary>The number of sums that <see cref="PrepareSquares"/> makes of <paramref name="count"/> elements.</summary>
    public static int Sums(int count) => (count + Chunk - 1) / Chunk;

    /// <summary>sums[g] = the sum of the squares of the elements from g * <see cref="Chunk"/>, one group a chunk.</summary>
    public static void GradientSquaresKernel(ArrayView<float> values, int count, ArrayView<float> sums)
    {
        var shared = SharedMemory.Allocate<float>(Lanes);
        var end = KernelMath.Min((Grid.IdxX + 1) * Chunk, count);
        var sum = 0f;
        for (var i = (Grid.IdxX * Chunk) + Group.IdxX; i < end; i += Lanes)
        {
            sum = KernelMath.Fma(values[i], values[i], sum);
        }

        shared[Group.IdxX] = sum;
        Group.Barrier();
        AddPairs(shared);
        if (Group.IdxX == 0)
        {
            sums[Grid.IdxX] = shared[0];
        }
    }

    /// <summary>
    /// One group: the norm from the sums of squares, and with it the step's <see cref="StepControl"/>. Losses are those of the batch's
    /// m rows, read where <paramref name="skips"/> is 1; a clip of 0 is none.
    /// </summary>
    public static void GradientNormKernel(ArrayView<float> sums, int count, ArrayView<float> losses, int m, float clip, int skips,
        ArrayView<float> control)
    {
        var shared = SharedMemory.Allocate<float>(Lanes);
        var finite = SharedMemory.Allocate<int>(Lanes);
        var sum = 0f;
        for (var i = Group.IdxX; i < count; i += Lanes)
        {
            sum += sums[i];
        }

        var isFinite = 1;
        for (var row = Group.IdxX; row < m * skips; row += Lanes)
        {
            isFinite = KernelMath.IsFinite(losses[row]) ? isFinite : 0;
        }

        shared[Group.IdxX] = sum;
        finite[Group.IdxX] = isFinite;
        Group.Barrier();
        AddPairs(shared);
        if (Group.IdxX == 0)
        {
            for (var lane = 0; lane < Lanes; lane++)
            {
                isFinite = KernelMath.Min(isFinite, finite[lane]);
            }

            var norm = KernelMath.Sqrt(shared[0]);
            control[StepControl.Norm] = norm;
            control[StepControl.Scale] = clip > 0f ? Factor(norm, clip) : 1f;
            control[StepControl.Applies] = skips == 0 || (isFinite != 0 && KernelMath.IsFinite(norm)) ? 1f : 0f;
        }
    }

    /// <summary>Prepares the sums of squares of a part of the gradient.</summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="values">Elements of the gradient.</param>
    /// <param name="sums">As many as <see cref="Sums"/> says.</param>
    public static Launch PrepareSquares(ComputeAccelerator accelerator, DeviceView<float> values, DeviceView<float> sums)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        Require.Length(sums, Sums(values.Length), Squares);
        return accelerator is CpuAccelerator cpu
            ? cpu.Prepare(new SquaresTwin(values, sums))
            : accelerator.Prepare(GradientSquaresKernel, LaunchShape.Groups(sums.Length, 1, Lanes, 1), values, values.Length, sums);
    }

    /// <summary>
    /// Prepares the norm and what follows from it: control[<see cref="StepControl.Scale"/>] = min(1, clip / (norm + 1e-6)), and with
    /// <paramref name="skips"/> control[<see cref="StepControl.Applies"/>] = 0 where the norm or a loss is NaN or infinite.
    /// </summary>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="sums">What <see cref="PrepareSquares"/> made of all parts of the gradient.</param>
    /// <param name="losses">The losses of the batch's rows.</param>
    /// <param name="clip">The norm that the gradient is clipped to, above 0; null for none.</param>
    /// <param name="skips">Whether a step that is not finite is not to be taken.</param>
    /// <param name="control">See <see cref="StepControl"/>; its spare elements are left as they are.</param>
    public static Launch PrepareNorm(ComputeAccelerator accelerator, DeviceView<float> sums, DeviceView<float> losses, float? clip,
        bool skips, DeviceView<float> control)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        Require.Length(control, StepControl.Length, Norm);
        if (clip is { } limit && !(limit > 0f && KernelMath.IsFinite(limit)))
        {
            throw new ArgumentOutOfRangeException(nameof(clip), clip, $"{Norm}: a clip must be above 0, it is {clip}.");
        }

        return accelerator is CpuAccelerator cpu
            ? new NormLaunch(cpu, sums, losses, clip ?? 0f, skips, control)
            : accelerator.Prepare(GradientNormKernel, LaunchShape.Groups(1, 1, Lanes, 1), sums, sums.Length, losses, losses.Length,
                clip ?? 0f, skips ? 1 : 0, control);
    }

    /// <summary>What a gradient of this norm is multiplied by; NaN where the norm is NaN.</summary>
    public static float Factor(float norm, float clip)
    {
        var factor = clip / (norm + Smallest);
        return KernelMath.IsNaN(factor) ? factor : KernelMath.Min(factor, 1f);
    }

    /// <summary>shared[0] = the sum of all <see cref="Lanes"/> elements, added in pairs; every lane of the group comes here.</summary>
    private static void AddPairs(ArrayView<float> shared)
    {
        for (var width = Lanes / 2; width > 0; width /= 2)
        {
            if (Group.IdxX < width)
            {
                shared[Group.IdxX] += shared[Group.IdxX + width];
            }

            Group.Barrier();
        }
    }
}
