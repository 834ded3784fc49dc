using System.CommandLine;

namespace Gpu.Host.CommandLine;

/// <summary>The headings that the help of <c>gpu train</c> and <c>gpu sweep</c> puts its options under; options of other commands have one heading.</summary>
internal static class OptionGroups
{
    private const string Other = "Options";
    private static readonly string[] _grouped = ["train", "sweep"];

    private static readonly (string Title, string[] Options)[] _groups =
    [
        ("Data", ["--data", "--test-data", "--target", "--task", "--header", "--column", "--ignore", "--bins", "--embedding", "--split", "--label-names", "--validation", "--test", "--scale", "--augment", "--limit", "--shuffle", "--data-mode"]),
        ("Network", ["--hidden", "--activation", "--layers", "--output-activation", "--loss", "--head", "--init", "--bias-init", "--from"]),
        ("Learning",
            ["--epochs", "--lr", "--lr-schedule", "--lr-warmup", "--lr-final", "--batch-size", "--accumulate", "--optimizer", "--momentum", "--l2", "--weight-decay", "--clip-norm", "--clip-value", "--ema", "--on-nan", "--early-stop", "--eval-every",
                "--label-smoothing", "--class-weights", "--skip-correct-after"]),
        ("Run", ["--recipe", "--device", "--threads", "--seed", "--folds", "--seeds", "--trials", "--time", "--out", "--resume", "--force", "--checkpoint-every", "--keep"]),
        ("Output", ["--no-report", "--json", "--quiet", "--verbosity", "--help"]),
    ];

    /// <summary>The heading of an option.</summary>
    internal static string Of(Option option, Command command) =>
        !_grouped.Contains(command.Name) ? Other : _groups.FirstOrDefault(group => group.Options.Contains(option.Name)).Title ?? Other;

    /// <summary>The place of an option on the page: the order of the lists above.</summary>
    internal static int Order(Option option, Command command) =>
        !_grouped.Contains(command.Name) ? 0 : _groups.SelectMany(group => group.Options).ToList().IndexOf(option.Name) is >= 0 and var place ? place : int.MaxValue;
}
