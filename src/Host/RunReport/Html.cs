using System.Globalization;
using System.Net;
using System.Text;
using Gpu.Training.Files;

namespace Gpu.Host.RunReport;

/// <summary>A row of a table with a bar.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Share">How long the bar is, 0 to 1.</param>
/// <param name="Cells">What stands behind it.</param>
internal sealed record BarRow(string Name, double Share, string[] Cells);

/// <summary>The text of a page, piece by piece; what strangers wrote is escaped.</summary>
internal sealed class Html
{
    private readonly StringBuilder _text = new();
    private readonly List<(string Id, string Title)> _sections = [];

    /// <summary>The sections so far.</summary>
    internal IReadOnlyList<(string Id, string Title)> Sections => _sections;

    /// <summary>A text that means nothing to a browser or a terminal.</summary>
    internal static string Text(string text) => WebUtility.HtmlEncode(VisibleText.Of(text));

    /// <summary>Adds what is HTML already.</summary>
    internal Html Raw(string html)
    {
        _text.Append(html).Append('\n');
        return this;
    }

    /// <summary>Adds sections that were made apart.</summary>
    internal Html Add(Html part)
    {
        _text.Append(_sections.Count > 0 && part._sections.Count > 0 ? "</section>" : "").Append(part._text);
        _sections.AddRange(part._sections);
        return this;
    }

    /// <summary>Begins a section, which the navigation names.</summary>
    internal Html Section(string id, string title)
    {
        _text.Append(CultureInfo.InvariantCulture, $"{(_sections.Count > 0 ? "</section>" : "")}<section id={id}><h2>{Text(title)}</h2>\n");
        _sections.Add((id, title));
        return this;
    }

    /// <summary>A sentence.</summary>
    internal Html Paragraph(string text, string kind = "") => Raw($"<p{(kind.Length == 0 ? "" : $" class={kind}")}>{Text(text)}</p>");

    /// <summary>Short facts beside one another, each with its name.</summary>
    internal Html Facts(IEnumerable<(string Name, string Value)> facts)
    {
        _text.Append("<dl class=facts>").AppendJoin("", facts.Select(fact => $"<div{(fact.Value.Length > 40 ? " class=long" : "")}><dt>{Text(fact.Name)}<dd>{Text(fact.Value)}</div>")).Append("</dl>\n");
        return this;
    }

    /// <summary>A command to copy, and what it is for.</summary>
    /// <remarks>Each word is a piece for itself: a line breaks between them and not behind the first dash of an option.</remarks>
    internal Html Command(string purpose, string command) =>
        Raw($"<p>{Text(purpose)}: <code>{string.Join(' ', Text(command).Split(' ').Select(word => $"<span>{word}</span>"))}</code></p>");

    /// <summary>A table; columns whose title begins with '&gt;' hold numbers.</summary>
    internal Html Table(string[] titles, IEnumerable<string[]> rows)
    {
        string Kind(int column) => titles[column].StartsWith('>') ? " class=number" : "";
        _text.Append("<div class=wide><table><thead><tr>").AppendJoin("", titles.Select((title, c) => $"<th{Kind(c)}>{Text(title.TrimStart('>'))}")).Append("<tbody>");
        foreach (var row in rows)
        {
            _text.Append("<tr>").AppendJoin("", row.Select((cell, c) => $"<td{Kind(c)}>{Text(cell)}")).Append('\n');
        }

        _text.Append("</table></div>\n");
        return this;
    }

    /// <summary>A table with a bar in each row, behind the name; columns of numbers follow.</summary>
    internal Html Bars(string title, string[] titles, IEnumerable<BarRow> rows)
    {
        _text.Append(CultureInfo.InvariantCulture, $"<div class=wide><table class=bars><thead><tr><th>{Text(title)}<th>").AppendJoin("", titles.Select(one => $"<th class=number>{Text(one)}")).Append("<tbody>");
        foreach (var row in rows)
        {
            _text.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(row.Name)}<td><span style=\"--share:{row.Share:F3}\"></span>")
                .AppendJoin("", row.Cells.Select(cell => $"<td class=number>{Text(cell)}")).Append('\n');
        }

        _text.Append("</table></div>\n");
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => _text + (_sections.Count > 0 ? "</section>" : "");
}
