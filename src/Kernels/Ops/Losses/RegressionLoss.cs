using System.Runtime.CompilerServices;
using Gpu.Kernels.Devices;
using Gpu.Kernels.Devices.Cpu;
using ILGPU;

namespace Gpu.Kernels.Ops;

/// <summary>What a loss of plain outputs against numbers reads and writes.</summary>
/// <param name="Outputs">(m, n).</param>
/// <param name="Targets">(m, n).</param>
/// <param name="M">Rows.</param>
/// <param name="N">Outputs of a row, 1 or more.</param>
/// <param name="Losses">(m), written: the loss of each row.</param>
/// <param name="Correct">(m), written: 0, as no number is right or wrong; what adds up a step reads it.</param>
/// <param name="Gradient">(m, n), written: the derivative of the mean loss by the outputs; null to evaluate.</param>
public readonly record struct RegressionBatch(DeviceView<float> Outputs, DeviceView<float> Targets, int M, int N, DeviceView<float> Losses,
    DeviceView<int> Correct, DeviceView<float>? Gradient);

/// <summary>
/// Losses of plain outputs y against targets t, both numbers: with d = y - t a row's loss is the mean over its outputs of the cost of d, see
/// <see cref="RegressionKind"/>, and the gradient of the mean of all rows is slope(d) / (n m). NaN spoils its row's loss, and the gradient where it stands.
/// </summary>
public static class RegressionLoss
{
    private const string Operation = "regression-loss";

    private static readonly ActivationKernels _withGradient = new(RegressionKernel<SquaredTerm>);

    private static readonly ActivationKernels _lossAlone = new(RegressionLossKernel<SquaredTerm>);

    /// <summary>One index a row, with the gradient: outputs, targets and gradient are (m, n), losses and correct (m).</summary>
    public static void RegressionKernel<TTerm>(Index1D row, ArrayView<float> outputs, ArrayView<float> targets, int m, int n, ArrayView<float> losses,
        ArrayView<int> correct, ArrayView<float> gradient) where TTerm : struct, IRegressionTerm
    {
        if (row >= m)
        {
            return;
        }

        losses[row] = RowLoss<TTerm>(outputs, targets, row * n, n);
        correct[row] = 0;
        var factor = 1f / n / m;
        for (var at = row * n; at < (row + 1) * n; at++)
        {
            gradient[at] = TTerm.Slope<SimdScalar, float>(outputs[at] - targets[at]) * factor;
        }
    }

    /// <summary>One index a row, losses alone: outputs and targets are (m, n), losses and correct (m).</summary>
    public static void RegressionLossKernel<TTerm>(Index1D row, ArrayView<float> outputs, ArrayView<float> targets, int m, int n, ArrayView<float> losses,
        ArrayView<int> correct) where TTerm : struct, IRegressionTerm
    {
        if (row >= m)
        {
            return;
        }

        losses[row] = RowLoss<TTerm>(outputs, targets, row * n, n);
        correct[row] = 0;
    }

    /// <summary>Prepares losses and, where it is given, the gradient of their mean.</summary>
    /// <exception cref="ArgumentException">A view has another size.</exception>
    public static Launch Prepare(ComputeAccelerator accelerator, RegressionKind kind, RegressionBatch batch)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        var (m, n) = (batch.M, batch.N);
        Require.Positive(n, Operation);
        Require.Matrix(batch.Outputs, m, n, Operation, "outputs");
        Require.Matrix(batch.Targets, m, n, Operation, "targets");
        Require.Length(batch.Losses, m, Operation, "losses");
        Require.Length(batch.Correct, m, Operation, "correct");
        Require.Matrix(batch.Gradient ?? batch.Outputs, m, n, Operation, "gradient");
        if (accelerator is CpuAccelerator cpu)
        {
            return cpu.Prepare(new Twin(kind, batch));
        }

        return batch.Gradient is { } gradient
            ? accelerator.Prepare(_withGradient.Of(TermOf(kind)), LaunchShape.Linear(m), batch.Outputs, batch.Targets, m, n, batch.Losses, batch.Correct,
                gradient)
            : accelerator.Prepare(_lossAlone.Of(TermOf(kind)), LaunchShape.Linear(m), batch.Outputs, batch.Targets, m, n, batch.Losses, batch.Correct);
    }

    private static Type TermOf(RegressionKind kind) => kind switch
    {
        RegressionKind.Squared => typeof(SquaredTerm),
        RegressionKind.Absolute => typeof(AbsoluteTerm),
        RegressionKind.Huber => typeof(HuberTerm),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, $"{Operation}: there is no kind {(int)kind}."),
    };

    private static float RowLoss<TTerm>(ArrayView<float> outputs, ArrayView<float> targets, int start, int n) where TTerm : struct, IRegressionTerm
    {
        var sum = 0f;
        for (var at = start; at < start + n; at++)
        {
            sum += TTerm.Cost<SimdScalar, float>(outputs[at] - targets[at]);
        }

        return sum / n;
    }

    private sealed record Twin(RegressionKind Kind, RegressionBatch Batch) : ISimdTwin
    {
        public CpuLaunch Prepare<TSimd, TVector>(CpuAccelerator cpu) where TSimd : struct, ISimd<TVector> where TVector : struct => Kind switch
        {
            RegressionKind.Squared => new TwinLaunch<TSimd, TVector, SquaredTerm>(cpu, this),
            RegressionKind.Absolute => new TwinLaunch<TSimd, TVector, AbsoluteTerm>(cpu, this),
            RegressionKind.Huber => new TwinLaunch<TSimd, TVector, HuberTerm>(cpu, this),
            _ => throw new ArgumentOutOfRangeException(nameof(cpu), Kind, $"{Operation}: there is no kind {(int)Kind}."),
        };
    }

    private sealed unsafe class TwinLaunch<TSimd, TVector, TTerm> : CpuLaunch
        where TSimd : struct, ISimd<TVector> where TVector : struct where TTerm : struct, IRegressionTerm
    {
        private readonly int _n;
        private readonly float _factor;
        private readonly float* _outputs;
        private readonly float* _targets;
        private readonly float* _losses;
        private readonly int* _correct;
        private readonly float* _gradient;

        internal TwinLaunch(CpuAccelerator cpu, Twin twin)
            : base(cpu, $"{Operation} {twin.Kind}", CpuRows.Parts(twin.Batch.M), 12L * twin.Batch.M * twin.Batch.N)
        {
            var batch = twin.Batch;
            (Rows, _n, _factor) = (batch.M, batch.N, 1f / batch.N / batch.M);
            _outputs = batch.Outputs.Pointer();
            _targets = batch.Targets.Pointer();
            _losses = batch.Losses.Pointer();
            _correct = batch.Correct.Pointer();
            _gradient = batch.Gradient is { } gradient ? gradient.Pointer() : null;
        }

        public override void RunPart(int part)
        {
            var lanes = stackalloc float[16];
            var (row, end) = RowRange(Rows, Parts, part);
            new Span<int>(_correct + row, end - row).Clear();
            if (_n == 1)
            {
                // Rows of one output are their own costs.
                for (; row < end; row += TSimd.Width)
                {
                    var count = Math.Min(TSimd.Width, end - row);
                    TSimd.StorePartial(_losses + row, TSimd.Add(TSimd.Zero, Costs(row, count)), count);
                }

                return;
            }

            for (; row < end; row++)
            {
                _losses[row] = Sum((long)row * _n, lanes) / _n;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private float Sum(long start, float* lanes)
        {
            var sum = 0f;
            for (var j = 0; j < _n; j += TSimd.Width)
            {
                var count = Math.Min(TSimd.Width, _n - j);
                TSimd.Store(lanes, Costs(start + j, count));
                for (var lane = 0; lane < count; lane++)
                {
                    sum += lanes[lane];
                }
            }

            return sum;
        }

        /// <summary>The costs of some outputs, whose gradients are written.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private TVector Costs(long at, int count)
        {
            var d = TSimd.Subtract(TSimd.LoadPartial(_outputs + at, count), TSimd.LoadPartial(_targets + at, count));
            if (_gradient != null)
            {
                TSimd.StorePartial(_gradient + at, TSimd.Multiply(TTerm.Slope<TSimd, TVector>(d), TSimd.Broadcast(_factor)), count);
            }

            return TTerm.Cost<TSimd, TVector>(d);
        }
    }
}
