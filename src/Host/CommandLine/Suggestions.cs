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
        var behind = line.TrimStart();
        var program = behind.IndexOf(' ', StringComparison.Ordinal);
        var parsed = root.Parse(program < 0 ? "" : behind[program..]);
        var found = parsed.GetCompletions().Select(item => item.InsertText ?? item.Label).Where(word => word.StartsWith(begun, StringComparison.Ordinal)).ToList();
        var options = found.Where(word => word.StartsWith("--", StringComparison.Ordinal)).ToList();
        var values = found.Where(word => word.Length > 0 && word[0] is not ('-' or '/')).ToList();
        // Options stand in nobody's way: they are offered where they were begun, and where nothing else can stand.
        return begun.StartsWith('-') || (values.Count == 0 && parsed.CommandResult.Command.Arguments.Count == 0) ? [.. values, .. options] : values;
    }
}
