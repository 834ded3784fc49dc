using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Gpu.Host.RunReport;

/// <summary>A line of a chart.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Values">A value for each epoch; NaN where there is none.</param>
internal sealed record Curve(string Name, double[] Values);

/// <summary>
/// Charts as figures of a page. They are drawn in colours that stand for the variables of the page's style, so that one drawing is right on
/// light and on dark paper, and take the width that they find. Titles and legends are the page's: OxyPlot guesses how wide a text is.
/// </summary>
internal static partial class Charts
{
    /// <summary>The size that texts are drawn for: a screen with more room shows all of it larger, and a phone little smaller.</summary>
    private const double Width = 440, Height = 240;

    /// <summary>Letters of a class's name that an axis shows.</summary>
    private const int LongestName = 12;

    /// <summary>About how wide a letter of an axis is.</summary>
    private const double LetterWidth = 6.5;

    /// <summary>Colours that stand for others: OxyPlot writes <c>rgb(r,g,b)</c>, and the page wants <c>var(--name)</c>.</summary>
    private static readonly OxyColor _text = OxyColor.FromRgb(1, 2, 3), _line = OxyColor.FromRgb(4, 5, 6);

    private static readonly OxyColor[] _series = [.. Enumerable.Range(0, 10).Select(n => OxyColor.FromRgb(7, 8, (byte)(10 + n)))];

    /// <summary>Values by epoch.</summary>
    /// <param name="title">What the values are.</param>
    /// <param name="curves">The lines.</param>
    /// <param name="best">The epoch to mark, from 1; null for none.</param>
    internal static string ByEpoch(string title, IReadOnlyList<Curve> curves, int? best = null)
    {
        var model = Model();
        model.Axes.Add(Style(new LinearAxis { Position = AxisPosition.Bottom, Title = "epoch", MinimumMajorStep = 1, MinimumPadding = 0.02, MaximumPadding = 0.02 }));
        model.Axes.Add(Style(new LinearAxis { Position = AxisPosition.Left, StringFormat = "#,0.#####", MinimumPadding = 0.04, MaximumPadding = 0.04 }));
        foreach (var (number, curve) in curves.Index())
        {
            var line = Line(number, curve.Values.Length < 30);
            for (var epoch = 1; epoch <= curve.Values.Length; epoch++)
            {
                if (double.IsFinite(curve.Values[epoch - 1]))
                {
                    line.Points.Add(new DataPoint(epoch, curve.Values[epoch - 1]));
                }
            }

            model.Series.Add(line);
        }

        if (best is not null)
        {
            model.Annotations.Add(new LineAnnotation { Type = LineAnnotationType.Vertical, X = best.Value, Color = _text, StrokeThickness = 1, LineStyle = LineStyle.Dash });
        }

        // A line alone whose name is the chart's needs no key.
        var keys = curves is [var only] && only.Name == title ? [] : curves.Select(curve => curve.Name);
        return Figure(model, title, keys, best is null ? null : $"best epoch, {best}");
    }

    /// <summary>Shares of right answers against the probabilities they were given, and the line on which both are the same.</summary>
    internal static string Calibration(IReadOnlyList<CalibrationBin> bins)
    {
        var model = Model();
        model.Axes.Add(Style(new LinearAxis { Position = AxisPosition.Bottom, Title = "probability of the answer", Minimum = 0, Maximum = 1 }));
        model.Axes.Add(Style(new LinearAxis { Position = AxisPosition.Left, Minimum = 0, Maximum = 1.02 }));
        var ideal = new LineSeries { Color = _text, StrokeThickness = 1, LineStyle = LineStyle.Dash };
        ideal.Points.Add(new DataPoint(0, 0));
        ideal.Points.Add(new DataPoint(1, 1));
        var found = Line(0, hasMarks: true);
        found.Points.AddRange(bins.Where(bin => bin.Count > 0).Select(bin => new DataPoint(bin.Sure, (double)bin.Right / bin.Count)));
        model.Series.Add(ideal);
        model.Series.Add(found);
        return Figure(model, "share of right answers", ["this network"], "as sure as right");
    }

    /// <summary>A bar for each class, for each part of the data.</summary>
    internal static string Classes(string[] names, IReadOnlyList<(string Part, long[] Counts)> parts)
    {
        var model = Model();
        var areLong = names.Max(name => Math.Min(name.Length, LongestName)) * LetterWidth > 0.8 * Width / Math.Min(names.Length, 12);

        // Room for what leans out of the place that OxyPlot keeps for it.
        model.Padding = areLong ? new OxyThickness(24, 8, 16, 28) : model.Padding;
        model.Axes.Add(Style(new LinearAxis { Position = AxisPosition.Left, Minimum = 0, StringFormat = "#,0" }));
        model.Axes.Add(Style(new LinearAxis
        {
            Position = AxisPosition.Bottom,
            MajorStep = Math.Max(1, names.Length / 12),
            Angle = areLong ? -40 : 0,
            LabelFormatter = value => value == Math.Floor(value) && value >= 0 && value < names.Length ? Short(names[(int)value], LongestName) : "",
        }));
        foreach (var (number, part) in parts.Index())
        {
            var bars = new RectangleBarSeries { FillColor = _series[number], StrokeThickness = 0 };
            var width = 0.8 / parts.Count;
            for (var c = 0; c < part.Counts.Length; c++)
            {
                bars.Items.Add(new RectangleBarItem(c - 0.4 + (number * width), 0, c - 0.4 + ((number + 1) * width), part.Counts[c]));
            }

            model.Series.Add(bars);
        }

        return Figure(model, "samples of each class", parts.Select(part => part.Part), mark: null);
    }

    private static string Short(string name, int longest) => name.Length <= longest ? name : $"{name[..(longest - 1)]}…";

    private static LineSeries Line(int number, bool hasMarks) => new()
    {
        Color = _series[number % _series.Length],
        StrokeThickness = 2,
        MarkerType = hasMarks ? MarkerType.Circle : MarkerType.None,
        MarkerSize = 2.5,
        MarkerFill = _series[number % _series.Length],
    };

    private static PlotModel Model() => new()
    {
        Padding = new OxyThickness(24, 8, 16, 4),
        DefaultFont = "sans-serif",
        TextColor = _text,
        PlotAreaBorderColor = _line,
        Background = OxyColors.Undefined,
        Culture = CultureInfo.InvariantCulture,
    };

    private static T Style<T>(T axis) where T : Axis
    {
        (axis.TextColor, axis.TicklineColor, axis.AxislineColor, axis.TitleColor) = (_text, _line, _line, _text);
        (axis.MajorGridlineStyle, axis.MajorGridlineColor, axis.MinorTickSize) = (LineStyle.Solid, OxyColor.FromAColor(90, _line), 0);
        (axis.FontSize, axis.AxisTitleDistance) = (12, 8);
        return axis;
    }

    /// <summary>A drawing with its title, a key for each series, and one for the dashed line.</summary>
    private static string Figure(PlotModel model, string title, IEnumerable<string> keys, string? mark)
    {
        using var stream = new MemoryStream();
        new SvgExporter { Width = Width, Height = Height, IsDocument = false, UseVerticalTextAlignmentWorkaround = true }.Export(model, stream);
        var svg = Encoding.UTF8.GetString(stream.ToArray());

        // The page decides how large it is, and holds several: each names its clips for itself.
        var name = new string([.. title.Where(char.IsAsciiLetterOrDigit)]);
        svg = Size().Replace(svg[svg.IndexOf("<svg", StringComparison.Ordinal)..], $"viewBox=\"0 0 {Width} {Height}\"", count: 1)
            .Replace("id=\"clipPath", $"id=\"{name}", StringComparison.Ordinal).Replace("url(#clipPath", $"url(#{name}", StringComparison.Ordinal);

        // Tenths of a pixel are more than a screen shows, and a chart of points is half as long with them, and without what goes without saying.
        svg = Tag().Replace(svg, tag => Decimals().Replace(tag.Value, "$1")).Replace(" shape-rendering=\"geometricPrecision\"", "", StringComparison.Ordinal)
            .Replace(";stroke:none;\"", "\"", StringComparison.Ordinal).Replace(" font-weight=\"400\"", "", StringComparison.Ordinal).Replace("\n    ", "\n", StringComparison.Ordinal);
        svg = Named(Named(svg, _text, "text"), _line, "line");
        var legend = new StringBuilder();
        for (var number = 0; number < _series.Length; number++)
        {
            svg = Named(svg, _series[number], $"series{number}");
        }

        foreach (var (number, key) in keys.Index())
        {
            legend.Append(CultureInfo.InvariantCulture, $"<span class=key style=\"--key:var(--series{number % _series.Length})\">{Html.Text(key)}</span>");
        }

        legend.Append(mark is null ? "" : $"<span class=\"key mark\">{Html.Text(mark)}</span>");
        return $"<figure class=chart role=img aria-label=\"{Html.Text(title)}\"><figcaption><b>{Html.Text(title)}</b>{legend}</figcaption>{svg}</figure>";
    }

    private static string Named(string svg, OxyColor color, string name) =>
        svg.Replace($"rgb({color.R},{color.G},{color.B})", $"var(--{name})", StringComparison.Ordinal);

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tag();

    [GeneratedRegex("([0-9]\\.[0-9])[0-9]+")]
    private static partial Regex Decimals();

    [GeneratedRegex("width=\"[0-9.]+\" height=\"[0-9.]+\"")]
    private static partial Regex Size();
}
