using System.CommandLine;
using Gpu.Host.Reports;
using Gpu.Host.Streams;

namespace Gpu.Host.CommandLine;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    internal static Option<bool> Quiet { get; } = Recursive(OptionRows.Switch("--quiet", "Say nothing but results and errors", "-q"));

    internal static Option<string?> VerbosityOption { get; } = Recursive(OptionRows.OneOf(
        "--verbosity", "LEVEL", "quiet, minimal, normal, detailed or diagnostic: how much is said on standard error (default normal)",
        [.. Enum.GetNames<Verbosity>().Select(name => name.ToLowerInvariant())]));

    internal static Argument<string> Model() => new("MODEL") { Description = "A model file, a checkpoint, or the folder of a run" };

    internal static Option<bool> Json() => OptionRows.Switch("--json", "Print one JSON object a line on standard output, and nothing else there");

    /// <summary>Where the results go as JSON lines; null where they are not asked for so.</summary>
    internal static JsonLine? OutputLine(ParseResult parse, Option<bool> json) =>
        parse.GetValue(json) ? new JsonLine(StandardStreams.OpenOutput()) : null;

    internal static Verbosity ReadVerbosity(ParseResult parse)
    {
        // Also asked for when parsing went wrong, so a missing value must not throw.
        var asked = parse.GetResult(VerbosityOption)?.Tokens is [var token, ..] ? token.Value : null;
        return Enum.TryParse<Verbosity>(asked, ignoreCase: true, out var verbosity) ? verbosity
            : parse.GetResult(Quiet) is { Implicit: false } ? Verbosity.Quiet
            : Verbosity.Normal;
    }

    private static Option<T> Recursive<T>(Option<T> option)
    {
        option.Recursive = true;
        return option;
    }
}
