namespace Gpu.Kernels.Ops;

/// <summary>What is counted over an epoch, in a small device buffer of <see cref="Length"/> ints that the host reads at its end.</summary>
public static class StepCounts
{
    /// <summary>Samples that were answered right, in the steps that were taken.</summary>
    public const int Correct = 0;

    /// <summary>Index within the epoch of the first step whose loss or gradient was NaN or infinite; <see cref="None"/> where none was.</summary>
    public const int BadStep = 1;

    /// <summary>Steps that changed nothing because their loss or gradient was NaN or infinite.</summary>
    public const int SkippedSteps = 2;

    /// <summary>Samples of these steps.</summary>
    public const int SkippedSamples = 3;

    /// <summary>Index of the first parameter that was NaN or infinite at the end of the epoch; <see cref="None"/> where none was.</summary>
    public const int BadParameter = 4;

    /// <summary>The number of ints; the last ones are spare.</summary>
    public const int Length = 8;

    /// <summary>An index that stands for none: larger than all others, so that the smallest one found is kept.</summary>
    public const int None = int.MaxValue;
}
