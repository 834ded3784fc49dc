using System.CommandLine;
using Gpu.Training;
using Gpu.Training.Data;

namespace Gpu.Host.CommandLine;

/// <summary>The options by which a command that answers samples finds them.</summary>
internal sealed class SampleOptions
{
    /// <summary>What data can be, for the help.</summary>
    internal const string Specs =
        "mnist, fashion-mnist, digits, a folder of IDX files or of a folder of pictures a class, a file (.csv, .parquet, IDX, .npy, .npz, PNG, JPEG; with or without gzip), or - for standard input";

    private readonly Option<string[]> _data;
    private readonly Option<string?> _target = OptionRows.Text("--target", "NAME", "The column of a table that holds the labels (default: as in training)");
    private readonly Option<string?> _split = OptionRows.Text("--split", "NAME", "Which data set of a folder with several, such as letters of EMNIST");
    private readonly Option<string?> _names = OptionRows.Text(
        "--label-names", "NAMES", "What the classes are called: names with commas between, or a file with one a line (default: as in training)");

    private readonly Option<string?> _header = OptionRows.OneOf(
        "--header", "WORD", "Whether the first row of a table holds names, where a model of tables answers: yes or no (default: found out)", "yes", "no");

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
        command.Add(_header);
    }

    /// <summary>The options that go for tables of columns alone.</summary>
    internal IEnumerable<Option<string?>> ForTables => [_header];

    /// <summary>The options that go for samples of bytes alone.</summary>
    internal IEnumerable<Option<string?>> ForBytes => [_split, _names];

    /// <summary>All that go with data that is named.</summary>
    internal IEnumerable<Option<string?>> ForData => [_target, .. ForTables, .. ForBytes];

    /// <summary>Refuses options that would change nothing.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="options">The options.</param>
    /// <param name="why">Why they would not, to go behind the name of one.</param>
    /// <exception cref="TrainingException">One was given.</exception>
    internal static void Refuse(ParseResult parse, IEnumerable<Option<string?>> options, string why)
    {
        if (options.FirstOrDefault(option => parse.GetValue(option) is not null) is { } given)
        {
            throw TrainingException.BadUsage($"{given.Name} {why}: leave it out.");
        }
    }

    /// <summary>What was named; null where nothing was.</summary>
    internal string? Spec(ParseResult parse) => parse.GetValue(_data) is { Length: > 0 } words ? DataSource.Join(words) : null;

    /// <summary>How a table of columns is read.</summary>
    internal TableOptions Table(ParseResult parse) => new()
    {
        Target = parse.GetValue(_target),
        Header = parse.GetValue(_header) is { } word ? word == "yes" : null,
    };

    /// <summary>Options with what was given on the command line.</summary>
    internal DataOptions Apply(ParseResult parse, DataOptions options) => options with
    {
        Target = parse.GetValue(_target),
        Split = parse.GetValue(_split),
        ClassNames = parse.GetValue(_names) is { } names ? LabelNames.Parse(names) : null,
    };
}
