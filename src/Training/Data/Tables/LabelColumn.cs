namespace Gpu.Training.Data;

/// <summary>
/// The labels of a table: numbers from 0 to 255, which number the classes, or texts, which name them. Texts become numbers in the order
/// of their letters, or as a list of names has them.
/// </summary>
/// <param name="path">The file, for messages.</param>
/// <param name="name">The column, for messages.</param>
/// <param name="known">The names of the classes, where they are known.</param>
internal sealed class LabelColumn(string path, string name, IReadOnlyList<string>? known)
{
    private readonly List<byte> _labels = [];
    private readonly Dictionary<string, byte> _texts = Known(known);
    private bool? _areTexts;
    private int _most = -1;

    /// <summary>Adds a label that is a number.</summary>
    internal void Add(long line, byte label)
    {
        // Classes with names that are numbers, as other texts have them, are not what these number.
        if (_areTexts == true || (known is not null && _texts.ContainsKey($"{label}")))
        {
            Add(line, $"{label}");
            return;
        }

        _areTexts = false;
        _labels.Add(label);
    }

    /// <summary>Adds a label in whatever form it has.</summary>
    /// <exception cref="TrainingException">It is no label, or of another kind than those before it.</exception>
    internal void Add(long line, ReadOnlySpan<char> cell)
    {
        var kind = TableCell.Read(cell, out var value);
        if (kind == CellKind.Byte && _areTexts != true && !(known is not null && _texts.ContainsKey(cell.Trim().ToString())))
        {
            _areTexts = false;
            _labels.Add(value);
            return;
        }

        var text = cell.Trim().ToString();
        if (kind is CellKind.Missing or CellKind.Number || _areTexts == false)
        {
            throw TrainingException.BadData(
                $"{path}: row {line:N0}, column '{name}': expected a class, numbered from 0 to 255 or named by a text in every row, found {TableCell.Show(cell)}; mend the value.");
        }

        _areTexts = true;
        if (!_texts.TryGetValue(text, out var number))
        {
            if (known is not null)
            {
                throw TrainingException.BadData(
                    $"{path}: row {line:N0}, column '{name}': expected one of the classes {string.Join(", ", known.Take(12))}{(known.Count > 12 ? ", ..." : "")}, "
                    + $"found {TableCell.Show(cell)}; use data with the classes the network was made for.");
            }

            if (_texts.Count == LabelRange.MostClasses)
            {
                throw TrainingException.BadData(
                    $"{path}: row {line:N0}, column '{name}': expected at most {LabelRange.MostClasses} classes, found another, {TableCell.Show(cell)}; name the column of the labels with --target.");
            }

            number = (byte)_texts.Count;
            _texts.Add(text, number);
        }

        _labels.Add(number);
    }

    /// <summary>Notes that there is such a label among the samples that are not taken; what is no label there is left alone.</summary>
    internal void Note(ReadOnlySpan<char> cell)
    {
        var isByte = TableCell.Read(cell, out var value) == CellKind.Byte;
        if (isByte && _areTexts == false)
        {
            _most = Math.Max(_most, value);
        }

        if (_areTexts == true && known is null && !cell.IsWhiteSpace() && _texts.Count < LabelRange.MostClasses)
        {
            _texts.TryAdd(cell.Trim().ToString(), (byte)_texts.Count);
        }
    }

    /// <summary>How many classes there are, of labels that were taken or noted; 0 where there are no labels.</summary>
    internal int CountClasses(ReadOnlySpan<byte> labels) =>
        labels.IsEmpty ? 0 : Math.Max(LabelRange.CountClasses(labels), _areTexts == true ? _texts.Count : _most + 1);

    /// <summary>The labels, and the names of the classes where they have some.</summary>
    internal (byte[] Labels, IReadOnlyList<string>? Names) Finish()
    {
        var labels = _labels.ToArray();
        if (_areTexts != true || known is not null)
        {
            return (labels, known);
        }

        string[] names = [.. _texts.Keys.Order(StringComparer.Ordinal)];
        var numbers = new byte[names.Length];
        for (var i = 0; i < names.Length; i++)
        {
            numbers[_texts[names[i]]] = (byte)i;
        }

        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = numbers[labels[i]];
        }

        return (labels, names);
    }

    private static Dictionary<string, byte> Known(IReadOnlyList<string>? names)
    {
        var texts = new Dictionary<string, byte>(StringComparer.Ordinal);
        for (var i = 0; i < Math.Min(LabelRange.MostClasses, names?.Count ?? 0); i++)
        {
            texts.TryAdd(names![i], (byte)i);
        }

        return texts;
    }
}
