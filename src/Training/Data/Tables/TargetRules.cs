using System.Globalization;

namespace Gpu.Training.Data;

/// <summary>Which column is to be learned, and what of it, where nothing is said: each rule once, with its reason.</summary>
internal static class TargetRules
{
    private const string Last = "last";

    /// <summary>More classes than this, of whole numbers, are more likely steps of a quantity: years, prices, counts.</summary>
    private const int MostNumberClasses = 20;

    /// <summary>What columns of classes are called; whole numbers in the first two are classes, however many.</summary>
    private static readonly string[] _names = ["label", "class", "target", "y"];

    /// <summary>Finds the column to be learned.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="names">The columns.</param>
    /// <param name="asked">What was asked for.</param>
    /// <param name="ignored">The columns that are not read.</param>
    /// <exception cref="TrainingException">There is no such column.</exception>
    internal static (int Index, string Why) Find(string path, IReadOnlyList<string> names, string? asked, IReadOnlyList<string> ignored)
    {
        var last = names.ToList().FindLastIndex(name => !ignored.Contains(name));
        if (asked is null)
        {
            // The order of the names decides where a table has two of them.
            foreach (var name in _names)
            {
                var found = names.ToList().FindIndex(other => other.Equals(name, StringComparison.OrdinalIgnoreCase) && !ignored.Contains(other));
                if (found >= 0)
                {
                    return (found, "by its name");
                }
            }

            return (last, $"the last column, because none is called {string.Join(", ", _names.SkipLast(1))} or {_names[^1]} (--target names another)");
        }

        var index = names.ToList().IndexOf(asked);
        index = index >= 0 ? index
            : asked.Equals(Last, StringComparison.OrdinalIgnoreCase) ? last
            : int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= names.Count ? number - 1
            : -1;
        int[] alike = [.. Enumerable.Range(0, names.Count).Where(column => names[column].Equals(asked, StringComparison.OrdinalIgnoreCase))];
        if (index < 0 && alike is [var only] && !ignored.Contains(names[only]))
        {
            return (only, $"the only column that is called '{asked}' but for the case of its letters");
        }

        return index >= 0 && !ignored.Contains(names[index]) ? (index, "as was asked for") : throw TrainingException.BadUsage(
            $"--target: expected a column of {path}, its number or '{Last}', found '{asked}'; the columns are {ColumnNames.Listed(names)}.");
    }

    /// <summary>Decides what is learned of a column.</summary>
    /// <exception cref="TrainingException">It has but one class, or too many, or is no quantity where one was asked for.</exception>
    internal static TableTarget Decide(string path, TableColumn column, string why, TableTask asked, IReadOnlyList<TablePart> parts, List<string> remarks)
    {
        var (task, taskWhy) = asked == TableTask.Auto ? Task(column) : (asked, "as was asked for");
        if (task == TableTask.Regress)
        {
            if (column.Min == column.Max)
            {
                throw TrainingException.BadData($"{path}: column '{column.Name}': expected a target that differs from row to row, found {column.Show(column.Min)} in all of them; name another column with --target.");
            }

            return column.Kind is ColumnKind.Number or ColumnKind.Date ? new TableTarget(column, why, task, taskWhy) : throw TrainingException.BadData(
                $"{path}: column '{column.Name}': expected numbers, because a quantity is to be learned, found {Found(column)}; name another column with --target, or leave --task out.");
        }

        if (asked == TableTask.Auto && column.Kind is (ColumnKind.Text or ColumnKind.Id))
        {
            throw TrainingException.BadData(
                $"{path}: column '{column.Name}': expected a target whose values recur, or are quantities, found {Found(column)}; name another column with --target.");
        }

        var (labels, classes) = TargetClasses.Of(column, parts, remarks);
        if (classes.Count is < 2 or > LabelRange.MostClasses)
        {
            throw TrainingException.BadData(
                $"{path}: column '{column.Name}': expected a target with 2 to {LabelRange.MostClasses} classes, found {(classes.Count == 0 ? Found(column) : classes.Count == 1
                    ? $"one, {TableCell.Show(classes[0].Name)}, in all rows" : $"{classes.Count:N0}")}; name another column with --target"
                + $"{(column.Kind == ColumnKind.Number && classes.Count != 1 ? ", or learn a quantity with --task regress" : "")}.");
        }

        return new TableTarget(column, why, task, taskWhy) { Labels = labels, Classes = classes };
    }

    private static (TableTask Task, string Why) Task(TableColumn column)
    {
        if (column.Kind is not (ColumnKind.Number or ColumnKind.Date))
        {
            return (TableTask.Classify, "because its values are no numbers");
        }

        if (column.Kind == ColumnKind.Date || !column.IsWhole || column.Distinct is not { } distinct)
        {
            return (TableTask.Regress, "because its values are not few whole numbers");
        }

        return _names.Take(2).Contains(column.Name, StringComparer.OrdinalIgnoreCase) ? (TableTask.Classify, "because its name says so (--task regress learns a quantity)")
            : distinct <= MostNumberClasses && 2 * distinct <= column.Present ? (TableTask.Classify, $"because its values are {distinct} whole numbers (--task regress learns a quantity)")
            : (TableTask.Regress, $"because its values are {distinct:N0} whole numbers (--task classify learns classes)");
    }

    private static string Found(TableColumn column) => column.Distinct is { } distinct
        ? $"{distinct:N0} different texts in {column.Present:N0} rows" : $"texts, more than {ColumnCells.MostValues:N0} different ones";
}
