using System.CommandLine;
using Gpu.Host.CommandLine;
using Gpu.Host.Reports;
using Gpu.Training;
using Gpu.Training.Data;
using Gpu.Training.Files;
using Gpu.Training.Models;

namespace Gpu.Host.Runs;

/// <summary>How the commands load data, and what they show meanwhile.</summary>
internal static class DataLoading
{
    /// <summary>Bytes of decoded samples that stay in memory where samples are to be streamed.</summary>
    internal const long StreamedMemory = 64 << 20;

    /// <summary>Samples for a model to answer, all, or those with labels; a warning where they look unlike those that it was trained on.</summary>
    /// <param name="given">The options that name them.</param>
    /// <param name="parse">The command line.</param>
    /// <param name="files">Files that were named without an option; none for the option's.</param>
    /// <param name="path">The model's path: where nothing is named, its run says what judged it.</param>
    /// <param name="model">The model.</param>
    /// <param name="messages">Told what was done to the data.</param>
    /// <param name="needsLabels">Whether rows of a table that have no label are left out.</param>
    internal static DataSet LoadSamples(SampleOptions given, ParseResult parse, string[] files, string path, Model model, Messages messages, bool needsLabels)
    {
        if ((files.Length > 0 ? DataSource.Join(files) : given.Spec(parse)) is not { } spec)
        {
            SampleOptions.Refuse(parse, given.ForData, "goes with --data, and none is named");
            return RunData.LoadJudge(path, model, messages);
        }

        if (model.Table is { } table)
        {
            SampleOptions.Refuse(parse, given.ForBytes, "goes with samples of bytes, and the model answers tables, whose classes have names");
            return LoadTable(spec, given.Table(parse), table, messages, needsLabels);
        }

        SampleOptions.Refuse(parse, given.ForTables, "goes with tables of columns, and the model answers samples of bytes");

        var options = given.Apply(parse, Options(messages));
        options = options.ClassNames is { } names
            ? options with { ClassNames = LabelNames.ForModel(names, model.Shape.Outputs, model.Names.Classes) }
            : options;
        var data = DataSource.LoadSamples(spec, model.Names.Apply(options));
        messages.Clear();
        Say([.. DataSource.NameRemarks(spec), .. data.Remarks], messages);
        if (model.InputMean is { } mean && Ink.Warning(data, mean) is { } warning)
        {
            messages.Warn(warning);
        }

        return data;
    }

    private static DataSet LoadTable(string spec, TableOptions options, ModelTable table, Messages messages, bool needsLabels)
    {
        var paths = DataSource.TablePaths(spec);
        if (paths.Count == 0)
        {
            // A file that is missing says so by itself.
            paths = File.Exists(spec) || Directory.Exists(spec) || DataSource.IsName(spec) ? throw TrainingException.BadData(
                $"{DataSource.Show(spec)}: expected a table, as the model was trained on, found other data; name one with --data.") : DataSource.Words(spec);
        }

        var data = table.Load(paths, options, needsLabels);
        Say(data.Remarks, messages);
        return data;
    }

    /// <summary>Says what was done to data: each thing once, and no more than a few, where many files are alike.</summary>
    internal static void Say(IReadOnlyList<string> remarks, Messages messages)
    {
        const int most = 5;
        foreach (var remark in remarks.Distinct().Take(most))
        {
            messages.Say(VisibleText.Of(remark));
        }

        if (remarks.Count > most)
        {
            messages.Say($"and {remarks.Count - most:N0} more of the kind");
        }
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
