namespace Gpu.Kernels.Ops;

/// <summary>
/// What changes from step to step, in a small device buffer of <see cref="Length"/> ints, so that a step is always the same launches
/// with the same arguments. <see cref="Tally"/> moves it on at the end of a step; the host writes it at the start of an epoch.
/// </summary>
public static class StepCursor
{
    /// <summary>Index of the step within the epoch, from 0: which learning rate applies.</summary>
    public const int Step = 0;

    /// <summary>Index of the batch's first sample within the epoch's order.</summary>
    public const int Sample = 1;

    /// <summary>Index of the step within the whole run, from 0.</summary>
    public const int GlobalStep = 2;

    /// <summary>How many updates were made since the run began: steps that were skipped made none. Only <see cref="Tally"/> counts them.</summary>
    public const int Updates = 3;

    /// <summary>The epoch, from 0, which the host alone writes.</summary>
    public const int Epoch = 4;

    /// <summary>Index of the batch's first row within the step, where a step takes its samples in several batches; see <see cref="RowMove"/>.</summary>
    public const int Row = 5;

    /// <summary>The number of ints in a cursor.</summary>
    public const int Length = 6;
}
