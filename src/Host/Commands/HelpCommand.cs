using System.CommandLine;
using Gpu.Host.Reports;

namespace Gpu.Host.Commands;

/// <summary><c>gpu help</c> and <c>gpu version</c>: what <c>--help</c> and <c>--version</c> print, for those who ask in words.</summary>
internal static class HelpCommand
{
    internal const string Name = "help";

    internal static Command Create(RootCommand root)
    {
        var topic = new Argument<string?>("COMMAND") { Description = "The command to explain", Arity = ArgumentArity.ZeroOrOne };
        topic.CompletionSources.Add(_ => root.Subcommands.Select(command => new System.CommandLine.Completions.CompletionItem(command.Name)));
        topic.Validators.Add(result =>
        {
            if (result.Tokens is [var word, ..] && root.Subcommands.All(command => command.Name != word.Value))
            {
                result.AddError($"Unknown command '{word.Value}'");
            }
        });
        var help = new Command(Name, "Explains a command, as 'gpu COMMAND --help' does.") { topic };
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
