using System.CommandLine;
using Gpu.Training.Data;

namespace Gpu.Host.CommandLine;

/// <summary>The options by which a command that answers samples finds them.</summary>
internal sealed class SampleOptions
{
    /// <summary>What data can be, for the help.</summary>
    internal const string Specs =
        "mnist, fashion-mnist, digits, a folder of IDX files or of a folder of pictures a class, a file (.csv, IDX, .npy, .npz, PNG, JPEG; with or without gzip), or - for standard input";

    private readonly Option<string[]> _data;
    private readonly Option<string?> _target = OptionRows.Text("--target", "NAME", "The column of a table that holds the labels (default: as in training)");
    private readonly Option<string?> _split = OptionRows.Text("--split", "NAME", "Which data set of a folder with several, such as letters of EMNIST");
    private readonly Option<string?> _names = OptionRows.Text(
        "--label-names", "NAMES", "What the classes are called: names with commas between, or a file with one a line (default: as in training)");

    internal SampleOptions(string note) =>
        _data = new Option<string[]>("--data")
        {
            HelpName = "SPEC",
            Description = $"{Specs}; {note}; repeat it for several files, or give a pattern such as 'part-*.csv' (default: the samples that judged the run)",
        };

    /// <summary>Adds the options to a command.</summary>
    internal void AddTo(Command command)
    {
        command.Add(_data);
        command.Add(_target);
        command.Add(_split);
        command.Add(_names);
    }

    /// <summary>What was named; null where nothing was.</summary>
    internal string? Spec(ParseResult parse) => parse.GetValue(_data) is { Length: > 0 } words ? DataSource.Join(words) : null;

    /// <summary>The column that was named.</summary>
    internal string? Target(ParseResult parse) => parse.GetValue(_target);

    /// <summary>Options with what was given on the command line.</summary>
    internal DataOptions Apply(ParseResult parse, DataOptions options) => options with
    {
        Target = parse.GetValue(_target),
        Split = parse.GetValue(_split),
        ClassNames = parse.GetValue(_names) is { } names ? LabelNames.Parse(names) : null,
    };
}
