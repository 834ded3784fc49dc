using System.Globalization;
using System.Text;
using Gpu.Host.Reports;
using Gpu.Training;
using Gpu.Training.Files;
using Gpu.Training.Metrics;

namespace Gpu.Host.Runs;

/// <summary>
/// The epochs of a run as a table: the columns are named as the keys of the JSON events, with the norm of the gradient in the epoch's last
/// step behind them; those without data are left out, and empty in an epoch that was not evaluated. It
/// grows by a row an epoch, which is on the disk before a checkpoint says that the epoch is behind; a row may be added while those before it
/// are brought there.
/// </summary>
internal sealed class MetricsCsv
{
    private readonly string _path;
    private readonly (string Name, Func<EpochReport, object?> Value)[] _columns;

    internal MetricsCsv(string path, bool hasValidation, bool hasTest, bool isQuantity)
    {
        _path = path;
        _columns =
        [
            ("epoch", e => e.Epoch),
            ("train_loss", e => e.Train.Loss),
            isQuantity ? ("train_rmse", e => e.Train.Rmse) : ("train_accuracy", e => e.Train.Accuracy),
            .. hasValidation ? Part("validation", isQuantity, e => e.Validation) : [],
            .. hasTest ? Part("test", isQuantity, e => e.Test) : [],
            ("train_seconds", e => e.TrainSeconds),
            ("samples_per_second", e => e.SamplesPerSecond),
            ("learning_rate", e => e.LearningRate),
            ("gradient_norm", e => e.GradientNorm ?? double.NaN),
        ];
    }

    /// <summary>Makes the table anew with the rows of the first epochs of the one that is there, if any.</summary>
    internal void Begin(int epochs)
    {
        // What stands behind those is of epochs that are trained again, or half a row of a process that was killed.
        var rows = File.Exists(_path) ? File.ReadLines(_path).Skip(1).Take(epochs) : [];
        var text = string.Concat(rows.Prepend(string.Join(',', _columns.Select(column => column.Name))).Select(row => row + "\n"));
        AtomicFile.Write(_path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Adds the row of an epoch.</summary>
    /// <exception cref="TrainingException">It cannot be written.</exception>
    internal void Add(EpochReport epoch)
    {
        var row = string.Join(',', _columns.Select(column => Convert.ToString(column.Value(epoch), CultureInfo.InvariantCulture))) + "\n";
        try
        {
            using var stream = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 1);
            stream.Write(Encoding.UTF8.GetBytes(row));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw TrainingException.DiskFailed(_path, cause);
        }
    }

    /// <summary>Waits until the rows are on the disk.</summary>
    /// <exception cref="TrainingException">They cannot be written.</exception>
    internal void Flush()
    {
        try
        {
            using var stream = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            stream.Flush(flushToDisk: true);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw TrainingException.DiskFailed(_path, cause);
        }
    }

    private static IEnumerable<(string, Func<EpochReport, object?>)> Part(string name, bool isQuantity, Func<EpochReport, Evaluation?> of) => isQuantity
        ? [($"{name}_loss", e => of(e)?.Loss), ($"{name}_rmse", e => of(e)?.Rmse)]
        : [($"{name}_loss", e => of(e)?.Loss), ($"{name}_accuracy", e => of(e)?.Accuracy), ($"{name}_correct", e => of(e)?.Correct)];
}
