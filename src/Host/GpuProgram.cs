using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using Gpu.Host.CommandLine;
using Gpu.Host.Commands;
using Gpu.Host.Reports;
using Gpu.Host.Streams;

namespace Gpu.Host;

/// <summary>The program: parse, run, and turn whatever goes wrong into one sentence and an exit code.</summary>
internal static class GpuProgram
{
    internal static int Run(string[] args)
    {
        StandardStreams.Guard();
        // Who says nothing is told what there is to say, and -v alone asks for the version.
        args = args is [] ? ["--help"] : args is ["-v"] ? ["--version"] : args;
        if (args is ["--version"])
        {
            return SayVersion();
        }

        var parse = CreateRoot().Parse(args, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (parse.Errors.Count > 0 && parse.Action is not { ClearsParseErrors: true })
        {
            Console.Error.WriteLine($"gpu: {ParseErrors.Sentence(parse)}");
            return ExitCodes.Usage;
        }

        try
        {
            // The commands take signals themselves: the library's own handler would end the process after 2 s.
            return parse.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception error)
        {
            Console.Error.WriteLine($"gpu: {ExitCodes.Sentence(error)}");
            if (CommonOptions.ReadVerbosity(parse) == Verbosity.Diagnostic)
            {
                Console.Error.WriteLine(error);
            }

            return ExitCodes.Of(error);
        }
    }

    /// <summary>Says the version without a look at the commands, whose many options take longer than the answer may.</summary>
    private static int SayVersion()
    {
        try
        {
            Console.Out.WriteLine(ProgramVersion.Text);
            return ExitCodes.Done;
        }
        catch (OutputException failure)
        {
            Console.Error.WriteLine($"gpu: {ExitCodes.Sentence(failure)}");
            return ExitCodes.Of(failure);
        }
    }

    internal static RootCommand CreateRoot()
    {
        var root = new RootCommand("Trains neural networks with compute kernels written in C#.")
        {
            TrainCommand.Create(),
            SweepCommand.Create(),
            EvalCommand.Create(),
            PredictCommand.Create(),
            DataCommand.Create(),
            ReportCommand.Create(),
            ExportCommand.Create(),
            RunsCommand.Create(),
            DevicesCommand.Create(),
            SummaryCommand.Create(),
            CheckCommand.Create(),
            BenchCommand.Create(),
            CompletionCommand.Create(),
            HelpCommand.CreateVersion(),
            CommonOptions.Quiet,
            CommonOptions.VerbosityOption,
        };
        root.Add(HelpCommand.Create(root));
        root.Options.OfType<HelpOption>().Single().Action = new HelpWithExamples();
        var suggest = root.Directives.OfType<SuggestDirective>().Single();
        suggest.Action = new Suggestions(root, suggest);
        return root;
    }
}
