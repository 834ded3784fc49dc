using Gpu.Host.Reports;
using Gpu.Training.Data;
using Gpu.Training.Models;

namespace Gpu.Host.Runs;

/// <summary>How the commands load data, and what they show meanwhile.</summary>
internal static class DataLoading
{
    /// <summary>Samples for a model to answer; a warning where they look unlike those that it was trained on.</summary>
    internal static DataSet LoadSamples(string spec, Model model, Messages messages)
    {
        var data = DataSource.LoadSamples(spec, Options(messages));
        messages.Clear();
        if (model.InputMean is { } mean && Ink.Warning(data, mean) is { } warning)
        {
            messages.Warn(warning);
        }

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
