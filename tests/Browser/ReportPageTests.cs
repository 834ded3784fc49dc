namespace Gpu.Browser.Tests;

/// <summary>The report of a run as a person sees it: in a real browser, from disk, without a network.</summary>
public class ReportPageTests(ChromiumFixture browser) : IClassFixture<ChromiumFixture>
{
    /// <summary>Charts that a page has in any case; up to four more show layers by epochs, where there was time to measure some.</summary>
    private const int Charts = 12, MostMore = 4;

    private string Digits => browser.Run("digits", "--data", "digits", "--limit", "6000", "--hidden", "64", "--epochs", "4", "--validation", "0.1");

    [Theory]
    [InlineData(1280, false)]
    [InlineData(1280, true)]
    [InlineData(390, false)]
    [InlineData(390, true)]
    public async Task Charts_are_there_on_any_screen_and_nothing_stands_out_of_the_page(int width, bool isDark)
    {
        await using var page = await browser.Open(Path.Combine(Digits, "report.html"), width, isDark);
        var charts = await page.Page.Locator("figure.chart svg").AllAsync();
        Assert.InRange(charts.Count, Charts, Charts + MostMore);
        foreach (var chart in charts)
        {
            var (figure, drawn) = ((await chart.BoundingBoxAsync())!, await chart.Locator("path, polyline, rect, line, polygon, circle, ellipse").CountAsync());
            Assert.True(figure.Width > 300 && figure.Height > 150 && figure.X >= 0 && figure.X + figure.Width <= width, $"{figure.X} {figure.Width} {figure.Height}");
            Assert.True(drawn > 5, $"{drawn} shapes");
        }

        // Labels of the axes lie on the figure's card.
        Assert.Equal(0, await page.Page.EvaluateAsync<int>(
            """
            () => [...document.querySelectorAll('figure.chart text')].filter(text => {
              const [mine, card] = [text.getBoundingClientRect(), text.closest('figure').getBoundingClientRect()];
              return mine.left < card.left || mine.right > card.right || mine.bottom > card.bottom;
            }).length
            """));
        Assert.Equal(width, await page.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.True(await Contrast(page) > 4.5, "text on the cards of charts can be read");
    }

    [Fact]
    public async Task A_chart_is_saved_as_a_file_with_its_colours_its_title_and_its_keys()
    {
        await using var page = await browser.Open(Path.Combine(Digits, "report.html"), isDark: true);
        var chart = page.Page.Locator("figure.chart", new() { HasText = "loss" }).First;
        var download = await page.Page.RunAndWaitForDownloadAsync(() => chart.Locator("button.save").ClickAsync());
        Assert.Equal("loss.svg", download.SuggestedFilename);
        await download.SaveAsAsync(browser["loss.svg"]);
        var drawing = System.Xml.Linq.XDocument.Parse(await File.ReadAllTextAsync(browser["loss.svg"], TestContext.Current.CancellationToken));
        Assert.Equal("http://www.w3.org/2000/svg", drawing.Root!.Name.NamespaceName);
        Assert.DoesNotContain("var(", drawing.ToString(), StringComparison.Ordinal);
        Assert.Contains("#1e2226", drawing.Root.Attribute("style")!.Value, StringComparison.Ordinal);
        var texts = drawing.Descendants().Where(element => element.Name.LocalName == "text").Select(text => text.Value).ToList();
        Assert.Contains("loss", texts);
        Assert.Contains("validation", texts);
        Assert.Contains("epoch", texts);
    }

    [Fact]
    public async Task A_cell_of_the_matrix_opens_its_samples()
    {
        await using var page = await browser.Open(Path.Combine(Digits, "report.html"));
        Assert.False(await page.Page.Locator("#gallery").IsVisibleAsync());
        await page.Page.Locator("td[data-label='3'][data-answer='3'] button").ClickAsync();
        Assert.Equal(8, await page.Page.Locator("#gallery figure").CountAsync());

        var wrong = page.Page.Locator(".confusion td.wrong").First;
        var count = await wrong.InnerTextAsync();
        await wrong.Locator("button").ClickAsync();
        var figures = page.Page.Locator("#gallery figure");
        var shown = await figures.CountAsync();
        Assert.InRange(shown, 1, int.Parse(count, System.Globalization.CultureInfo.InvariantCulture));
        Assert.EndsWith($": {shown} of {count} samples", await page.Page.Locator("#gallery p").InnerTextAsync(), StringComparison.Ordinal);
        var (label, answer) = (await wrong.GetAttributeAsync("data-label"), await wrong.GetAttributeAsync("data-answer"));
        Assert.All(await figures.AllInnerTextsAsync(), text => Assert.Matches($@"#\d+: {label} \([\d.]+%\), answered {answer} \([\d.]+%\)", text));
        Assert.True(await figures.First.Locator("img").EvaluateAsync<int>("image => image.naturalWidth") == 28);
        Assert.Equal(1, await page.Page.Locator(".confusion td.open").CountAsync());

        // Every cell has at least one to show.
        foreach (var cell in await page.Page.Locator(".confusion td.wrong button").AllAsync())
        {
            await cell.ClickAsync();
            Assert.NotEqual(0, await figures.CountAsync());
        }
    }

    [Fact]
    public async Task Mistakes_weights_and_links_are_there()
    {
        await using var page = await browser.Open(Path.Combine(Digits, "report.html"));
        Assert.Equal(64, await page.Page.Locator(".weights img").CountAsync());
        Assert.True(await page.Page.Locator("#mistake-list figure").CountAsync() > 5);
        foreach (var link in await page.Page.Locator("nav a").AllAsync())
        {
            Assert.Equal(1, await page.Page.Locator($"section{await link.GetAttributeAsync("href")}").CountAsync());
        }
    }

    [Theory]
    [InlineData("kind", Charts, 1280)]
    [InlineData("kind", Charts, 390)]
    [InlineData("price", Charts + 1, 1280)]
    [InlineData("price", Charts + 1, 390)]
    public async Task Tables_of_classes_and_of_quantities_have_theirs(string target, int charts, int width)
    {
        if (!File.Exists(browser["table.csv"]))
        {
            await File.WriteAllLinesAsync(browser["table.csv"], ["number,length,colour,price,kind", .. Enumerable.Range(1, 400).Select(i =>
                $"{i},{(i % 11 == 3 ? "" : $"{i * 37 % 101 / 10.0}")},{(i % 3 == 0 ? "dark grey with a very long name" : "blue")},{(i * 37 % 101) + (i % 3 * 12) + (i % 7)}.25,{(i * 37 % 101 > 60 ? "long" : i % 3 == 0 ? "grey" : "other")}")],
                TestContext.Current.CancellationToken);
        }

        var run = browser.Run(target, "--data", browser["table.csv"], "--target", target, "--ignore", target == "kind" ? "price" : "kind", "--epochs", "20");
        await using var page = await browser.Open(Path.Combine(run, "report.html"), width, isDark: width == 390);
        Assert.InRange(await page.Page.Locator("figure.chart svg").CountAsync(), charts, charts + MostMore);
        Assert.Equal(width, await page.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Equal(4, await page.Page.Locator("#data tbody tr").CountAsync());
        Assert.True(await page.Page.Locator("#mistakes tbody tr").CountAsync() > 0);
        Assert.Equal(target == "kind" ? 1 : 0, await page.Page.Locator("table.confusion").CountAsync());
        foreach (var link in await page.Page.Locator("nav a").AllAsync())
        {
            Assert.Equal(1, await page.Page.Locator($"section{await link.GetAttributeAsync("href")}").CountAsync());
        }
    }

    [Fact]
    public async Task Several_runs_stand_beside_one_another()
    {
        var other = browser.Run("other", "--data", "digits", "--limit", "2000", "--hidden", "16", "--lr", "0.02", "--epochs", "2", "--validation", "0.1");
        var comparison = browser["comparison.html"];
        browser.Gpu("report", Digits, other, "--out", comparison);
        await using var page = await browser.Open(comparison, isDark: true);
        Assert.Equal(3, await page.Page.Locator("figure.chart svg").CountAsync());
        Assert.Equal(3, await page.Page.Locator("#leaderboard tbody tr").CountAsync());
        Assert.Contains("baseline: the largest class alone", await page.Page.Locator("#leaderboard tbody tr").Last.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("0.02", await page.Page.Locator("#settings").InnerTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public void With_MNIST_it_has_less_than_a_megabyte()
    {
        Assert.SkipWhen(ChromiumFixture.Mnist is null, "needs MNIST");
        var run = browser.Run("mnist", "--data", ChromiumFixture.Mnist!, "--hidden", "128", "--epochs", "3");
        Assert.InRange(new FileInfo(Path.Combine(run, "report.html")).Length, 600_000, 999_999);
    }

    /// <summary>How much lighter or darker the text of charts is than their paper (WCAG 2.1, contrast ratio).</summary>
    private static Task<double> Contrast(OpenPage page) => page.Page.EvaluateAsync<double>(
        """
        () => {
          const light = color => color.match(/[\d.]+/g).slice(0, 3).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
          const text = document.querySelector('figure.chart svg text');
          const [a, b] = [light(getComputedStyle(text).fill), light(getComputedStyle(text.closest('figure')).backgroundColor)];
          return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        }
        """);
}
