using System.Text.Json;
using System.Text.RegularExpressions;

namespace Gpu.Host.Tests;

public partial class ReportTests(DigitModels models) : IClassFixture<DigitModels>
{
    /// <summary>Charts that a page has in any case; up to four more follow measurements of the layers, of which there are as many as there is time for.</summary>
    private const int LeastCharts = 12;

    [Fact]
    public void A_run_becomes_one_file_that_needs_no_network_with_its_numbers_beside_it()
    {
        var run = models.Of("digits", "--limit", "6000");
        using var folder = new TestFolder();
        var page = folder["page.html"];
        var result = GpuProcess.Run(folder.Path, "report", run, "--out", page);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal($"report: {page}\n", result.Output);

        var text = File.ReadAllText(page);
        Assert.True(text.Length < 1_000_000, $"{text.Length:N0} characters");
        Assert.DoesNotMatch(Elsewhere(), text);
        Assert.InRange(Svg().Count(text), LeastCharts, LeastCharts + 4);
        Assert.All(Svg().Matches(text), chart => Assert.DoesNotContain("rgb(", chart.Value, StringComparison.Ordinal));

        // A curve has the colour of its place, and the layers have theirs.
        Assert.Contains("<b>loss</b><span class=key style=\"--key:var(--series0)\">train</span><span class=key style=\"--key:var(--series1)\">test</span>", text, StringComparison.Ordinal);
        Assert.All(Regex.Matches(text, "--key:var\\(--series([0-9])\\)\">layer ([0-9])<"), key => Assert.Equal(int.Parse(key.Groups[1].Value) + 1, int.Parse(key.Groups[2].Value)));

        // Learning rates have more decimals than places on a screen.
        Assert.Contains(">0.05<", text, StringComparison.Ordinal);

        using var numbers = JsonDocument.Parse(File.ReadAllText(folder["page.json"]));
        using var eval = JsonDocument.Parse(GpuProcess.Run(folder.Path, "eval", run, "--json").Output);
        Assert.Equal(eval.RootElement.GetProperty("accuracy").GetDouble(), numbers.RootElement.GetProperty("accuracy").GetDouble());
        Assert.Equal(eval.RootElement.GetProperty("confusion").ToString(), string.Concat(numbers.RootElement.GetProperty("confusion").ToString().Where(c => !char.IsWhiteSpace(c))));
    }

    [Theory]
    [InlineData("conv 5x5x4 relu, max-pool 2, batch-norm, dense 16 gelu, dropout 0.2", true)]
    [InlineData("conv 1x5x4 relu, global-avg-pool", true)]
    [InlineData("dense 700", false)]
    public void Networks_of_any_layers_become_one_and_small_ones_a_field_to_draw_in(string layers, bool canDraw)
    {
        using var folder = new TestFolder();
        var train = GpuProcess.Run(folder.Path, "train", "--data", "digits", "--limit", "500", "--layers", layers, "--epochs", "1", "--out", "run");
        Assert.True(train.ExitCode == 0, train.Error);
        var result = GpuProcess.Run(folder.Path, "report", "run");
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal(canDraw, File.ReadAllText(folder["run/report.html"]).Contains("<canvas id=board", StringComparison.Ordinal));
    }

    [Fact]
    public void It_judges_the_model_that_the_run_leaves()
    {
        // Averages this slow are far from the weights themselves.
        using var folder = new TestFolder();
        var train = GpuProcess.Run(folder.Path, "train", "--data", "digits", "--limit", "500", "--epochs", "2", "--ema", "0.99", "--out", "run");
        Assert.True(train.ExitCode == 0, train.Error);
        AssertJudgedAsByEval(folder);
        var result = GpuProcess.Run(folder.Path, "report", "run");
        Assert.True(result.ExitCode == 0, result.Error);
        AssertJudgedAsByEval(folder);
    }

    [Fact]
    public void Epochs_without_an_evaluation_leave_gaps_and_the_best_epoch_is_judged_where_it_is_left()
    {
        using var folder = new TestFolder();
        File.WriteAllLines(folder["t.csv"], ["label,a,b", .. Enumerable.Range(0, 60).Select(i => $"{(i % 3 == 0 ? "yes" : "no")},{i % 7}.5,{i}")]);
        var train = GpuProcess.Run(folder.Path, "train", "--data", "t.csv", "--validation", "0.3", "--test", "0.2", "--epochs", "20", "--eval-every", "4", "--lr", "0.5", "--out", "run");
        Assert.True(train.ExitCode == 0, train.Error);
        AssertJudgedAsByEval(folder);
        Assert.Contains("of the test samples right", File.ReadAllText(folder["run/report.html"]), StringComparison.Ordinal);
        using var numbers = JsonDocument.Parse(File.ReadAllText(folder["run/report.json"]));
        var losses = numbers.RootElement.GetProperty("epochs_by_column").GetProperty("validation_loss").EnumerateArray().Select(value => value.ValueKind);
        Assert.Equal(5, losses.Count(kind => kind == JsonValueKind.Number));
        Assert.Equal(20, losses.Count());
        Assert.Contains("20 of 20", GpuProcess.Run(folder.Path, "runs", ".").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_columns_are_worth_is_shown_as_eval_has_it()
    {
        using var folder = new TestFolder();
        File.WriteAllLines(folder["t.csv"], ["kind,noise,colour,size", .. Enumerable.Range(0, 400).Select(i =>
            $"{(i * 37 % 101 > 50 ? "large" : i % 3 == 0 ? "red" : "other")},{i * 7919 % 97},{(i % 3 == 0 ? "red" : "blue")},{i * 37 % 101}")]);
        var train = GpuProcess.Run(folder.Path, "train", "--data", "t.csv", "--target", "kind", "--test", "0.3", "--epochs", "60", "--out", "run");
        Assert.True(train.ExitCode == 0, train.Error);
        var eval = GpuProcess.Run(folder.Path, "eval", "run", "--importance", "--json");
        using var expected = JsonDocument.Parse(eval.Lines[^1]);
        using var numbers = JsonDocument.Parse(File.ReadAllText(folder["run/report.json"]));
        var (theirs, ours) = (expected.RootElement.GetProperty("columns").EnumerateArray().ToList(), numbers.RootElement.GetProperty("importance").EnumerateArray().ToList());
        Assert.Equal(["size", "colour", "noise"], ours.Select(column => column.GetProperty("column").GetString()));
        Assert.All(theirs.Zip(ours), pair => Assert.Equal(pair.First.ToString(), JsonSerializer.Serialize(pair.Second)));
        Assert.Equal(120, numbers.RootElement.GetProperty("importance_rows").GetInt32());
        var text = File.ReadAllText(folder["run/report.html"]);
        Assert.Contains("<h2>Importance</h2>", text, StringComparison.Ordinal);
        Assert.Contains("<tr><td>size<td><span style=\"--share:1.000\">", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_the_time_went_is_kept_and_counts_on_when_a_run_goes_on()
    {
        using var folder = new TestFolder();
        Dictionary<string, double> Seconds()
        {
            var text = File.ReadAllText(folder["run/report.html"]);
            Assert.Contains("<h2>Time</h2>", text, StringComparison.Ordinal);
            using var numbers = JsonDocument.Parse(File.ReadAllText(folder["run/report.json"]));
            var seconds = numbers.RootElement.GetProperty("seconds").EnumerateObject().ToDictionary(part => part.Name, part => part.Value.GetDouble());
            var lines = File.ReadAllLines(folder["run/times.csv"]);
            Assert.Equal("part,seconds", lines[0]);
            var step = numbers.RootElement.GetProperty("step").EnumerateArray().ToList();
            string[] parts = [.. step.Select(part => part.GetProperty("part").GetString()!)];
            Assert.Equal(lines.Skip(1).Select(line => line.Split(',')[0]), seconds.Keys.Concat(parts.Select(part => $"step {part}")));

            // What trains is in there, whatever is one launch, and none of it takes as long as all training.
            Assert.All(new[] { "gather", "forward", "loss", "backward", "update" }, work => Assert.Contains(parts, part => part.Contains(work, StringComparison.Ordinal)));
            Assert.Equal(1, step.Sum(part => part.GetProperty("share").GetDouble()), 1e-9);
            Assert.All(step, part => Assert.InRange(part.GetProperty("seconds").GetDouble(), 1e-9, seconds["training"] / 8));
            Assert.All(parts, part => Assert.Contains($"<tr><td>{part}<td><span", text, StringComparison.Ordinal));
            return seconds;
        }

        Assert.Equal(0, GpuProcess.Run(folder.Path, "train", "--data", "digits", "--limit", "3000", "--epochs", "2", "--validation", "0.1", "--out", "run").ExitCode);
        var first = Seconds();
        Assert.Equal(["data", "preparation", "training", "evaluation", "writing", "page"], first.Keys);
        Assert.All(first, part => Assert.True(part.Value > 0, part.ToString()));
        Assert.Equal(0, GpuProcess.Run(folder.Path, "train", "--resume", "run", "--epochs", "4").ExitCode);
        var second = Seconds();
        Assert.All(first, part => Assert.True(second[part.Key] > part.Value, $"{part}: {second[part.Key]}"));
        var page = File.ReadAllText(folder["run/report.html"]);
        Assert.Equal(0, GpuProcess.Run(folder.Path, "report", "run").ExitCode);
        Assert.Equal(page, File.ReadAllText(folder["run/report.html"]));
    }

    [Fact]
    public void The_rehearsal_goes_through_all_sections_of_a_page()
    {
        var run = models.Of("digits", "--limit", "6000");
        using var folder = new TestFolder();
        Assert.Equal(0, GpuProcess.Run(folder.Path, "report", run, "--out", folder["page.html"]).ExitCode);
        static IEnumerable<string> Sections(string page) => Regex.Matches(page, "<h2>(.*?)</h2>").Select(title => title.Groups[1].Value);
        var (rehearsed, numbers) = RunReport.PageRehearsal.Make();
        Assert.Equal(Sections(File.ReadAllText(folder["page.html"])), Sections(rehearsed));
        using var json = JsonDocument.Parse(numbers!);
        Assert.Equal(60, json.RootElement.GetProperty("samples").GetInt32());
    }

    private static void AssertJudgedAsByEval(TestFolder folder)
    {
        using var numbers = JsonDocument.Parse(File.ReadAllText(folder["run/report.json"]));
        using var eval = JsonDocument.Parse(GpuProcess.Run(folder.Path, "eval", "run", "--json").Output);
        Assert.Equal(eval.RootElement.GetProperty("accuracy").GetDouble(), numbers.RootElement.GetProperty("accuracy").GetDouble());
    }

    [Fact]
    public void A_table_becomes_one_without_pictures_and_names_are_text()
    {
        using var folder = new TestFolder();
        File.WriteAllLines(folder["t.csv"], ["label,a,b", .. Enumerable.Range(0, 60).Select(i => $"{(i % 2 == 0 ? "<i>even</i>" : "odd")},{i % 2 * 200},{i}")]);
        var train = GpuProcess.Run(folder.Path, "train", "--data", "t.csv", "--validation", "0.3", "--epochs", "3", "--out", "run");
        Assert.True(train.ExitCode == 0, train.Error);
        var result = GpuProcess.Run(folder.Path, "report", "run");
        Assert.True(result.ExitCode == 0, result.Error);
        var text = File.ReadAllText(folder["run/report.html"]);
        Assert.Contains("&lt;i&gt;even&lt;/i&gt;", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<i>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", text, StringComparison.Ordinal);
        Assert.Contains("of the validation samples right", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_are_measured_without_a_bit_of_the_training_changing_and_one_that_never_fires_is_told_of()
    {
        using var folder = new TestFolder();
        GpuResult Train(string run, params string[] more) =>
            GpuProcess.Run(folder.Path, ["train", "--data", "digits", "--limit", "2000", "--epochs", "3", "--seed", "5", "--out", run, .. more]);
        const string layers = "dense 24 relu, batch-norm, dropout 0.3, dense 12 tanh";
        Assert.DoesNotContain("never fires", Train("with", "--layers", layers).Error, StringComparison.Ordinal);
        Assert.Equal(0, Train("without", "--layers", layers, "--no-report").ExitCode);
        Assert.Equal(File.ReadAllBytes(folder["without/model.safetensors"]), File.ReadAllBytes(folder["with/model.safetensors"]));
        Assert.False(File.Exists(folder["without/layers.csv"]));
        var rows = File.ReadAllLines(folder["with/layers.csv"]);
        Assert.Equal("epoch,layer,dead,saturated,output,gradient,update,forward_seconds,backward_seconds", rows[0]);
        Assert.All(rows.Skip(1), row => Assert.All(row.Split(',').Skip(7), seconds => Assert.True(double.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture) > 0, row)));
        Assert.Equal(["1,1", "1,2", "1,4", "1,5"], rows[1..5].Select(row => string.Join(',', row.Split(',').Take(2))));
        Assert.Contains("<h2>Layers</h2>", File.ReadAllText(folder["with/report.html"]), StringComparison.Ordinal);

        // Biases so far below 0 that no sum of a first epoch is above it.
        var dead = Train("dead", "--layers", "dense 24 relu", "--bias-init", "-100", "--lr", "0.001");
        Assert.Contains("warning: layer 1 never fires: all of its 24 units say the same to every sample; a ReLU that is never above 0 learns no more: try --activation leaky-relu", dead.Error, StringComparison.Ordinal);
        Assert.Contains("100.0% of layer 1 never fires", File.ReadAllText(folder["dead/report.html"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_of_classes_shows_its_columns_and_the_rows_that_were_answered_wrong()
    {
        using var folder = new TestFolder();
        File.WriteAllLines(folder["t.csv"], ["id,size,colour,kind", .. Enumerable.Range(0, 200).Select(i =>
            $"{i},{(i % 10 == 3 ? "" : i * 7 % 50)},{(i % 4 == 0 ? "red" : "blue")},{(i % 4 == 0 || i == 50 ? "yes" : "no")}")]);
        var train = GpuProcess.Run(folder.Path, "train", "--data", "t.csv", "--target", "kind", "--epochs", "60", "--lr", "0.02", "--out", "run");
        Assert.True(train.ExitCode == 0, train.Error);
        var text = File.ReadAllText(folder["run/report.html"]);
        Assert.Contains("<tr><td>id<td><td class=number><td class=number>0<td>left out", text, StringComparison.Ordinal);
        var missing = Regex.Match(text, "<tr><td>size<td>number<td class=number>([0-9]+)<td class=number>[0-9]+<td>.*flag");
        Assert.InRange(int.Parse(missing.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), 10, 20);
        Assert.Contains("<tr><td>colour<td>category<td class=number>0<td class=number>2<td>one-hot of 2", text, StringComparison.Ordinal);
        AssertOrder(text, "<tr><td>id<td>", "<tr><td>size<td>number", "<tr><td>colour<td>category");
        Assert.Contains("<h2>Last hidden layer</h2>", text, StringComparison.Ordinal);

        // Two classes have a ROC curve.
        Assert.Contains("<h2>ROC</h2>", text, StringComparison.Ordinal);
        Assert.Contains("aria-label=\"share of &#39;yes&#39; answered right\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_quantity_becomes_one_with_answers_beside_what_is_true_and_the_worst_rows_by_their_numbers()
    {
        using var folder = new TestFolder();

        // Row 77 is a slip of somebody's pen.
        File.WriteAllLines(folder["t.csv"], ["x,<b>,price", .. Enumerable.Range(1, 300).Select(i => $"{i % 17},{i % 5},{(i == 77 ? 9000 : (100 * (i % 17)) + (i % 5))}.5")]);
        var train = GpuProcess.Run(folder.Path, "train", "--data", "t.csv", "--target", "price", "--test", "0.2", "--epochs", "5", "--seed", "3", "--out", "run");
        Assert.True(train.ExitCode == 0, train.Error);
        foreach (var again in new[] { false, true })
        {
            Assert.True(!again || GpuProcess.Run(folder.Path, "report", "run").ExitCode == 0);
            var text = File.ReadAllText(folder["run/report.html"]);
            Assert.Contains(" on the test samples</p>", text, StringComparison.Ordinal);
            Assert.InRange(Svg().Count(text), LeastCharts + 1, LeastCharts + 5);
            Assert.DoesNotContain("<b>,", text, StringComparison.Ordinal);
            using var numbers = JsonDocument.Parse(File.ReadAllText(folder["run/report.json"]));
            using var eval = JsonDocument.Parse(GpuProcess.Run(folder.Path, "eval", "run", "--worst", "1", "--json").Output);
            Assert.Equal(eval.RootElement.GetProperty("rmse").GetDouble(), numbers.RootElement.GetProperty("rmse").GetDouble());
            Assert.Equal(eval.RootElement.GetProperty("r2").GetDouble(), numbers.RootElement.GetProperty("score").GetProperty("r2").GetDouble());
            var worst = eval.RootElement.GetProperty("worst")[0].GetProperty("row").GetInt32();
            Assert.Contains($"<th class=number>residual<tbody><tr><td class=number>{worst}<td", text, StringComparison.Ordinal);
        }

        Assert.Contains("<h2>Leaderboard</h2>", Compare(folder, "run", "run"), StringComparison.Ordinal);
    }

    private static string Compare(TestFolder folder, params string[] runs)
    {
        var result = GpuProcess.Run(folder.Path, ["report", .. runs]);
        Assert.True(result.ExitCode == 0, result.Error);
        return File.ReadAllText(folder["comparison.html"]);
    }

    [Fact]
    public void A_run_leaves_its_page_unless_told_not_to_and_replaces_none_but_its_own()
    {
        using var folder = new TestFolder();
        GpuResult Train(params string[] more) => GpuProcess.Run(folder.Path, ["train", "--data", "digits", "--limit", "300", "--epochs", "2", "--out", "run", .. more]);
        var first = Train();
        Assert.EndsWith("report: run/report.html\n", first.Error, StringComparison.Ordinal);
        var page = File.ReadAllText(folder["run/report.html"]);
        Assert.DoesNotContain("http-equiv=refresh", page, StringComparison.Ordinal);
        Assert.Contains("<canvas id=board", page, StringComparison.Ordinal);
        Assert.Equal(0, GpuProcess.Run(folder.Path, "report", "run").ExitCode);
        Assert.Equal(page, File.ReadAllText(folder["run/report.html"]));

        Assert.Equal(0, Train("--no-report", "--force").ExitCode);
        Assert.False(File.Exists(folder["run/report.html"]) || File.Exists(folder["run/report.json"]));

        File.WriteAllText(folder["run/report.html"], "mine");
        foreach (var refused in new[] { Train("--force"), GpuProcess.Run(folder.Path, "report", "run") })
        {
            Assert.Equal(2, refused.ExitCode);
            Assert.Contains("run/report.html, which another program wrote", refused.Error, StringComparison.Ordinal);
        }

        Assert.Equal("mine", File.ReadAllText(folder["run/report.html"]));
    }

    [Fact]
    public void While_a_run_goes_on_its_page_shows_what_there_is_and_is_loaded_anew()
    {
        using var folder = new TestFolder();
        using var process = GpuProcess.Start(folder.Path, "train", "--data", "digits", "--limit", "1000", "--epochs", "1000000", "--out", "run", "--quiet");
        var page = folder["run/report.html"];
        Assert.True(SpinWait.SpinUntil(() => File.Exists(page) || process.HasExited, TimeSpan.FromMinutes(1)));
        var open = File.ReadAllText(page);
        Assert.Contains("<meta http-equiv=refresh content=5>", open, StringComparison.Ordinal);
        Assert.Contains("The run goes on", open, StringComparison.Ordinal);
        Assert.EndsWith("</html>\n", open, StringComparison.Ordinal);
        Assert.True(Svg().Count(open) >= 5);
        Assert.DoesNotContain("<canvas", open, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["run/report.json"]));

        GpuProcess.Signal(process, "TERM");
        Assert.Equal(143, GpuProcess.Finish(process).ExitCode);
        var closed = File.ReadAllText(page);
        Assert.DoesNotContain("http-equiv=refresh", closed, StringComparison.Ordinal);
        Assert.Contains("The run stopped after ", closed, StringComparison.Ordinal);
        Assert.Contains("class=confusion", closed, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["run/report.json"]));
    }

    [Fact]
    public void Several_runs_are_compared_and_a_folder_that_is_none_is_refused()
    {
        var run = models.Of("digits", "--limit", "6000");
        using var folder = new TestFolder();
        var other = GpuProcess.Run(folder.Path, "train", "--data", "digits", "--limit", "1000", "--lr", "0.03", "--epochs", "2", "--out", "<b>other");
        Assert.True(other.ExitCode == 0, other.Error);
        var result = GpuProcess.Run(folder.Path, "report", "<b>other", run);
        Assert.True(result.ExitCode == 0, result.Error);
        var text = File.ReadAllText(folder["comparison.html"]);
        Assert.Contains("<h2>Leaderboard</h2>", text, StringComparison.Ordinal);
        Assert.Contains("<td>lr<td>", text, StringComparison.Ordinal);

        // The best run comes first in everything.
        AssertOrder(text, $"<tr><td>{run}<td", "<tr><td>&lt;b&gt;other<td", "<h2>Curves");
        Assert.Equal(3, Regex.Count(text, $"series0\\)\">{Regex.Escape(run)}</span><span class=key style=\"--key:var\\(--series1\\)\">&lt;b&gt;other<"));
        Assert.Contains($"<th>{run}<th>&lt;b&gt;other", text, StringComparison.Ordinal);

        // The built-in digits have a tenth of each; nobody looks for runs below an answer without looking.
        Assert.Equal(1, Regex.Count(text, "<tr><td>baseline: the largest class alone<td class=number>10\\.[0-9]+%<td>test<"));
        Assert.True(text.IndexOf("baseline: ", StringComparison.Ordinal) > text.IndexOf("&lt;b&gt;other", StringComparison.Ordinal));
        Assert.Contains("&lt;b&gt;other", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>other", text, StringComparison.Ordinal);
        Assert.Equal(2, GpuProcess.Run(folder.Path, "report", folder.Path).ExitCode);
    }

    private static void AssertOrder(string text, params string[] pieces)
    {
        int[] places = [.. pieces.Select(piece => text.IndexOf(piece, StringComparison.Ordinal))];
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
    }

    /// <summary>Anything that a browser would fetch from elsewhere; names of XML are none.</summary>
    [GeneratedRegex("""(src|href)="?(https?:)?//|@import|url\((?!#)|fetch\(|XMLHttpRequest""")]
    private static partial Regex Elsewhere();

    [GeneratedRegex("<svg.*?</svg>", RegexOptions.Singleline)]
    private static partial Regex Svg();
}
