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
        Assert.Equal(-1, recipe.BiasInit);
        Assert.Equal([128, 64], recipe.Hidden);
        Assert.Equal(new RateRange(0.5f, 1.1f), recipe.LearningRate);
    }

    [Theory]
    [InlineData("", "A command is missing")]
    [InlineData("trian", "did you mean 'train'?")]
    [InlineData("train --batchsize 3", "did you mean '--batch-size'?")]
    [InlineData("train --momentom=0.9", "did you mean '--momentum'?")]
    [InlineData("train --lr", "--lr")]
    [InlineData("train --lr 1 --lr 2", "--lr")]
    [InlineData("train extra", "Unknown argument 'extra' of 'gpu train'")]
    [InlineData("train --verbosity loud", "--verbosity: expected quiet, minimal, normal, detailed or diagnostic, found 'loud'")]
    [InlineData("eval --data d", "'gpu eval --help'")]
    [InlineData("eval m", "--data")]
    [InlineData("eval m --data d --worst -1", "--worst: expected a whole number of at least 1, found '-1'")]
    public void What_cannot_be_parsed_gives_one_sentence(string line, string expected)
    {
        var parse = GpuProgram.CreateRoot().Parse(line);
        Assert.NotEmpty(parse.Errors);
        var sentence = ParseErrors.Sentence(parse);
        Assert.Contains(expected, sentence, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', sentence);
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
