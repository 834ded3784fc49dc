using System.CommandLine;
using System.CommandLine.Help;
using Gpu.Host.Reports;

namespace Gpu.Host.CommandLine;

/// <summary>The help of a command as text: examples first, then usage, arguments, and options under headings where they have some.</summary>
/// <param name="command">The command.</param>
/// <param name="width">Columns of the page.</param>
internal sealed class HelpPage(Command command, int width)
{
    private const int Indent = 2;
    private const int LeastHelp = 24;

    private readonly List<string> _lines = [];

    /// <summary>The lines of the page.</summary>
    internal IReadOnlyList<string> Lines(IReadOnlyList<string> examples)
    {
        Section("Examples", examples.Select(example => (example, "")));
        Paragraph(0, command.Description ?? "");
        _lines.Add("");
        Paragraph(0, $"usage: {Usage()}");
        _lines.Add("");
        Section("Commands", command.Subcommands.Where(c => !c.Hidden).Select(c => (c.Name, c.Description ?? "")));
        Section("Arguments", command.Arguments.Select(argument => ($"{argument.HelpName ?? argument.Name}", argument.Description ?? "")));
        var options = command.Options.Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options.Where(option => option.Recursive))).Where(o => !o.Hidden).ToList();
        foreach (var group in options.OrderBy(option => OptionGroups.Order(option, command)).GroupBy(option => OptionGroups.Of(option, command)))
        {
            Section(group.Key, group.Select(option => (Name(option), option.Description ?? "")));
        }

        return _lines;
    }

    private string Usage()
    {
        var path = command is RootCommand ? "gpu" : $"gpu {command.Name}";
        var arguments = command.Arguments.Select(argument =>
            $"{(argument.Arity.MinimumNumberOfValues == 0 ? "[" : "")}{argument.Name}{(argument.Arity.MaximumNumberOfValues > 1 ? "..." : "")}{(argument.Arity.MinimumNumberOfValues == 0 ? "]" : "")}");
        return string.Join(' ', [path, .. command.Subcommands.Count > 0 ? ["COMMAND"] : Array.Empty<string>(), .. arguments, "[options]"]);
    }

    /// <summary>The names of an option, the one that is meant first, and what it takes.</summary>
    private static string Name(Option option)
    {
        string[] names = option is HelpOption ? ["--help", "-h"] : [option.Name, .. option.Aliases.Order(StringComparer.Ordinal)];
        var takes = option.Arity.MaximumNumberOfValues == 0 || option.HelpName is null ? "" : $" {option.HelpName}";
        return string.Join(", ", names) + takes;
    }

    /// <summary>Names with what they mean, in two columns; below one another where the page is narrow.</summary>
    private void Section(string title, IEnumerable<(string Name, string Help)> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0)
        {
            return;
        }

        _lines.Add($"{title}:");
        var column = Math.Min(all.Max(row => row.Name.Length), Math.Max(16, width / 3)) + Indent + 2;
        var isNarrow = width - column < LeastHelp;
        foreach (var (name, help) in all)
        {
            var isOwnLine = help.Length > 0 && (isNarrow || name.Length + Indent + 2 > column);
            if (help.Length == 0 || isOwnLine)
            {
                Paragraph(Indent, name);
            }

            if (help.Length > 0)
            {
                var start = isNarrow ? 2 * Indent : column;
                var first = _lines.Count;
                Paragraph(start, help);
                _lines[first] = isOwnLine ? _lines[first] : $"{new string(' ', Indent)}{name}".PadRight(start) + _lines[first][start..];
            }
        }

        _lines.Add("");
    }

    private void Paragraph(int indent, string text) =>
        _lines.AddRange(TextLines.Wrap(text, width - indent).Select(line => new string(' ', indent) + line));
}
