namespace Gpu.Training.Data;

/// <summary>A table as training takes it: what is learned from, what was held out, and the encoding that was fitted on the former alone.</summary>
/// <param name="Table">What the model will know of tables.</param>
/// <param name="Train">The samples to learn from.</param>
/// <param name="Validation">Those held out for validation; null where none are.</param>
/// <param name="Test">Those held out for the end; null where none are.</param>
/// <param name="Remarks">What its owner should know.</param>
public sealed record TableTraining(ModelTable Table, DataSet Train, DataSet? Validation, DataSet? Test, IReadOnlyList<string> Remarks)
{
    /// <summary>Bins that were asked of each number, or that are usual.</summary>
    public int Bins { get; private init; }

    /// <summary>Numbers of a vector that stands for a value of a category of many; 0 for one-hot inputs.</summary>
    public int Embedding { get; private init; }

    /// <summary>What was held out for validation, asked for or usual; null for nothing.</summary>
    public Split? Validated { get; private init; }

    /// <summary>
    /// Reads a table, divides its rows, and fits the encoding on those that are learned from; the rows held out have no say in what a column is.
    /// </summary>
    /// <param name="paths">The files.</param>
    /// <param name="options">How they are read.</param>
    /// <param name="validation">What is held out for validation; null for nothing.</param>
    /// <param name="test">What is held out for the end; null for nothing.</param>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="shared">The table, where other runs have read it, too; the result is the same.</param>
    /// <param name="usual">What is held out for validation where <paramref name="validation"/> is null; null for nothing.</param>
    /// <exception cref="TrainingException">It cannot be read, or has nothing to learn.</exception>
    public static TableTraining Load(
        IReadOnlyList<string> paths, TableOptions options, Split? validation, Split? test, ulong seed, SharedTable? shared = null, UsualSplit? usual = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(options);
        Func<Table, Parts> divide = target => HoldOut(target, validation, test, usual, seed);
        if (validation is null && test is null && usual is null)
        {
            return Encode(paths, options, shared?.All ?? Read(paths, options), Parts.None);
        }

        if (shared is not null)
        {
            var parts = divide(shared.All);
            return Encode(paths, options, shared.Without(parts.HeldOut), parts);
        }

        return LoadOnce(paths, options, divide) ?? LoadTwice(paths, options, divide);
    }

    /// <summary>Reads a table for its target alone, and then as the rows that are left tell it: right of every table.</summary>
    internal static TableTraining LoadTwice(IReadOnlyList<string> paths, TableOptions options, Split? validation, Split? test, ulong seed) =>
        LoadTwice(paths, options, target => HoldOut(target, validation, test, null, seed));

    private static TableTraining LoadTwice(IReadOnlyList<string> paths, TableOptions options, Func<Table, Parts> divide)
    {
        var parts = divide(Read(paths, options with { TargetAlone = true }));
        return Encode(paths, options, Read(paths, options with { HeldOut = parts.HeldOut }), parts);
    }

    /// <summary>
    /// Reads a table with all of its rows, and has those that are left tell what its columns are; null where it takes the texts of cells to tell that, or
    /// where a cell is wrong, which may be one that is held out.
    /// </summary>
    private static TableTraining? LoadOnce(IReadOnlyList<string> paths, TableOptions options, Func<Table, Parts> divide)
    {
        SharedTable all;
        try
        {
            all = SharedTable.Read(paths, options);
        }
        catch (TrainingException)
        {
            return null;
        }

        var parts = divide(all.All);
        return all.Told(parts.HeldOut) is { } table ? Encode(paths, options, table, parts) : null;
    }

    /// <summary>Fits the encoding of a table, and makes the samples of its parts.</summary>
    private static TableTraining Encode(IReadOnlyList<string> paths, TableOptions options, Table table, Parts parts)
    {
        var (validated, tested, heldOut, split) = parts;
        var train = table.RowsWithTarget(heldOut);
        var bins = options.Bins ?? NumberBins.Usual(table, train.Length);
        var embedding = options.Embedding ?? CategoryEncoding.UsualWidth;
        var model = new ModelTable(TableEncoding.Fit(table, train, bins, embedding), table.Target.Column.Name, [.. table.Target.Classes.Select(pair => pair.Name)]);
        if (model.Encoding.Features.Count == 0)
        {
            throw TrainingException.BadData(
                $"{paths[0]}: expected a column to learn '{model.Target}' from, found none with more than one value; name the columns' kinds with --column.");
        }

        var encoded = new EncodedTable(model.Encoding, [.. table.Others], paths[0], table.Rows);
        var quantities = model.Encoding.Target is { } quantity ? quantity.EncodeAll(table.Target.Column) : null;
        DataSet Part(int[] rows) => model.ToData(
            string.Join(", ", paths), new TableSamples(encoded, rows, quantities), quantities is null ? LabelsOf(table, rows) : [], []);
        int[] held = [.. validated, .. tested];
        string[] remarks = [$"target: '{model.Target}', {table.Target.Why}; {model.WhatIsLearned}, {table.Target.TaskWhy}", .. table.Remarks, .. held.Length > 0 ? encoded.Flaws(held) : []];
        return new TableTraining(model, Part(train), validated.Length > 0 ? Part(validated) : null, tested.Length > 0 ? Part(tested) : null, remarks)
        {
            Bins = bins,
            Embedding = embedding,
            Validated = split,
        };
    }

    /// <summary>The rows that are held out, told by their targets alone: those of validation, those of the test, and for each row whether it is one.</summary>
    private static Parts HoldOut(Table target, Split? validation, Split? test, UsualSplit? usual, ulong seed)
    {
        var rows = target.RowsWithTarget();
        validation ??= usual?.Of(rows.Length);
        if (validation is null && test is null)
        {
            return Parts.None;
        }

        var parts = Split.Divide(LabelsOf(target, rows), validation, test, seed);
        int[] validated = [.. parts.Validation.Select(place => rows[place])];
        int[] tested = [.. parts.Test.Select(place => rows[place])];
        var heldOut = new bool[target.Rows];
        foreach (var row in validated.Concat(tested))
        {
            heldOut[row] = true;
        }

        return new Parts(validated, tested, heldOut, validation);
    }

    /// <summary>The rows that are held out, for each row whether it is one, and what was held out for validation.</summary>
    private sealed record Parts(int[] Validated, int[] Tested, bool[] HeldOut, Split? Split)
    {
        internal static Parts None { get; } = new([], [], [], null);
    }

    /// <summary>Reads a table that something can be learned from.</summary>
    internal static Table Read(IReadOnlyList<string> paths, TableOptions options)
    {
        var table = TableReader.Read(paths, options);
        return table.Target is { Task: TableTask.Regress, Column: { Kind: ColumnKind.Date } column }
            ? throw TrainingException.BadData(
                $"{paths[0]}: column '{column.Name}': expected a quantity in numbers, found days; write them as numbers, such as days since one of them, or name another column with --target.")
            : table;
    }

    /// <summary>The classes of rows; where a quantity is learned they are all alike.</summary>
    internal static byte[] LabelsOf(Table table, int[] rows) =>
        table.Target.Task == TableTask.Regress ? new byte[rows.Length] : [.. rows.Select(row => (byte)table.Target.Labels[row])];
}
