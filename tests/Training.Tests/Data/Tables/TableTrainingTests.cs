using Gpu.Training.Data;

namespace Gpu.Training.Tests.Data.Tables;

/// <summary>What is held out has no say in what is learned, and a model takes raw files as they come.</summary>
public sealed class TableTrainingTests : IDisposable
{
    private const string Header = "size,job,when,class\n";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_encoding_is_the_same_bytes_with_the_held_out_rows_removed_from_the_file()
    {
        string[] rows = [.. Enumerable.Range(0, 200).Select(row => $"{row * 7 % 31}.5,{(row % 3 == 0 ? "red" : row % 3 == 1 ? "blue" : "?")},2024-01-{1 + (row % 28):00},{(row % 2 == 0 ? "x" : "y")}\n")];
        var split = Split.Parse("0.2");
        int[] held = Split.Divide([.. rows.Select((_, row) => (byte)(row % 2))], split, null, 5).Validation;

        // Held-out cells that are of no kind, or of a kind of their own, change nothing.
        foreach (var (row, place) in held.Select((row, place) => (row, place)))
        {
            rows[row] = $"{(place % 2 == 0 ? "text" : "1e9")},only{place},{(place % 2 == 0 ? "never" : "1999-12-31")},{(row % 2 == 0 ? "x" : "y")}\n";
        }

        var all = Load(Header + string.Concat(rows), split);
        var rest = Load(Header + string.Concat(rows.Where((_, row) => !held.Contains(row))), null);
        Assert.Equal(rest.Table.ToText(), all.Table.ToText());
        Assert.Equal(rest.Train.Values, all.Train.Values);
        Assert.Equal(rest.Train.Labels, all.Train.Labels);
        Assert.Equal((160, 40), (all.Train.Count, all.Validation!.Count));
        Assert.Contains(all.Remarks, remark => remark.Contains("20 cells of 'size' are no number, and taken for missing", StringComparison.Ordinal));
        Assert.Contains(all.Remarks, remark => remark.Contains("40 cells of 'job' have values that no training row has", StringComparison.Ordinal));
    }

    [Fact]
    public void A_model_takes_columns_in_any_order_with_or_without_the_target_and_says_what_does_not_fit()
    {
        var text = Header + string.Concat(Enumerable.Range(0, 40).Select(row => $"{row},{(row % 2 == 0 ? "a" : "b")},2024-02-{1 + (row % 28):00},{(row % 4 == 0 ? "1.0" : "2")}\n"));
        var table = Load(text, null).Table;
        Assert.Equal(["1", "2"], table.Classes);
        var straight = Raw(table, text);
        Assert.Equal((40, 2), (straight.Count, straight.Classes));
        var turned = Raw(table, string.Concat(text.TrimEnd().Split('\n').Select(line => line.Split(',')).Select(cells => $"{cells[3]},{cells[2]},{cells[0]},{cells[1]}\n")));
        Assert.Equal(straight.Values, turned.Values);
        Assert.Equal(straight.Labels, turned.Labels);
        var bare = Raw(table, string.Concat(text.TrimEnd().Split('\n').Select(line => line[..line.LastIndexOf(',')] + "\n")));
        Assert.Equal(straight.Values, bare.Values);
        Assert.False(bare.IsLabelled);
        var odd = Raw(table, Header + "big,c,soon,2\n,,,1\n");
        Assert.Equal(3, odd.Remarks.Count(remark => remark.Contains("1 cell of", StringComparison.Ordinal) && !remark.Contains("'job'", StringComparison.Ordinal)) + odd.Remarks.Count(remark => remark.Contains("'job'", StringComparison.Ordinal)));
        Assert.Equal([1, 0], odd.Labels);
    }

    [Fact]
    public void What_a_model_does_not_know_is_named()
    {
        var text = Header + string.Concat(Enumerable.Range(0, 40).Select(row => $"{row},{(row % 2 == 0 ? "a" : "b")},2024-02-{1 + (row % 28):00},{(row % 4 == 0 ? "x" : "y")}\n"));
        var table = Load(text, null).Table;
        Assert.Contains("found no 'job' and 'trade' besides", Assert.Throws<TrainingException>(() => Raw(table, text.Replace("job", "trade", StringComparison.Ordinal))).Message, StringComparison.Ordinal);
        Assert.Contains("column 'class': expected one of the classes 'x', 'y', found 'z'", Assert.Throws<TrainingException>(() => Raw(table, Header + "1,a,2024-02-01,z\n")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_quantity_stands_behind_the_inputs_standardised_by_the_rows_that_are_learned_from()
    {
        var loaded = Load("a,y\n1,1.5\n2,2.5\n3,4.5\n4,\n", null);
        var (mean, deviation) = ((1.5 + 2.5 + 4.5) / 3, Math.Sqrt((((4.0 / 3) * (4.0 / 3)) + ((1.0 / 3) * (1.0 / 3)) + ((5.0 / 3) * (5.0 / 3))) / 3));
        Assert.Equal((mean, deviation), (loaded.Train.Quantity!.Mean, loaded.Train.Quantity.Deviation));
        Assert.Equal((3, 1, 1, true), (loaded.Train.Count, loaded.Train.Features, loaded.Train.Quantities, loaded.Train.IsLabelled));
        Assert.Equal((4.5 - mean) / deviation, BitConverter.ToSingle(loaded.Train.Sample(2)[sizeof(float)..]), 1e-6);
        Assert.Equal(4.5, loaded.Train.Select([2]).QuantityOf(0), 1e-6);
        var raw = Raw(loaded.Table, "y,a\n7.25,2\n");
        Assert.Equal((7.25, true), (Math.Round(raw.QuantityOf(0), 5), raw.IsLabelled));
        Assert.False(Raw(loaded.Table, "a\n2\n").IsLabelled);
        Assert.Equal(loaded.Table.ToText(), ModelTable.Parse("m", loaded.Table.ToText(), null).ToText());
        Assert.Throws<TrainingException>(() => ModelTable.Parse("m", loaded.Table.ToText(), ["x", "y"]));
    }

    [Fact]
    public void A_third_part_is_held_out_of_everything_and_is_the_same_when_the_model_divides_the_rows()
    {
        var labels = Enumerable.Range(0, 100).Select(row => (byte)(row % 4 == 0 ? 1 : 0)).ToArray();
        var (train, validated, tested) = Split.Divide(labels, Split.Parse("0.25"), Split.Parse("0.2"), 5);
        Assert.Equal((60, 20, 20), (train.Length, validated.Length, tested.Length));
        Assert.Equal(Enumerable.Range(0, 100), train.Concat(validated).Concat(tested).Order());
        Assert.Equal((5, 5), (tested.Count(row => labels[row] == 1), validated.Count(row => labels[row] == 1)));

        // A cell of a kind of its own in each row that is tested on.
        var text = "size,kind\n" + string.Concat(labels.Select((label, row) => $"{(tested.Contains(row) ? "much" : $"{row * 7 % 31}.5")},{label}\n"));
        var loaded = TableTraining.Load([_folder.Write("three.csv", text)], new TableOptions { Task = TableTask.Classify }, Split.Parse("0.25"), Split.Parse("0.2"), seed: 5);
        Assert.Equal(["size"], loaded.Table.Encoding.Features);
        Assert.Equal(tested.Select(row => row + 1), loaded.Test!.RowNumbers);
        Assert.Equal(validated.Select(row => row + 1), loaded.Validation!.RowNumbers);
        Assert.Contains(loaded.Remarks, remark => remark.Contains("20 cells of 'size' are no number", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("label,a,b\n0,1,2\n1,255,0\n", TableForm.Columns)]
    [InlineData("label,pixel0,pixel1\n0,1,2\n1,255,0\n", TableForm.Bytes)]
    [InlineData("id,label,pixel0,pixel1\n1,0,1,2\n2,1,255,0\n", TableForm.Bytes)]
    [InlineData("label;pixel0;pixel1\n0;1;2\n1;255;0\n", TableForm.Columns)]
    [InlineData("a,b,y\n0,1,2\n1,255,0\n", TableForm.Columns)]
    [InlineData("label;a;b\n0;1;2\n1;255;0\n", TableForm.Columns)]
    [InlineData("label,a,b\nx,1,\ny,255,0\n", TableForm.Columns)]
    public void The_form_of_a_file_is_told_by_its_first_rows(string text, TableForm form) =>
        Assert.Equal(form, TableForms.Of([_folder.Write("x.csv", text)], null));

    [Fact]
    public void Pixels_of_a_square_are_bytes_whatever_comes_behind_them() => Assert.Equal(TableForm.Bytes, TableForms.Of(
        [_folder.Write("x.csv", $"label,{string.Join(',', Enumerable.Range(0, 64).Select(pixel => $"pixel{pixel}"))}\n{string.Concat(Enumerable.Repeat($"1{string.Concat(Enumerable.Repeat(",200", 64))}\n", 120))}1,x\n")], null));

    private TableTraining Load(string text, Split? split) => TableTraining.Load([_folder.Write("train.csv", text)], new TableOptions(), split, test: null, seed: 5);

    private DataSet Raw(ModelTable table, string text) => table.Load([_folder.Write("raw.csv", text)], new TableOptions(), needsLabels: false);
}
