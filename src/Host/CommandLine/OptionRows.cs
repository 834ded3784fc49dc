using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Gpu.Training.Checkpoints;

namespace Gpu.Host.CommandLine;

/// <summary>The kinds of options that belong to no recipe: each checks its own value, so that every error reads the same.</summary>
internal static class OptionRows
{
    /// <summary>An option whose value is any text.</summary>
    internal static Option<string?> Text(string name, string placeholder, string help) =>
        new(name) { HelpName = placeholder, Description = help };

    /// <summary>An option whose value is a whole number of at least 1, or another least one.</summary>
    internal static Option<int?> Count(string name, string placeholder, string help, int least = 1) =>
        new(name) { HelpName = placeholder, Description = help, CustomParser = result => ParseCount(result, name, least) };

    /// <summary>An option whose value is how often something is done: so many epochs, or <c>500steps</c>.</summary>
    internal static Option<CheckpointInterval?> Interval(string name, string placeholder, string help) =>
        new(name) { HelpName = placeholder, Description = help, CustomParser = result => ParseInterval(result, name) };

    /// <summary>An option whose value is a time: <c>90s</c>, <c>10m</c>, <c>2h</c>.</summary>
    internal static Option<TimeSpan?> Duration(string name, string placeholder, string help) =>
        new(name) { HelpName = placeholder, Description = help, CustomParser = result => ParseDuration(result, name) };

    /// <summary>An option whose value is one of a few words.</summary>
    internal static Option<string?> OneOf(string name, string placeholder, string help, params string[] words)
    {
        var option = new Option<string?>(name) { HelpName = placeholder, Description = help, CustomParser = result => ParseWord(result, name, words) };
        option.CompletionSources.Add(words);
        return option;
    }

    /// <summary>An option without a value.</summary>
    internal static Option<bool> Switch(string name, string help, params string[] aliases) => new(name, aliases) { Description = help };

    /// <summary>Makes an option one that must be given.</summary>
    internal static Option<T> Required<T>(Option<T> option)
    {
        option.Required = true;
        return option;
    }

    private static CheckpointInterval? ParseInterval(ArgumentResult result, string name)
    {
        var text = result.Tokens[0].Value;
        if (CheckpointInterval.TryParse(text, out var interval))
        {
            return interval;
        }

        result.AddError($"{name}: expected epochs such as 1, or steps such as 500steps, found '{text}'");
        return null;
    }

    private static TimeSpan? ParseDuration(ArgumentResult result, string name)
    {
        const int mostSeconds = 1_000_000;
        var text = result.Tokens[0].Value;
        var unit = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 0 };
        if (unit > 0 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= 1 && (long)count * unit <= mostSeconds)
        {
            return TimeSpan.FromSeconds((long)count * unit);
        }

        result.AddError($"{name}: expected a time such as 90s, 10m or 2h, at most {mostSeconds:N0}s, found '{text}'");
        return null;
    }

    private static int? ParseCount(ArgumentResult result, string name, int least)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least)
        {
            return value;
        }

        result.AddError($"{name}: expected a whole number of at least {least}, found '{text}'");
        return null;
    }

    private static string? ParseWord(ArgumentResult result, string name, string[] words)
    {
        var text = result.Tokens[0].Value;
        if (words.Contains(text))
        {
            return text;
        }

        result.AddError($"{name}: expected {string.Join(", ", words[..^1])} or {words[^1]}, found '{text}'");
        return null;
    }
}
