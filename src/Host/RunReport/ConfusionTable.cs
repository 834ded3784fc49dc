using System.Globalization;
using System.Text;
using Gpu.Training.Metrics;

namespace Gpu.Host.RunReport;

/// <summary>The confusion matrix as a table whose cells are as strongly coloured as they are large, each row for itself.</summary>
internal static class ConfusionTable
{
    internal static string Write(ConfusionMatrix matrix, string[] names)
    {
        var text = new StringBuilder("<div class=wide><table class=confusion><thead><tr><th>");
        text.AppendJoin("", names.Select(name => $"<th>{Html.Text(name)}")).Append("<tbody>");
        for (var label = 0; label < names.Length; label++)
        {
            text.Append(CultureInfo.InvariantCulture, $"<tr><th>{Html.Text(names[label])}");
            var support = Math.Max(1, matrix.Of(label).Support);
            for (var answer = 0; answer < names.Length; answer++)
            {
                var count = matrix[label, answer];

                // Roots, so that few mistakes among many right answers can still be seen.
                var share = Math.Sqrt((double)count / support);
                var kind = label == answer ? "right" : count > 0 ? "wrong" : "none";
                text.Append(CultureInfo.InvariantCulture, $"<td class={kind} style=\"--share:{share:F3}\" data-label={label} data-answer={answer}>{(count == 0 ? "" : $"<button type=button>{count}</button>")}");
            }

            text.Append('\n');
        }

        return text.Append("</table></div>").ToString();
    }
}
