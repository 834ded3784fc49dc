using System.CommandLine;
using System.CommandLine.Invocation;
using Gpu.Host.Reports;

namespace Gpu.Host.CommandLine;

/// <summary>The help of a command: 79 columns where it is not shown on a terminal, and examples to begin with.</summary>
internal sealed class HelpWithExamples : SynchronousCommandLineAction
{
    private static readonly Dictionary<string, string[]> _examples = new()
    {
        ["gpu"] = ["gpu train", "gpu train --help", "gpu data people.csv", "gpu predict runs/digits seven.png"],
        ["train"] =
        [
            "gpu train",
            "gpu train --data mnist --hidden 128 --epochs 20 --lr 0.1 --batch-size 32",
            "gpu train --recipe c --data train.csv --out runs/c",
            "gpu train --data people.csv --target income --folds 5",
        ],
        ["sweep"] = ["gpu sweep people.csv --target income --lr 0.001,0.01 --hidden 30,128,64x64", "gpu sweep mnist --lr 0.03,0.1,0.3 --batch-size 16,64 --epochs 5 --trials 4 --time 10m"],
        ["eval"] = ["gpu eval runs/c", "gpu eval runs/c --data mnist --worst 6"],
        ["predict"] = ["gpu predict runs/c seven.png photos/", "gpu predict runs/c --data test.csv --format kaggle > submission.csv", "gpu predict runs/c --limit 10"],
        ["data"] = ["gpu data people.csv --target income", "gpu data house-prices.csv --target price --ignore street,remarks", "gpu data mnist --augment rotate:15,elastic:36/5.5 --sheet sheet.png"],
        ["report"] = ["gpu report runs/c", "gpu report runs/a runs/b --out both.html"],
        ["export"] = ["gpu export runs/c digits.onnx", "gpu export runs/c weights.npz", "gpu train --from weights.npz --lr 0.01"],
        ["runs"] = ["gpu runs", "gpu runs experiments --json"],
        ["summary"] = ["gpu summary runs/c", "gpu summary --hidden 128,64"],
        ["check"] = ["gpu check --device opencl", "gpu check --only matmul"],
        ["bench"] = ["gpu bench --device cpu", "gpu bench --only matmul", "gpu bench --only start --device opencl"],
    };

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var command = parseResult.CommandResult.Command;
        var examples = _examples.GetValueOrDefault(command is RootCommand ? "gpu" : command.Name, []);
        foreach (var line in new HelpPage(command, TextLines.Columns).Lines(examples))
        {
            parseResult.InvocationConfiguration.Output.WriteLine(line);
        }

        return ExitCodes.Done;
    }
}
