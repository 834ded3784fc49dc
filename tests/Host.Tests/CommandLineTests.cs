using System.CommandLine;
using Gpu.Host.CommandLine;
using Gpu.Kernels.Devices;
using Gpu.Training;
using Gpu.Training.Recipes;

namespace Gpu.Host.Tests;

public class CommandLineTests
{
    [Fact]
    public void Every_setting_of_a_recipe_that_can_be_asked_for_is_an_option() =>
        Assert.Equal(RecipeKeys.All.Select(key => key.Name).Where(name => name is not ("note" or "began-in")).Order(), RecipeOptions.Keys.Order());

    [Fact]
    public void Options_reach_the_recipe_even_with_a_leading_minus()
    {
        var options = new RecipeOptions();
        var command = new RootCommand();
        options.All.ToList().ForEach(command.Add);
        var recipe = options.Read(command.Parse(["--bias-init", "-1", "--hidden=128,64", "--lr", "0.5..1.1"])).ToRecipe();
        Assert.Equal(Training.Networks.WeightDistribution.Constant(-1), recipe.BiasInit);
        Assert.Equal([128, 64], recipe.Hidden);
        Assert.Equal(new RateRange(0.5f, 1.1f), recipe.LearningRate);
    }

    [Theory]
    [InlineData("", "A command is missing")]
    [InlineData("trian", "did you mean 'train'?")]
    [InlineData("train --batchsize 3", "did you mean '--batch-size'?")]
    [InlineData("train --momentom=0.9", "did you mean '--momentum'?")]
    [InlineData("train --dropout 0.2", "gpu train --dropout: dropout is a layer: --layers \"dense 128 relu, dropout 0.5\"")]
    [InlineData("train --units 30", "did you mean '--hidden'?")]
    [InlineData("train --batch 30", "did you mean '--batch-size'?")]
    [InlineData("train --xyzzy", "Unknown option '--xyzzy' of 'gpu train': 'gpu train --help' lists")]
    [InlineData("frobnicate", "Unknown command 'frobnicate': 'gpu --help' lists")]
    [InlineData("help trian", "Unknown command 'trian': did you mean 'train'? 'gpu --help' lists all there are.")]
    [InlineData("completion tcsh", "Expected bash, zsh, fish or pwsh, found 'tcsh'")]
    [InlineData("train --lr", "--lr")]
    [InlineData("train --lr 1 --lr 2", "--lr")]
    [InlineData("train extra", "Unknown argument 'extra' of 'gpu train'")]
    [InlineData("train --verbosity loud", "--verbosity: expected quiet, minimal, normal, detailed or diagnostic, found 'loud'")]
    [InlineData("eval --data d", "'gpu eval --help'")]
    [InlineData("predict m --index 0", "--index: expected numbers from 1 on, such as 7 or 1,5,100-120, found '0'")]
    [InlineData("eval m --data d --worst -1", "--worst: expected a whole number of at least 1, found '-1'")]
    public void What_cannot_be_parsed_gives_one_sentence(string line, string expected)
    {
        var parse = GpuProgram.CreateRoot().Parse(line);
        Assert.NotEmpty(parse.Errors);
        var sentence = ParseErrors.Sentence(parse);
        Assert.Contains(expected, sentence, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', sentence);
    }

    [Theory]
    [InlineData("")]
    [InlineData("help")]
    [InlineData("--help")]
    [InlineData("-h")]
    public void Help_is_given_however_it_is_asked_for(string line)
    {
        using var folder = new TestFolder();
        var result = GpuProcess.Run(folder.Path, line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("Examples:", result.Lines[0]);
        Assert.Contains(result.Lines, text => text.StartsWith("  train ", StringComparison.Ordinal));
        Assert.All(result.Lines, text => Assert.True(text.Length < 80, text));
    }

    [Theory]
    [InlineData("version")]
    [InlineData("--version")]
    [InlineData("-v")]
    public void The_version_is_told_however_it_is_asked_for(string line)
    {
        using var folder = new TestFolder();
        Assert.Equal("0.1.0\n", GpuProcess.Run(folder.Path, line).Output);
    }

    [Fact]
    public void Every_option_of_train_stands_once_under_a_heading()
    {
        var train = GpuProgram.CreateRoot().Subcommands.Single(command => command.Name == "train");
        string[] lines = [.. new HelpPage(train, 79).Lines(["gpu train"])];
        Assert.Equal(["Examples:", "Data:", "Network:", "Learning:", "Run:", "Output:"], lines.Where(line => line.EndsWith(':') && !line.StartsWith(' ')));
        Assert.All(train.Options, option => Assert.Single(lines, line => line.StartsWith($"  {option.Name} ", StringComparison.Ordinal) || line.StartsWith($"  {option.Name},", StringComparison.Ordinal) || line == $"  {option.Name}"));
    }

    [Theory]
    [InlineData(39)]
    [InlineData(79)]
    [InlineData(150)]
    public void Help_keeps_to_its_width(int width) => Assert.All(GpuProgram.CreateRoot().Subcommands, command =>
        Assert.All(new HelpPage(command, width).Lines([]), line => Assert.True(line.Length <= width || !line.Trim().Contains(' '), line)));

    [Fact]
    public void The_learning_rate_has_its_long_name_too()
    {
        var options = new RecipeOptions();
        var command = new RootCommand();
        options.All.ToList().ForEach(command.Add);
        Assert.Equal(new RateRange(0.5f), options.Read(command.Parse(["--learning-rate", "0.5"])).ToRecipe().LearningRate);
    }

    [Fact]
    public void A_shell_is_told_what_can_come_next()
    {
        using var folder = new TestFolder();
        Assert.Contains("sigmoid", GpuProcess.Run(folder.Path, "[suggest:24]", "gpu train --activation s").Lines);
        Assert.Contains("b-mended", GpuProcess.Run(folder.Path, "[suggest:21]", "gpu train --recipe b-").Lines);
        Assert.Contains("complete -o bashdefault", GpuProcess.Run(folder.Path, "completion", "bash").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gpu tr", "train")]
    [InlineData("publish/gpu tr", "train")]
    [InlineData("gpu train --opt", "--optimizer")]
    [InlineData("gpu train --optimizer ada", "adagrad adam adamw")]
    [InlineData("gpu completion ", "bash fish pwsh zsh")]
    [InlineData("gpu runs --j", "--json")]
    // A value goes on the word that it stands in.
    [InlineData("gpu train --optimizer=ada", "--optimizer=adagrad --optimizer=adam --optimizer=adamw")]
    [InlineData("gpu train --activation relu,sig", "relu,sigmoid")]
    [InlineData("gpu train --activation=relu,sig", "--activation=relu,sigmoid")]
    [InlineData("gpu sweep mnist --optimizer sgd,adag", "sgd,adagrad")]
    [InlineData("gpu train --optimizer sgd,ada", "")]
    // Files are the shell's.
    [InlineData("gpu predict model ", "")]
    [InlineData("gpu predict model se", "")]
    [InlineData("gpu train --data ", "")]
    public void A_shell_is_told_what_can_stand_at_a_place(string line, string expected)
    {
        using var folder = new TestFolder();
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), GpuProcess.Run(folder.Path, $"[suggest:{line.Length}]", line).Lines);
    }

    [Fact]
    public void A_shell_is_offered_options_where_nothing_else_can_stand()
    {
        using var folder = new TestFolder();
        var found = GpuProcess.Run(folder.Path, "[suggest:10]", "gpu train ").Lines;
        Assert.Contains("--epochs", found);
        Assert.DoesNotContain(found, word => !word.StartsWith("--", StringComparison.Ordinal));
    }

    [Fact]
    public void Each_kind_of_error_has_its_exit_code()
    {
        Assert.Equal(2, ExitCodes.Of(TrainingException.BadUsage("x")));
        Assert.Equal(3, ExitCodes.Of(TrainingException.BadData("x")));
        Assert.Equal(4, ExitCodes.Of(new DeviceException("x")));
        Assert.Equal(5, ExitCodes.Of(new OutOfDeviceMemoryException("x")));
        Assert.Equal(5, ExitCodes.Of(new InsufficientMemoryException("x")));
        Assert.Equal(6, ExitCodes.Of(new TrainingException(Failure.Diverged, "x")));
        Assert.Equal(7, ExitCodes.Of(TrainingException.BadModelFile("x")));
        Assert.Equal(1, ExitCodes.Of(new TrainingException(Failure.Disk, "x")));
        Assert.Equal(1, ExitCodes.Of(new InvalidOperationException("x")));
        Assert.Equal(3, ExitCodes.Of(new AggregateException(TrainingException.BadData("x"))));
    }

    [Fact]
    public void A_message_of_several_lines_becomes_one() =>
        Assert.Equal("Reading or writing failed: no space (left)", ExitCodes.Sentence(new IOException("no space\n  (left)")));
}
