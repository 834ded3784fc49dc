namespace Gpu.Kernels.Ops;

/// <summary>What <see cref="GradientNorm"/> finds out about a step's gradient and later launches of the step obey, <see cref="Length"/> floats.</summary>
public static class StepControl
{
    /// <summary>The L2 norm of the gradient of the mean loss by all parameters, before L2 and momentum.</summary>
    public const int Norm = 0;

    /// <summary>What the gradient is multiplied by: 1, or less where its norm is clipped.</summary>
    public const int Scale = 1;

    /// <summary>1 where the step is to be taken, 0 where it is to change nothing.</summary>
    public const int Applies = 2;

    /// <summary>The number of floats; the last one is spare.</summary>
    public const int Length = 4;
}
