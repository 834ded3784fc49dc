using Microsoft.Playwright;

namespace Gpu.Browser.Tests;

/// <summary>A browser that the tests of a class share, and folders with runs that are trained when first asked for.</summary>
public sealed class ChromiumFixture : IAsyncLifetime
{
    private const string BrowserVariable = "GPU_TEST_BROWSER";
    private readonly TestFolder _folder = new();
    private readonly Dictionary<string, string> _runs = [];
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>The folder of real MNIST; null where there is none.</summary>
    internal static string? Mnist
    {
        get
        {
            var data = Environment.GetEnvironmentVariable("GPU_TEST_DATA") ?? Path.Combine(AppContext.BaseDirectory, "../../../../../../shared/data");
            return Directory.Exists(Path.Combine(data, "mnist")) ? Path.GetFullPath(Path.Combine(data, "mnist")) : null;
        }
    }

    /// <summary>A place for what a test writes.</summary>
    internal string this[string name] => _folder[name];

    public async ValueTask InitializeAsync()
    {
        var path = Environment.GetEnvironmentVariable(BrowserVariable);
        if (path is null)
        {
            return;
        }

        _playwright = await Playwright.CreateAsync();

        // Nothing of the browser's own may call home, or a test of what the page asks for would see it.
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = path,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        await (_browser?.DisposeAsync() ?? ValueTask.CompletedTask);
        _playwright?.Dispose();
        _folder.Dispose();
    }

    /// <summary>A run with its report, trained and written when first asked for.</summary>
    internal string Run(string name, params string[] settings)
    {
        Require();
        if (!_runs.TryGetValue(name, out var run))
        {
            _runs.Add(name, run = _folder[name]);
            Gpu(["train", "--seed", "1", "--out", run, "--quiet", .. settings]);
            Gpu("report", run);
        }

        return run;
    }

    /// <summary>Runs the program; what it printed.</summary>
    internal GpuResult Gpu(params string[] arguments)
    {
        var result = GpuProcess.Run(_folder.Path, arguments);
        Assert.True(result.ExitCode == 0, result.Error);
        return result;
    }

    /// <summary>Opens a page from disk, as a person would who was sent the file.</summary>
    internal async Task<OpenPage> Open(string path, int width = 1280, bool isDark = false)
    {
        Require();
        var page = await _browser!.NewPageAsync(new()
        {
            ViewportSize = new() { Width = width, Height = 900 },
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
        });
        var opened = new OpenPage(page);
        await page.GotoAsync(new Uri(path).AbsoluteUri);
        return opened;
    }

    /// <summary>Ends a test where there is no browser.</summary>
    private void Require() =>
        Assert.SkipWhen(_browser is null, $"needs a browser: {BrowserVariable} names none (tests/find-browser finds or installs one)");
}

/// <summary>An open page, and what it did that it must not do.</summary>
internal sealed class OpenPage : IAsyncDisposable
{
    private readonly List<string> _complaints = [];

    internal OpenPage(IPage page)
    {
        Page = page;
        page.Console += (_, message) => _complaints.Add($"console: {message.Text}");
        page.PageError += (_, error) => _complaints.Add($"error: {error}");
        page.Request += (_, request) =>
        {
            // What a page makes itself, pictures and files to save, comes from nowhere else.
            if (!request.Url.StartsWith("file:", StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal))
            {
                _complaints.Add($"request: {request.Url}");
            }
            else if (request.Url.StartsWith("file:", StringComparison.Ordinal) && !request.IsNavigationRequest)
            {
                _complaints.Add($"another file: {request.Url}");
            }
        };
    }

    internal IPage Page { get; }

    /// <summary>Closes it; nothing was said on its console, and nothing was asked for but the page itself.</summary>
    public async ValueTask DisposeAsync()
    {
        await Page.CloseAsync();
        Assert.Empty(_complaints);
    }
}
