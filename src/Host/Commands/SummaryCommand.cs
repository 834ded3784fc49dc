using System.CommandLine;
using Gpu.Host.CommandLine;
using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Training;
using Gpu.Training.Layers;
using Gpu.Training.Loop;
using Gpu.Training.Networks;
using Gpu.Training.Recipes;

namespace Gpu.Host.Commands;

/// <summary><c>gpu summary</c>: layers, parameters and memory of a model file, or of a network that is only described.</summary>
internal sealed class SummaryCommand
{
    private static readonly string[] _keys = ["hidden", "activation", "layers", "output-activation", "loss", "optimizer", "momentum", "l2", "batch-size"];
    private readonly Argument<string?> _model = new("MODEL")
    {
        Description = "A model file, or the folder of a run",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly RecipeOptions _recipe = new(_keys);
    private readonly Option<string?> _inputs = OptionRows.Text("--inputs", "SIZE", "A sample without MODEL: numbers such as 784, or a picture such as 28x28x1 (default 28x28x1)");
    private readonly Option<int?> _classes = OptionRows.Count("--classes", "N", "Classes, without MODEL (default 10)");
    private readonly Option<bool> _json = CommonOptions.Json();

    internal static Command Create()
    {
        var summary = new SummaryCommand();
        var command = new Command("summary", "Shows layers, parameters and memory of a model, or of the network that --layers or --hidden describes.")
        {
            summary._model,
        };
        foreach (var option in summary._recipe.All)
        {
            command.Add(option);
        }

        command.Add(summary._inputs);
        command.Add(summary._classes);
        command.Add(summary._json);
        command.SetAction(summary.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        var settings = _recipe.Read(parse);
        var recipe = settings.ToRecipe();
        var shape = Shape(parse, settings, recipe);
        if (CommonOptions.OutputLine(parse, _json) is { } line)
        {
            WriteJson(line, shape, recipe);
        }
        else
        {
            WriteTable(shape, recipe);
        }

        return ExitCodes.Done;
    }

    private NetworkShape Shape(ParseResult parse, RecipeSettings settings, Recipe recipe)
    {
        var isDescribed = settings.Contains("hidden") || settings.Contains("layers");
        if (parse.GetValue(_model) is not { } model)
        {
            return isDescribed
                ? recipe.Shape(Input(parse), parse.GetValue(_classes) ?? 10)
                : throw TrainingException.BadUsage("gpu summary: expected a model file, --layers or --hidden, found none.");
        }

        return isDescribed
            ? throw TrainingException.BadUsage($"gpu summary: expected a model file or a network, found both ({model}): leave --layers and --hidden out.")
            : ModelPath.Load(model, Messages.OnStandardError(CommonOptions.ReadVerbosity(parse))).Shape;
    }

    private SampleSize Input(ParseResult parse)
    {
        var text = parse.GetValue(_inputs) ?? "28x28x1";
        return SampleSize.TryParse(text, out var size)
            ? size : throw TrainingException.BadUsage($"--inputs: expected numbers such as 784 or a picture such as 28x28x1, found \"{text}\".");
    }

    /// <summary>What a run takes on any device, with no more samples than a batch has.</summary>
    private static MemoryEstimate Estimate(NetworkShape shape, Recipe recipe) => MemoryEstimate.Of(
        null, shape, TrainerOptionsOf(recipe), new DataSizes(recipe.BatchSize, shape.Inputs, Density: 1));

    private static long TrainingBytes(NetworkShape shape, Recipe recipe)
    {
        var estimate = Estimate(shape, recipe);
        return estimate.DeviceBytes - estimate.Samples;
    }

    private static TrainerOptions TrainerOptionsOf(Recipe recipe) => new()
    {
        BatchSize = recipe.BatchSize,
        Optimizer = recipe.Optimizer,
        Momentum = recipe.Momentum,
        L2 = recipe.L2,
    };

    /// <summary>What a step keeps of a layer: outputs, their gradient, what backward asks for.</summary>
    private static long StepBytes(Layer layer, Recipe recipe)
    {
        var memory = layer.Memory(null, recipe.BatchSize);
        return sizeof(float) * ((2 * memory.Outputs) + memory.Kept);
    }

    private static void WriteTable(NetworkShape shape, Recipe recipe)
    {
        var columns = TextLines.InTerminal;
        Tables.Write(Console.Out, Table(shape, recipe), columns ?? int.MaxValue);
        Console.Out.WriteLine();
        void Say(string name, string what) => TextLines.Write(Console.Out, $"{name,-10}  {what}", columns, hang: 12);
        Say("input", $"{shape.Input}");
        Say("network", $"{shape}, loss {shape.Loss}");
        Say("parameters", $"{shape.ParameterCount:N0} ({shape.WeightCount:N0} weights, {shape.BiasCount:N0} biases), {Format.Bytes(Estimate(shape, recipe).Parameters)} as float32");
        Say("training", $"about {Format.Bytes(TrainingBytes(shape, recipe))} at batch size {recipe.BatchSize:N0}, data not counted");
    }

    /// <summary>A row for each layer.</summary>
    internal static TextTable Table(NetworkShape shape, Recipe recipe)
    {
        var table = new TextTable("layer", ">output", ">parameters", ">multiply-adds", ">memory");
        foreach (var (index, layer) in shape.Layers.Index())
        {
            table.Add($"{index + 1} {layer.Words}", $"{layer.Output}", $"{layer.ParameterCount:N0}", $"{layer.MultiplyAdds:N0}", Format.Bytes(StepBytes(layer, recipe)));
        }

        return table;
    }

    private static void WriteJson(JsonLine line, NetworkShape shape, Recipe recipe) => line.Write(json =>
    {
        json.WriteString("network", shape.ToString());
        json.WriteString("loss", shape.Loss.ToString());
        json.WriteNumber("parameters", shape.ParameterCount);
        json.WriteNumber("weights", shape.WeightCount);
        json.WriteNumber("biases", shape.BiasCount);
        json.WriteNumber("parameter_bytes", Estimate(shape, recipe).Parameters);
        json.WriteNumber("training_bytes", TrainingBytes(shape, recipe));
        json.WriteNumber("batch_size", recipe.BatchSize);
        json.WriteStartArray("layers");
        foreach (var layer in shape.Layers)
        {
            json.WriteStartObject();
            json.WriteString("layer", layer.Words);
            json.WriteNumber("inputs", layer.Inputs);
            json.WriteNumber("outputs", layer.Outputs);
            json.WriteString("output_size", layer.Output.ToString());
            json.WriteString("activation", NetworkNames.Of(layer.Activation));
            json.WriteNumber("parameters", layer.ParameterCount);
            json.WriteNumber("multiply_adds", layer.MultiplyAdds);
            json.WriteNumber("step_bytes", StepBytes(layer, recipe));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
