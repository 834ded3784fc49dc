using System.Globalization;
using System.Text.Json;

namespace Gpu.Browser.Tests;

/// <summary>The field to draw in: the page's own network and its way with drawings say what the program says.</summary>
public class DrawingTests(ChromiumFixture browser) : IClassFixture<ChromiumFixture>
{
    private const double Bound = 1e-5;

    [Fact]
    public async Task Ten_drawn_digits_are_answered_right_and_as_the_program_answers_a_picture_of_them()
    {
        Assert.SkipWhen(ChromiumFixture.Mnist is null, "needs MNIST");
        var run = browser.Run("mnist", "--data", ChromiumFixture.Mnist!, "--hidden", "128", "--epochs", "8");
        Directory.CreateDirectory(browser["drawn"]);
        await using var page = await browser.Open(Path.Combine(run, "report.html"));
        var probabilities = new List<double[]>();
        for (var digit = 0; digit < 10; digit++)
        {
            await Draw(page, digit);
            Assert.Equal(digit.ToString(CultureInfo.InvariantCulture), await page.Page.Locator("#bars").GetAttributeAsync("data-answer"));
            probabilities.Add(JsonSerializer.Deserialize<double[]>((await page.Page.Locator("#bars").GetAttributeAsync("data-probabilities"))!)!);
            var picture = await page.Page.EvaluateAsync<string>("document.getElementById('board').toDataURL('image/png')");
            await File.WriteAllBytesAsync(browser[$"drawn/{digit}.png"], Convert.FromBase64String(picture.Split(',')[1]), TestContext.Current.CancellationToken);
        }

        var answers = browser.Gpu("predict", run, browser["drawn"], "--format", "json", "--quiet").Lines;
        Assert.Equal(10, answers.Length);
        Assert.All(answers.Zip(probabilities), pair => AssertEqual(pair.First, pair.Second));
    }

    [Theory]
    [InlineData("dense 24 relu, dense 16 sigmoid, dense 12 tanh", "cross-entropy")]
    [InlineData("conv 5x5x4 gelu, max-pool 2, batch-norm, conv 3x3x6 stride 2 padding 1 mish, avg-pool 2, dense 16 selu", "cross-entropy")]
    [InlineData("conv 3x4x3 stride 2x1 padding 1x2 silu, max-pool 3 stride 2 padding 1, elu, global-avg-pool, dropout 0.3, softplus", "binary-cross-entropy")]
    [InlineData("flatten, batch-norm, dense 20 leaky-relu, dense 20 scaled-tanh, dense 20 gelu-tanh", "mse")]
    [InlineData("conv 3x3x4 stride 2, leaky-relu 0.2, softmax, layer-norm, dense 16 relu", "cross-entropy")]
    public async Task Each_kind_of_layer_and_each_activation_answers_as_the_program_does(string layers, string loss)
    {
        var run = browser.Run(layers, "--data", "digits", "--limit", "600", "--layers", layers, "--loss", loss, "--epochs", "2", "--optimizer", "adam", "--lr", "0.01");
        var answers = browser.Gpu("predict", run, "--limit", "25", "--format", "json", "--quiet").Lines;
        var samples = Training.Data.Digits.Test(25);
        await using var page = await browser.Open(Path.Combine(run, "report.html"));
        for (var i = 0; i < answers.Length; i++)
        {
            var bytes = samples.Sample(i).ToArray().Select(value => (int)value).ToArray();
            AssertEqual(answers[i], await page.Page.EvaluateAsync<double[]>("bytes => [...probabilitiesOf(numbers.network, bytes)]", bytes));
        }
    }

    [Fact]
    public async Task A_field_that_is_cleared_says_nothing_and_a_tap_draws()
    {
        var run = browser.Run("small", "--data", "digits", "--limit", "600", "--hidden", "16", "--epochs", "1");
        await using var page = await browser.Open(Path.Combine(run, "report.html"), width: 390);
        var bars = page.Page.Locator("#bars");
        Assert.Equal("", await bars.GetAttributeAsync("data-answer"));
        await Draw(page, 1);
        Assert.NotEqual("", await bars.GetAttributeAsync("data-answer"));
        await page.Page.Locator("#clear").ClickAsync();
        Assert.Equal("", await bars.GetAttributeAsync("data-answer"));
        await page.Page.Locator("#board").ClickAsync();
        await NextPicture(page);
        Assert.NotEqual("", await bars.GetAttributeAsync("data-answer"));
    }

    /// <summary>Draws a digit with the mouse, as large as a person would.</summary>
    private static async Task Draw(OpenPage page, int digit)
    {
        await page.Page.Locator("#clear").ClickAsync();
        var board = page.Page.Locator("#board");
        await board.ScrollIntoViewIfNeededAsync();
        var box = (await board.BoundingBoxAsync())!;
        foreach (var line in DrawnDigits.Lines(digit))
        {
            var points = line.Select(point => ((float)(box.X + (box.Width * (0.3 + (0.4 * point.X)))), (float)(box.Y + (box.Height * (0.2 + (0.6 * point.Y)))))).ToList();
            await page.Page.Mouse.MoveAsync(points[0].Item1, points[0].Item2);
            await page.Page.Mouse.DownAsync();
            // The lines are finer than a mouse reports them.
            foreach (var (x, y) in points.Skip(1).Where((_, i) => i % 4 == 3 || i == points.Count - 2))
            {
                await page.Page.Mouse.MoveAsync(x, y);
            }

            await page.Page.Mouse.UpAsync();
        }

        await NextPicture(page);
    }

    /// <summary>Answers come with the next picture of the screen.</summary>
    private static async Task NextPicture(OpenPage page) =>
        await page.Page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");

    private static void AssertEqual(string answer, double[] probabilities)
    {
        using var json = JsonDocument.Parse(answer);
        var expected = json.RootElement.GetProperty("probabilities").EnumerateArray().Select(value => value.GetDouble()).ToArray();
        Assert.Equal(expected.Length, probabilities.Length);
        var largest = expected.Zip(probabilities).Max(pair => Math.Abs(pair.First - pair.Second));
        Assert.True(largest <= Bound, $"{answer}: the page says {string.Join(", ", probabilities)}");
    }
}
