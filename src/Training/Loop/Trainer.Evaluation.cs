using Gpu.Training.Data;
using Gpu.Training.Metrics;

namespace Gpu.Training.Loop;

/// <summary>How the network answers other samples between the epochs. What that needs is made when it is first asked for, and kept.</summary>
public sealed partial class Trainer
{
    private readonly Dictionary<DataSet, DataPass> _evaluations = [];

    /// <summary>Applies the network as it is now to labelled samples.</summary>
    /// <exception cref="TrainingException">Network and samples do not go together.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Evaluation Evaluate(DataSet data, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (!_evaluations.TryGetValue(data, out var pass))
        {
            pass = new DataPass(_accelerator, _shape, Result, data, _options.Scaling, PassResults.Evaluation, isLone: false);
            _evaluations.Add(data, pass);
        }

        return pass.Run(receive: null, cancellation);
    }

    private void DisposeEvaluations()
    {
        foreach (var pass in _evaluations.Values)
        {
            pass.Dispose();
        }
    }
}
