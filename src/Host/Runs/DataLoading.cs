using Gpu.Host.Reports;
using Gpu.Training.Data;

namespace Gpu.Host.Runs;

/// <summary>How the commands load data, and what they show meanwhile.</summary>
internal static class DataLoading
{
    /// <summary>Samples to evaluate or predict.</summary>
    internal static DataSet LoadSamples(string spec, Messages messages)
    {
        var data = DataSource.LoadSamples(spec, Options(messages));
        messages.Clear();
        return data;
    }

    /// <summary>Options that show how far a download is: a moving line on a terminal, else one line when it begins.</summary>
    internal static DataOptions Options(Messages messages, CancellationToken cancellation = default)
    {
        var line = new ProgressLine(messages, "bytes");
        var begun = 0;
        return new DataOptions
        {
            Download = new DownloadOptions
            {
                Cancellation = cancellation,
                Progress = progress =>
                {
                    if (Interlocked.Exchange(ref begun, 1) == 0)
                    {
                        messages.Say($"downloading {progress.Name}, {Format.Bytes(progress.Total)}");
                    }

                    line.Show(progress.Name, progress.Bytes, progress.Total);
                },
            },
        };
    }
}
