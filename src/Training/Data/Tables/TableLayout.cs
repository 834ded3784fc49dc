using System.Buffers;
using System.Globalization;

namespace Gpu.Training.Data;

/// <summary>What becomes of the columns of a table: inputs of the network, labels, or nothing.</summary>
internal sealed class TableLayout
{
    /// <summary>The place of the column that holds the labels.</summary>
    internal const int Target = -1;

    /// <summary>The place of a column that is left out.</summary>
    internal const int LeftOut = -2;

    /// <summary>The place of a column that is left out, and must count the rows.</summary>
    internal const int Index = -3;

    /// <summary>The place of a column that a delimiter at the end of each row makes, and that must be empty.</summary>
    internal const int Empty = -4;

    private const string DefaultTarget = "label";
    private const string IdName = "id";
    private const int MostColumns = 1 << 18;
    private static readonly string[] _indexNames = ["", "Unnamed: 0"];
    private static readonly SearchValues<char> _controls = SearchValues.Create([.. Enumerable.Range(0, 0xA0).Select(i => (char)i).Where(char.IsControl)]);
    private readonly string _path;
    private readonly DataOptions _options;

    private TableLayout(string path, string[] names, DataOptions options) => (_path, Names, _options, Places) = (path, names, options, new int[names.Length]);

    /// <summary>The names in the header.</summary>
    internal string[] Names { get; }

    /// <summary>For each column the input that it becomes, counted from 0, or one of the negative places.</summary>
    internal int[] Places { get; }

    /// <summary>The names of the inputs, in their order.</summary>
    internal IReadOnlyList<string> Inputs { get; private set; } = [];

    /// <summary>Whether the inputs stand in their order.</summary>
    internal bool IsInOrder => Places.Where(place => place >= 0).SequenceEqual(Enumerable.Range(0, Inputs.Count));

    /// <summary>Whether there is a column of labels.</summary>
    internal bool IsLabelled => Places.Contains(Target);

    /// <summary>The name of the column of labels.</summary>
    internal string TargetName => _options.Target ?? DefaultTarget;

    /// <summary>What is left out, for people.</summary>
    internal List<string> Remarks { get; } = [];

    /// <summary>Reads the header of a table and decides on its columns.</summary>
    /// <exception cref="TrainingException">It is no header, or lacks a column, or has one too many.</exception>
    internal static TableLayout Read(string path, TableText text, DataOptions options)
    {
        var columns = text.Read() ? text.Count : 0;
        if (columns > MostColumns)
        {
            throw TrainingException.BadData($"{path}: row 1: expected at most {MostColumns:N0} columns, found {columns:N0}; split the samples.");
        }

        var names = new string[columns];
        for (var column = 0; column < columns; column++)
        {
            names[column] = text.Field(column).Trim().ToString();
        }

        var layout = new TableLayout(path, names, options);
        layout.RequireHeader();
        layout.Decide();
        return layout;
    }

    private void RequireHeader()
    {
        var wrong = Names switch
        {
            [] => "nothing but empty lines",
            [['<', ..], ..] => "a web page: a download that failed left its error page here",
            [var only] when only.AsSpan().ContainsAny(';', '\t') => "columns separated by ';' or tabs",
            _ when Names.Any(name => name.AsSpan().ContainsAny(_controls)) => "bytes that are no text",
            _ when Names.All(name => double.TryParse(name, CultureInfo.InvariantCulture, out _)) =>
                "a row of numbers; add a line with the names of the columns above it",
            _ => null,
        };
        if (wrong is not null)
        {
            throw TrainingException.BadData($"{_path}: row 1: expected a header such as label,pixel0,pixel1,..., found {wrong}.");
        }
    }

    private void Decide()
    {
        var inputs = new List<int>();
        for (var column = 0; column < Names.Length; column++)
        {
            Places[column] = PlaceOf(column);
            if (Places[column] >= 0)
            {
                inputs.Add(column);
            }
        }

        if (Places.Count(place => place == Target) > 1 || inputs.Count == 0)
        {
            throw TrainingException.BadData(
                $"{_path}: row 1: expected one column '{TargetName}' and a column for each pixel, found "
                + (inputs.Count == 0 ? "no pixel column" : $"'{TargetName}' more than once") + "; mend the header.");
        }

        RequireTarget();
        var twice = inputs.GroupBy(column => Names[column], StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null)
        {
            throw TrainingException.BadData($"{_path}: row 1: expected columns of different names, found {TableCell.Show(twice)} more than once; mend the header.");
        }

        if (_options.Columns is { } wanted)
        {
            PutInOrder(inputs, wanted);
            return;
        }

        for (var i = 0; i < inputs.Count; i++)
        {
            Places[inputs[i]] = i;
        }

        Inputs = [.. inputs.Select(column => Names[column])];
    }

    private int PlaceOf(int column)
    {
        var name = Names[column];
        if (name.Equals(TargetName, _options.Target is null ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal))
        {
            return Target;
        }

        if (_options.Columns?.Contains(name) == true)
        {
            return 0;
        }

        if (column == 0 && _indexNames.Contains(name))
        {
            Remarks.Add($"{_path}: the first column, which counts the rows, is left out");
            return Index;
        }

        if (name.Equals(IdName, StringComparison.OrdinalIgnoreCase))
        {
            Remarks.Add($"{_path}: the column '{name}' is left out");
            return LeftOut;
        }

        return name.Length == 0 && column > 0 && column == Names.Length - 1 ? Empty : 0;
    }

    /// <summary>Labels must be there where they were asked for, by name or because the data is to be learned from.</summary>
    private void RequireTarget()
    {
        if (IsLabelled || !(_options.NeedsLabels || (_options.Target is not null && _options.Columns is null)))
        {
            return;
        }

        throw TrainingException.BadData(
            $"{_path}: expected labelled samples, found no column '{TargetName}' among the columns {ColumnNames.Listed(Names)}; name the column of the labels with --target.");
    }

    /// <summary>Gives each column the place that the model knows it by.</summary>
    private void PutInOrder(List<int> inputs, IReadOnlyList<string> wanted)
    {
        var places = wanted.Select((name, place) => (name, place)).ToDictionary(pair => pair.name, pair => pair.place, StringComparer.Ordinal);
        var missing = wanted.Except(inputs.Select(column => Names[column]), StringComparer.Ordinal).ToArray();
        var unknown = inputs.Where(column => !places.ContainsKey(Names[column])).Select(column => Names[column]).ToArray();
        if (missing.Length > 0 || unknown.Length > 0)
        {
            var found = missing.Length == 0 ? "" : $"no {ColumnNames.Listed(missing)}";
            var extra = unknown.Length == 0 ? "" : $"{(found.Length > 0 ? " and " : "")}{ColumnNames.Listed(unknown)}, which {(unknown.Length == 1 ? "is none" : "are none")} of them";
            var advice = unknown.Length > 0 && !IsLabelled ? "; remove what is no input, or name the column of the labels with --target" : "; mend the header";
            throw TrainingException.BadData($"{_path}: row 1: expected the {wanted.Count:N0} columns that the training data had, found {found}{extra}{advice}.");
        }

        foreach (var column in inputs)
        {
            Places[column] = places[Names[column]];
        }

        Inputs = wanted;
        if (!IsInOrder)
        {
            Remarks.Add($"{_path}: the columns stand in another order than in the training data, and are taken by their names");
        }
    }
}
