using System.Globalization;
using System.Text.Json;

namespace Gpu.Training.Data;

/// <summary>What a model knows of the tables that it answers: the encoding of their columns, fitted on the rows that it has learned from, and its target.</summary>
/// <param name="Encoding">The encoding.</param>
/// <param name="Target">The column that it answers for.</param>
/// <param name="Classes">The classes, in the order of the outputs; none where a quantity is learned.</param>
public sealed record ModelTable(TableEncoding Encoding, string Target, IReadOnlyList<string> Classes)
{
    /// <summary>Characters that the text may have: the header of a model file is small.</summary>
    private const int MostCharacters = 1 << 20;

    /// <summary>The samples of files, encoded.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="options">How they are read: the column that holds the answers, where it is not that of the model, whether there is a header, a limit.</param>
    /// <param name="needsLabels">Whether rows without an answer are left out; else labels are only given where every row has one.</param>
    /// <exception cref="TrainingException">A file cannot be read, or is not of the columns that the model knows.</exception>
    public DataSet Load(IReadOnlyList<string> paths, TableOptions options, bool needsLabels)
    {
        ArgumentNullException.ThrowIfNull(options);
        var table = TableReader.ReadFor(paths, this, options);
        var answers = table.Answers;
        var encoded = new EncodedTable(Encoding, table.Columns, table.Path, table.Rows);
        int[] all = [.. Enumerable.Range(0, table.Rows)];
        var (classes, quantities) = answers is null ? ([], null) : Encoding.Target is null ? (ClassesOf(table, answers), null) : (Array.Empty<int>(), QuantitiesOf(table, answers));
        bool HasAnswer(int row) => quantities is null ? classes[row] >= 0 : !float.IsNaN(quantities[row]);
        int[] rows = needsLabels && answers is not null ? [.. all.Where(HasAnswer)] : all;
        if (rows.Length == 0)
        {
            throw TrainingException.BadData(
                $"{table.Path}: column '{answers!.Name}': expected {(Encoding.Target is null ? "one of the classes" : "a number")} in at least one row, found none; use gpu predict.");
        }

        if (rows.Length < all.Length)
        {
            table.Remarks.Add($"{table.Path}: {all.Length - rows.Length:N0} of {all.Length:N0} rows have no value of '{answers!.Name}', and are left out");
        }

        table.Remarks.AddRange(encoded.Flaws(rows));
        var isLabelled = answers is not null && rows.All(HasAnswer);
        byte[] labels = isLabelled && quantities is null ? [.. rows.Select(row => (byte)classes[row])] : [];
        return ToData(string.Join(", ", paths), new TableSamples(encoded, rows, isLabelled ? quantities : null), labels, table.Remarks);
    }

    /// <summary>What is learned, in words.</summary>
    public string WhatIsLearned => Encoding.Target is { } quantity
        ? string.Create(CultureInfo.InvariantCulture, $"a quantity of mean {quantity.Mean:G6} and deviation {quantity.Deviation:G6}") : $"{Classes.Count:N0} classes";

    /// <summary>Samples of rows that were encoded.</summary>
    internal DataSet ToData(string source, TableSamples samples, byte[] labels, IReadOnlyList<string> remarks) =>
        new(source, samples, labels, 1, samples.Inputs, labels.Length > 0 ? Classes.Count : 0, sizeof(float))
        {
            ClassNames = Classes.Count > 0 ? Classes : null,
            RowNumbers = samples.Numbers,
            Quantity = samples.HasQuantities ? Encoding.Target : null,
            Remarks = remarks,
        };

    /// <summary>The text that stands in a model file.</summary>
    public string ToText()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("answers", Target);
            EncodingJson.Write(json, Encoding);
            json.WriteEndObject();
        }

        var text = System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
        return text.Length <= MostCharacters ? text : throw TrainingException.BadData(
            $"expected columns and values that a model file has room for, {MostCharacters:N0} characters, found {text.Length:N0}; leave columns out with --ignore.");
    }

    /// <summary>Reads the text of a model file.</summary>
    /// <exception cref="TrainingException">It is damaged.</exception>
    internal static ModelTable Parse(string path, string text, IReadOnlyList<string>? classes)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            var target = json.RootElement.GetProperty("answers").GetString();
            var encoding = EncodingJson.Read(path, json.RootElement);
            if (target is not null && classes is null == encoding.Target is not null)
            {
                return new ModelTable(encoding, target, classes ?? []);
            }
        }
        catch (Exception cause) when (cause is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw TrainingException.BadModelFile($"{path}: expected the encoding of a table, found one that is damaged; get the file again.", cause);
        }

        throw TrainingException.BadModelFile($"{path}: expected the encoding of a table with its target and classes, found none of these; get the file again.");
    }

    /// <summary>What a column of a file is: of its kind in training, or not read.</summary>
    public ColumnKind KindOf(string name) => Encoding.Columns.FirstOrDefault(column => column.Name == name) switch
    {
        NumberEncoding { Days: null } => ColumnKind.Number,
        NumberEncoding => ColumnKind.Date,
        CategoryEncoding => ColumnKind.Category,
        _ => ColumnKind.Ignored,
    };

    /// <summary>In which order the days of a column are written; null where it holds none.</summary>
    internal DateOrder? DaysOf(string name) => Encoding.Columns.OfType<NumberEncoding>().FirstOrDefault(column => column.Name == name)?.Days;

    /// <summary>Requires every column that is learned from, and no column that is unknown.</summary>
    /// <exception cref="TrainingException">One is missing or unknown: the message names all.</exception>
    internal void RequireColumns(string path, IReadOnlyList<string> names, string target)
    {
        string[] missing = [.. Encoding.Columns.Where(column => column.Features.Count > 0).Select(column => column.Name).Except(names, StringComparer.Ordinal)];
        string[] unknown = [.. names.Except(Encoding.Columns.Select(column => column.Name), StringComparer.Ordinal).Where(name => name != target && name != Target)];
        if (missing.Length > 0 || unknown.Length > 0)
        {
            throw TrainingException.BadData(
                $"{path}: expected the columns that the training data had, found {(missing.Length > 0 ? $"no {ColumnNames.Listed(missing)}" : "")}"
                + $"{(missing.Length > 0 && unknown.Length > 0 ? " and " : "")}{(unknown.Length > 0 ? $"{ColumnNames.Listed(unknown)} besides" : "")}; mend the header.");
        }
    }

    /// <summary>What is learned of each row; NaN where it has no answer.</summary>
    private float[] QuantitiesOf(OtherTable table, TableColumn answers) => answers.Misfits == 0 ? Encoding.Target!.EncodeAll(answers)
        : throw TrainingException.BadData(
            $"{table.Path}: column '{answers.Name}': expected a number in each row or nothing, found {answers.Misfits:N0} {(answers.Misfits == 1 ? "cell" : "cells")} of another kind; "
            + "mend them, or name the column of the answers with --target.");

    /// <summary>For each row the number of its class; -1 where it has no answer.</summary>
    private int[] ClassesOf(OtherTable table, TableColumn answers)
    {
        var places = Classes.Select((name, place) => (name, place)).ToDictionary(pair => pair.name, pair => pair.place, StringComparer.Ordinal);
        int[] ofCodes = [.. answers.Values.Select(pair => places.GetValueOrDefault(pair.Value,
            places.GetValueOrDefault(TargetClasses.NumberName(pair.Value), places.GetValueOrDefault(pair.Value.TrimEnd('.'), -1))))];
        var strange = Array.FindIndex(ofCodes, place => place < 0);
        return strange < 0 && !Enumerable.Range(0, table.Rows).Any(row => answers.Codes![row] == ColumnCells.OtherCode)
            ? [.. Enumerable.Range(0, table.Rows).Select(row => answers.Codes![row] is var code && code == ColumnCells.NoCode ? TableTarget.NoClass : ofCodes[code])]
            : throw TrainingException.BadData(
                $"{table.Path}: column '{answers.Name}': expected one of the classes {ColumnNames.Listed(Classes)}, found {(strange < 0 ? "very many others" : TableCell.Show(answers.Values[strange].Value))}; "
                + "use data with the classes the network was made for, or name the column of the answers with --target.");
    }
}
