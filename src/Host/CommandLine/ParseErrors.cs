using System.CommandLine;
using System.CommandLine.Parsing;
using Gpu.Host.Commands;
using Gpu.Training.Recipes;

namespace Gpu.Host.CommandLine;

/// <summary>Turns what the parser did not understand into one sentence that says what to do.</summary>
internal static class ParseErrors
{
    internal static string Sentence(ParseResult parse)
    {
        var command = parse.CommandResult.Command;
        var path = command is RootCommand ? "gpu" : $"gpu {command.Name}";
        // The first of several: one mistake often leaves words behind that are none.
        if (parse.UnmatchedTokens.Count > 0 || Swallowed(parse.CommandResult) is not null)
        {
            var unknown = parse.UnmatchedTokens.FirstOrDefault(IsOption) ?? Swallowed(parse.CommandResult) ?? parse.UnmatchedTokens[0];
            return Unknown(command, path, unknown.Split('=')[0]);
        }

        if (command.Name == HelpCommand.Name && parse.CommandResult.Children.OfType<ArgumentResult>().SelectMany(topic => topic.Tokens).FirstOrDefault() is { } topic)
        {
            // Answered as the command itself would be.
            return Unknown(parse.RootCommandResult.Command, "gpu", topic.Value);
        }

        return command is RootCommand
            ? $"A command is missing: expected one of {string.Join(", ", command.Subcommands.Select(c => c.Name))}; "
                + "'gpu --help' describes them."
            : $"{parse.Errors[0].Message.TrimEnd('.')}; '{path} --help' shows what is expected.";
    }

    /// <summary>Refuses words that look like options among the values of an option that takes several.</summary>
    internal static void RequireNoOption(OptionResult result)
    {
        if (result.Tokens.FirstOrDefault(token => IsOption(token.Value)) is { } swallowed)
        {
            result.AddError($"{result.Option.Name}: expected values, found {swallowed.Value}");
        }
    }

    /// <summary>The first such word.</summary>
    private static string? Swallowed(CommandResult command) => command.Children.OfType<OptionResult>()
        .Where(result => result.Option.AllowMultipleArgumentsPerToken).SelectMany(result => result.Tokens).FirstOrDefault(token => IsOption(token.Value))?.Value;

    private static string Unknown(Command command, string path, string word)
    {
        var kind = IsOption(word) ? "option" : command is RootCommand ? "command" : "argument";
        string[] known = kind switch
        {
            "option" => [.. command.Options.Concat(Inherited(command)).Select(option => option.Name)],
            "command" => [.. command.Subcommands.Select(c => c.Name)],
            _ => [],
        };
        var place = command is RootCommand ? "" : $" of '{path}'";
        if (kind == "option" && Absent(command, word) is { } answer)
        {
            return $"{path} {word}: {answer}";
        }

        var near = kind == "option" && RecipeKeys.OtherNames.TryGetValue(word.TrimStart('-'), out var key) && known.Contains($"--{key}")
            ? $"--{key}"
            : Nearest.To(word, known);
        var hint = near is null ? ":" : $": did you mean '{near}'?";
        return $"Unknown {kind} '{word}'{place}{hint} '{path} --help' lists all there are.";
    }

    /// <summary>What to say of an option that other trainers have, and this one has not, or has elsewhere.</summary>
    private static string? Absent(Command command, string word) => (command.Name, word.TrimStart('-')) switch
    {
        ("train" or "summary", "dropout") =>
            "dropout is a layer: --layers \"dense 128 relu, dropout 0.5\" names it behind the layer whose outputs are dropped.",
        ("train", "gpu" or "cuda" or "opencl" or "cpu") => $"a device is named by --device {word.TrimStart('-')}.",
        ("train", "output") => "the folder of a run is named by --out.",
        _ => null,
    };

    private static IEnumerable<Option> Inherited(Command command) =>
        command.Parents.OfType<Command>().SelectMany(parent => parent.Options.Where(option => option.Recursive));

    private static bool IsOption(string word) => word.StartsWith('-') && word.Length > 1;
}
