using System.Globalization;

namespace Gpu.Training.Data;

/// <summary>The classes of a target, and the class of each row.</summary>
internal static class TargetClasses
{
    /// <summary>Numbers are named by their value, so that 1 and 1.0 are one class; texts by themselves.</summary>
    internal static (int[] Labels, IReadOnlyList<(string Name, int Rows)> Classes) Of(TableColumn column, IReadOnlyList<TablePart> parts, List<string> remarks)
    {
        if (column.Codes is null)
        {
            return ([], []);
        }

        var names = column.Kind == ColumnKind.Number
            ? [.. column.Values.Select(pair => NumberName(pair.Value))]
            : WithoutPoints(column, parts, remarks);
        string[] classes = [.. names.Distinct().OrderBy(SizeOf).ThenBy(name => name, StringComparer.Ordinal)];
        var places = classes.Select((name, place) => (name, place)).ToDictionary(pair => pair.name, pair => pair.place, StringComparer.Ordinal);
        int[] placeOf = [.. names.Select(name => places[name])];
        var labels = new int[column.Codes.Count];
        var rows = new int[classes.Length];
        for (var row = 0; row < labels.Length; row++)
        {
            var code = column.Codes[row];
            labels[row] = code == ColumnCells.NoCode ? TableTarget.NoClass : placeOf[code];
            if (labels[row] >= 0)
            {
                rows[labels[row]]++;
            }
        }

        return (labels, [.. classes.Zip(rows)]);
    }

    internal static string NumberName(string value) => (SizeOf(value) + 0.0).ToString("R", CultureInfo.InvariantCulture);

    /// <summary>The number that a name is; texts that are none stand behind all numbers.</summary>
    private static double SizeOf(string name) => TableCell.TryNumber(name, takesComma: true, out var number) ? number : double.PositiveInfinity;

    /// <summary>
    /// The values of a target, without the point at the end of each where all values of a file have one, and are classes of another file
    /// without it: the test part of UCI's census table ("Adult") is written so.
    /// </summary>
    private static string[] WithoutPoints(TableColumn column, IReadOnlyList<TablePart> parts, List<string> remarks)
    {
        string[] names = [.. column.Values.Select(pair => pair.Value)];
        var (used, from) = (new List<HashSet<string>>(), 0);
        foreach (var part in parts)
        {
            used.Add([.. Enumerable.Range(from, part.Rows).Select(row => column.Codes![row]).Distinct().Where(code => code != ColumnCells.NoCode).Select(code => names[code])]);
            from += part.Rows;
        }

        string[] plain = [.. used.Where(values => !values.All(EndsInPoint)).SelectMany(values => values)];
        for (var part = 0; part < parts.Count; part++)
        {
            var values = used[part];
            if (values.Count == 0 || !values.All(value => EndsInPoint(value) && plain.Contains(value[..^1]) && !plain.Contains(value)))
            {
                continue;
            }

            remarks.Add($"{parts[part].Path}: the classes of '{column.Name}' end in a point there, as in '{values.Order(StringComparer.Ordinal).First()}', and are taken for those without it");
            for (var code = 0; code < names.Length; code++)
            {
                names[code] = values.Contains(names[code]) ? names[code][..^1] : names[code];
            }
        }

        return names;
    }

    private static bool EndsInPoint(string value) => value is [_, .., '.'];
}
