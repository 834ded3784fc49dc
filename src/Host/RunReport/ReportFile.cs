using System.Text;
using Gpu.Host.Reports;
using Gpu.Host.Runs;
using Gpu.Training.Files;

namespace Gpu.Host.RunReport;

/// <summary>Writes pages: one file each, with style, script and numbers in it, which needs no network.</summary>
internal static class ReportFile
{
    /// <summary>How every page begins, and the numbers of one: what tells them from files of others.</summary>
    internal const string PageStart = "<!doctype html>\n<!-- written by gpu, ", NumbersStart = "{\n  \"program\": \"gpu ";

    /// <summary>Seconds after which the page of a run that goes on is loaded anew.</summary>
    private const int Refresh = 5;

    /// <summary>Writes the page of one run, and its numbers beside it once the run is over; returns the page's path.</summary>
    internal static string WriteRun(RunView run, string path)
    {
        var (page, numbers) = Make(run);
        Save(path, page);
        if (numbers is not null)
        {
            Save(Path.ChangeExtension(path, ".json"), numbers);
        }

        return path;
    }

    /// <summary>The text of the page of one run, and of its numbers once the run is over: the two halves of a page are made side by side.</summary>
    internal static (string Page, string? Numbers) Make(RunView run)
    {
        var numbers = Task.Run(() => (PageData.Write(run, forPage: true), run.IsRunning ? null : PageData.Write(run, forPage: false) + "\n"));
        var page = new Html();
        RunPage.Write(page, run);
        var (within, beside) = numbers.GetAwaiter().GetResult();
        return (Page($"{Path.GetFileName(Path.GetFullPath(run.Folder))}: {run.Score}", page, within, run.IsRunning), beside);
    }

    /// <summary>Writes a comparison of several runs.</summary>
    internal static string WriteComparison(IReadOnlyList<RunScore> runs, string path)
    {
        var page = new Html();
        ComparisonPage.Write(page, runs);
        Save(path, Page($"{runs.Count:N0} runs", page, "{}"));
        return path;
    }

    private static string Page(string title, Html body, string numbers, bool isRunning = false)
    {
        var navigation = string.Concat(body.Sections.Select(section => $"<a href=\"#{section.Id}\">{Html.Text(section.Title)}</a>"));

        // A name must not end the script that holds the numbers: the encoder writes < as an escape.
        return $"""
            {PageStart}{ProgramVersion.Text} -->
            <html lang=en>
            <head>
            <meta charset=utf-8>
            <meta name=viewport content="width=device-width, initial-scale=1">
            <meta name=color-scheme content="light dark">
            <meta http-equiv=Content-Security-Policy content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
            {(isRunning ? $"<meta http-equiv=refresh content={Refresh}>" : "")}
            <title>{Html.Text(title)}</title>
            <style>{Resource("report.css")}</style>
            </head>
            <body>
            <header><h1>{Html.Text(title)}</h1></header>
            <nav aria-label=sections>{navigation}</nav>
            <main>
            {body}
            </main>
            <footer>gpu {ProgramVersion.Text}</footer>
            <script type="application/json" id=numbers>{numbers}</script>
            <script>'use strict';
            {Resource("network.js")}{Resource("fitting.js")}{Resource("report.js")}</script>
            </body>
            </html>

            """;
    }

    private static string Resource(string name)
    {
        using var stream = typeof(ReportFile).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not in the program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static void Save(string path, string text) => AtomicFile.Replace(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
}
