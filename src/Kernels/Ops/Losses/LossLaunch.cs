using Gpu.Kernels.Devices.Cpu;

namespace Gpu.Kernels.Ops;

/// <summary>The twin of a loss with its arguments bound; parts share out the rows.</summary>
internal abstract unsafe class LossLaunch : CpuLaunch
{
    /// <summary>Binds a batch.</summary>
    /// <param name="cpu">Where it runs.</param>
    /// <param name="operation">The loss.</param>
    /// <param name="batch">What it reads and writes.</param>
    /// <param name="cost">Operations for each logit.</param>
    /// <param name="readsAllLabels">Whether a row's loss wants the labels of others, so that all of them must be there before it begins.</param>
    private protected LossLaunch(CpuAccelerator cpu, string operation, LossBatch batch, int cost, bool readsAllLabels = false)
        : base(cpu, operation, CpuRows.Parts(batch.M), (long)cost * batch.M * batch.N)
    {
        Rows = readsAllLabels ? 0 : batch.M;
        M = batch.M;
        N = batch.N;
        Logits = batch.Logits.Pointer();
        Labels = batch.Labels.Pointer();
        Losses = batch.Losses.Pointer();
        Correct = batch.Correct.Pointer();
        Gradient = batch.Gradient is { } gradient ? gradient.Pointer() : null;
    }

    private protected int M { get; }

    private protected int N { get; }

    private protected float* Logits { get; }

    private protected int* Labels { get; }

    private protected float* Losses { get; }

    private protected int* Correct { get; }

    /// <summary>Null where only the losses are wanted.</summary>
    private protected float* Gradient { get; }
}
