using System.CommandLine;
using Gpu.Host.CommandLine;
using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Kernels.Ops;
using Gpu.Training.Augmentation;
using Gpu.Training.Data;

namespace Gpu.Host.Commands;

/// <summary><c>gpu data</c>: what data is, before anything trains on it.</summary>
internal sealed class DataCommand
{
    private readonly Argument<string[]> _data = new("SPEC")
    {
        Description = $"{SampleOptions.Specs}; several files, or a pattern such as 'part-*.csv', are one data set",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _target = OptionRows.Text(
        "--target", "NAME", "The column of a table to be learned: its name, its number from 1 on, or last (default: label, class, target or y, else the last)");

    private readonly Option<string?> _task = OptionRows.OneOf(
        "--task", "NAME", "Whether classes or a quantity are learned: auto, classify or regress (default auto: as the values of the target suggest)",
        [.. Enum.GetNames<TableTask>().Select(name => name.ToLowerInvariant())]);

    private readonly Option<string?> _header = OptionRows.OneOf("--header", "WORD", "Whether the first row of a table holds names: yes or no (default: found out)", "yes", "no");
    private readonly Option<string[]> _columns = new("--column")
    {
        HelpName = "NAME:KIND",
        Description = $"What a column is: {string.Join(", ", ColumnKinds.Declarable.SkipLast(1).Select(ColumnKinds.NameOf))} or "
            + $"{ColumnKinds.NameOf(ColumnKinds.Declarable[^1])}; repeat it for several (default: found out)",
    };

    private readonly Option<string?> _ignore = OptionRows.Text("--ignore", "NAMES", "Columns of a table to leave out, with commas between");
    private readonly Option<string?> _split = OptionRows.Text("--split", "NAME", "Which data set of a folder with several, such as letters of EMNIST");
    private readonly Option<string?> _augment = OptionRows.Text(
        "--augment", "LIST", $"Show images as a run with the default seed sees them with this --augment: {AugmentationWords.Forms} (default none)");

    private readonly Option<string?> _sheet = OptionRows.Text(
        "--sheet", "FILE", "Write a PNG picture: ten images of each of ten classes, or with --augment one of each, as it is and in nine epochs");

    private readonly Option<string?> _out = OptionRows.Text(
        "--out", "FOLDER", "Write images as files: IDX files named as MNIST's, which --data and other programs take, and a picture of each class");

    private readonly Option<bool> _json = CommonOptions.Json();

    internal static Command Create()
    {
        var data = new DataCommand();
        var command = new Command("data", "Shows what data is, before anything trains: its rows, its columns, its classes and their shares.")
        {
            data._data, data._target, data._task, data._header, data._columns, data._ignore, data._split, data._augment, data._sheet, data._out, data._json,
        };
        command.SetAction(data.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        var messages = Messages.OnStandardError(CommonOptions.ReadVerbosity(parse));
        var spec = DataSource.Join(parse.GetValue(_data)!);
        var json = CommonOptions.OutputLine(parse, _json);
        var view = new SampleView(parse.GetValue(_augment) is { } words ? AugmentationWords.Read(words) : null, parse.GetValue(_sheet), parse.GetValue(_out));
        if (view.Folder is { } folder)
        {
            SampleFolder.RequireFree(folder);
        }

        if (view == default && DataSource.TablePaths(spec) is { Count: > 0 } paths)
        {
            ShowTable(TableReader.Read(paths, Options(parse)), json, messages);
        }
        else
        {
            ShowSamples(spec, DataLoading.Options(messages) with { Split = parse.GetValue(_split) }, view, json, messages);
        }

        return ExitCodes.Done;
    }

    private TableOptions Options(ParseResult parse) => new()
    {
        Target = parse.GetValue(_target),
        Task = Enum.Parse<TableTask>(parse.GetValue(_task) ?? nameof(TableTask.Auto), ignoreCase: true),
        Header = parse.GetValue(_header) is { } header ? header == "yes" : null,
        Kinds = [.. (parse.GetValue(_columns) ?? []).Select(ColumnKinds.Parse)],
        Ignored = TableOptions.Names(parse.GetValue(_ignore)),
    };

    /// <summary>How images are shown: augmented, in a picture, and as files.</summary>
    private readonly record struct SampleView(ImageAugmentation? Augmentation, string? Sheet, string? Folder);

    private static void ShowTable(Table table, JsonLine? json, Messages messages)
    {
        DataLoading.Say(table.Remarks, messages);
        var report = new TableReport(table, TableEncoding.Fit(table, table.RowsWithTarget()));
        if (json is not null)
        {
            report.WriteJson(json);
        }
        else
        {
            report.WriteText(Console.Out);
        }
    }

    private static void ShowSamples(string spec, DataOptions options, SampleView view, JsonLine? json, Messages messages)
    {
        var (train, test) = DataSource.LoadAll(spec, options);
        messages.Clear();
        DataLoading.Say([.. DataSource.NameRemarks(spec), .. train?.Remarks ?? [], .. test?.Remarks ?? []], messages);
        var report = new SamplesReport(DataSource.Show(spec), train, test, view.Augmentation);
        if (view.Sheet is { } path)
        {
            SheetFile.Write(path, train ?? test!, view.Augmentation);
            messages.Say($"sheet: {path}");
        }

        if (view.Folder is { } folder)
        {
            SampleFolder.Write(folder, train, test);
            messages.Say($"files: {folder}");
            foreach (var (index, command) in SampleFolder.Next(folder).Index())
            {
                messages.Say($"{(index == 0 ? "next:" : "     ")} {command}");
            }
        }

        if (json is not null)
        {
            report.WriteJson(json);
        }
        else
        {
            report.WriteText(Console.Out);
        }
    }
}
