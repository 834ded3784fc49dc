using System.CommandLine;
using Gpu.Host.Reports;
using Gpu.Training.Recipes;

namespace Gpu.Host.Commands;

/// <summary><c>gpu help</c> and <c>gpu version</c>: what <c>--help</c> and <c>--version</c> print, for those who ask in words.</summary>
internal static class HelpCommand
{
    internal static Command Create(RootCommand root)
    {
        var topic = new Argument<string?>("COMMAND") { Description = "The command to explain", Arity = ArgumentArity.ZeroOrOne };
        topic.CompletionSources.Add(_ => root.Subcommands.Select(command => new System.CommandLine.Completions.CompletionItem(command.Name)));
        topic.Validators.Add(result =>
        {
            if (result.Tokens is [var word, ..] && root.Subcommands.All(command => command.Name != word.Value))
            {
                var near = Nearest.To(word.Value, root.Subcommands.Select(command => command.Name));
                result.AddError($"Expected a command, found '{word.Value}'{(near is null ? "" : $": did you mean '{near}'?")}");
            }
        });
        var help = new Command("help", "Explains a command, as 'gpu COMMAND --help' does.") { topic };
        help.SetAction(parse => root.Parse(parse.GetValue(topic) is { } name ? [name, "--help"] : ["--help"]).Invoke(parse.InvocationConfiguration));
        return help;
    }

    internal static Command CreateVersion()
    {
        var version = new Command("version", "Prints the version of the program.");
        version.SetAction(parse => parse.InvocationConfiguration.Output.WriteLine(ProgramVersion.Text));
        return version;
    }
}
