using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Gpu.Host.CommandLine;

/// <summary>
/// What a shell asks (<c>gpu [suggest:14] "gpu train --opt"</c>): the words that can stand at the place, one a line, and nothing where a file can,
/// so that the shell offers its files. The library's own answer has options in the place of files, and spellings of --help that nobody means.
/// </summary>
internal sealed class Suggestions(RootCommand root, SuggestDirective directive) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var line = parseResult.UnmatchedTokens is [.., var last] ? last : "";
        var asked = parseResult.GetResult(directive)?.Values is [var place, ..] && int.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number : line.Length;
        foreach (var word in At(line[..Math.Min(asked, line.Length)]))
        {
            parseResult.InvocationConfiguration.Output.WriteLine(word);
        }

        return ExitCodes.Done;
    }

    /// <summary>What can stand at the end of a line; its first word is the program, whatever it is called.</summary>
    internal IReadOnlyList<string> At(string line)
    {
        string[] words = [.. CommandLineParser.SplitCommandLine(line)];
        var begun = line.Length == 0 || char.IsWhiteSpace(line[^1]) ? "" : words[^1];
        var before = line[..^begun.Length];

        // A value goes on the word that it stands in: behind the name of its option, or behind the values before it.
        if (begun.StartsWith("--", StringComparison.Ordinal) && begun.IndexOf('=', StringComparison.Ordinal) is > 0 and var sign)
        {
            return Behind(begun[..(sign + 1)], At($"{before}{begun[..sign]} {begun[(sign + 1)..]}"));
        }

        if (begun.LastIndexOf(',') is >= 0 and var comma)
        {
            return words.Length > 1 && TakesList(Parse(line), words[^2]) ? Behind(begun[..(comma + 1)], At(before + begun[(comma + 1)..])) : [];
        }

        var parsed = Parse(line);
        var found = parsed.GetCompletions().Select(item => item.InsertText ?? item.Label).Where(word => word.StartsWith(begun, StringComparison.Ordinal)).ToList();
        var options = found.Where(word => word.StartsWith("--", StringComparison.Ordinal)).ToList();
        var values = found.Where(word => word.Length > 0 && word[0] is not ('-' or '/')).ToList();
        // Options stand in nobody's way: they are offered where they were begun, and where nothing else can stand.
        return begun.StartsWith('-') || (values.Count == 0 && parsed.CommandResult.Command.Arguments.Count == 0) ? [.. values, .. options] : values;
    }

    private ParseResult Parse(string line)
    {
        var behind = line.TrimStart();
        var program = behind.IndexOf(' ', StringComparison.Ordinal);
        return root.Parse(program < 0 ? "" : behind[program..]);
    }

    /// <summary>Whether an option takes several values with commas between: all do that a sweep tries, others where their placeholder says so.</summary>
    private static bool TakesList(ParseResult parsed, string option) => parsed.CommandResult.Command.Name == "sweep" || parsed.CommandResult.Command.Options
        .Any(one => (one.Name == option || one.Aliases.Contains(option)) && one.HelpName?.Contains("[,...]", StringComparison.Ordinal) == true);

    private static List<string> Behind(string head, IReadOnlyList<string> values) => [.. values.Where(value => !value.StartsWith('-')).Select(value => head + value)];
}
