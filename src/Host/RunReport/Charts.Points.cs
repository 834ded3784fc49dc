using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Gpu.Host.RunReport;

/// <summary>Charts of points and of how often values occur.</summary>
internal static partial class Charts
{
    private const int Bins = 30, MostRocPoints = 400;

    /// <summary>A point for each row, and the line on which answers are right.</summary>
    /// <param name="quantity">What is answered.</param>
    /// <param name="points">What is true, and the answer.</param>
    internal static string Answers(string quantity, IReadOnlyList<(double X, double Y)> points)
    {
        var model = Model();
        model.Axes.Add(Style(new LinearAxis { Position = AxisPosition.Bottom, Title = Short($"true {quantity}", 40), MinimumPadding = 0.03, MaximumPadding = 0.03 }));
        model.Axes.Add(Style(new LinearAxis { Position = AxisPosition.Left, MinimumPadding = 0.03, MaximumPadding = 0.03 }));
        var (low, high) = (points.Min(point => point.X), points.Max(point => point.X));
        var ideal = new LineSeries { Color = _text, StrokeThickness = 1, LineStyle = LineStyle.Dash };
        ideal.Points.Add(new DataPoint(low, low));
        ideal.Points.Add(new DataPoint(high, high));
        model.Series.Add(Cloud(0, points));
        model.Series.Add(ideal);
        return Figure(model, $"answers for {quantity}", ["rows"], "answered right");
    }

    /// <summary>The ROC curve of two classes, and that of an answer without looking.</summary>
    /// <param name="names">The names of the classes.</param>
    /// <param name="curve">Shares of the first and of the second class, see <see cref="Gpu.Training.Metrics.ClassScore.Roc"/>.</param>
    internal static string Roc(string[] names, IReadOnlyList<(double False, double True)> curve)
    {
        var model = Model();
        model.Axes.Add(Style(new LinearAxis { Position = AxisPosition.Bottom, Title = Short($"share of '{names[0]}' answered '{names[1]}'", 50), Minimum = 0, Maximum = 1 }));
        model.Axes.Add(Style(new LinearAxis { Position = AxisPosition.Left, Minimum = 0, Maximum = 1.02 }));
        var chance = new LineSeries { Color = _text, StrokeThickness = 1, LineStyle = LineStyle.Dash };
        chance.Points.Add(new DataPoint(0, 0));
        chance.Points.Add(new DataPoint(1, 1));
        var found = Line(0, hasMarks: false);

        // Of many rows, as many points as can be told apart, with the last.
        var step = Math.Max(1, curve.Count / MostRocPoints);
        found.Points.AddRange(curve.Where((_, at) => at % step == 0 || at == curve.Count - 1).Select(point => new DataPoint(point.False, point.True)));
        model.Series.Add(chance);
        model.Series.Add(found);
        return Figure(model, Short($"share of '{names[1]}' answered right", 50), ["this network"], "without looking");
    }

    /// <summary>Points in the colours of their groups.</summary>
    /// <param name="title">What they are.</param>
    /// <param name="x">What goes to the right.</param>
    /// <param name="groups">The groups.</param>
    internal static string Groups(string title, string x, IReadOnlyList<(string Name, List<(double X, double Y)> Points)> groups)
    {
        var model = Model();
        model.Axes.Add(Style(new LinearAxis { Position = AxisPosition.Bottom, Title = x, MinimumPadding = 0.03, MaximumPadding = 0.03 }));
        model.Axes.Add(Style(new LinearAxis { Position = AxisPosition.Left, MinimumPadding = 0.03, MaximumPadding = 0.03 }));
        foreach (var (number, group) in groups.Index())
        {
            model.Series.Add(Cloud(number, group.Points));
        }

        return Figure(model, title, groups.Select(group => group.Name), mark: null);
    }

    /// <summary>How often values occur, in parts of equal width; what is not finite is left out.</summary>
    /// <param name="title">What the values are.</param>
    /// <param name="axis">Their unit.</param>
    /// <param name="values">The values.</param>
    internal static string Histogram(string title, string axis, double[] values)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        var (low, high) = finite.Length == 0 ? (0, 1) : (finite.Min(), finite.Max());
        var width = high > low ? (high - low) / Bins : 1.0 / Bins;
        var counts = new double[Bins];
        foreach (var value in finite)
        {
            counts[Math.Clamp((int)((value - low) / width), 0, Bins - 1)]++;
        }

        return Histogram(title, axis, [("", counts)], low, width);
    }

    /// <summary>Bars that were counted already, a colour for each series.</summary>
    /// <param name="title">What is counted.</param>
    /// <param name="axis">What the values are.</param>
    /// <param name="series">Counts, from the lowest part to the highest.</param>
    /// <param name="low">Where the lowest begins.</param>
    /// <param name="width">How wide a part is.</param>
    internal static string Histogram(string title, string axis, IReadOnlyList<(string Name, double[] Counts)> series, double low, double width)
    {
        var model = Model();
        model.Axes.Add(Style(new LinearAxis { Position = AxisPosition.Bottom, Title = Short(axis, 40) }));
        model.Axes.Add(Style(new LinearAxis { Position = AxisPosition.Left, Minimum = 0, StringFormat = "#,0.###" }));
        foreach (var (number, (_, counts)) in series.Index())
        {
            var bars = new RectangleBarSeries { FillColor = _series[number % _series.Length], StrokeThickness = 0 };
            for (var bin = 0; bin < counts.Length; bin++)
            {
                if (counts[bin] > 0)
                {
                    bars.Items.Add(new RectangleBarItem(low + (bin * width), 0, low + ((bin + 1) * width), counts[bin]));
                }
            }

            model.Series.Add(bars);
        }

        return Figure(model, title, series.Count > 1 ? series.Select(one => one.Name) : [], mark: null);
    }

    private static ScatterSeries Cloud(int number, IEnumerable<(double X, double Y)> points)
    {
        var cloud = new ScatterSeries { MarkerType = MarkerType.Circle, MarkerSize = 2, MarkerFill = _series[number % _series.Length], MarkerStrokeThickness = 0 };
        cloud.Points.AddRange(points.Select(point => new ScatterPoint(point.X, point.Y)));
        return cloud;
    }
}
