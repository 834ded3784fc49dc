using System.Text.Json;
using Gpu.Training.Data;

namespace Gpu.Training.Tests.Data.Tables;

/// <summary>Parts of the range of a number have inputs of their own, where they were asked for or the table has rows for them.</summary>
public sealed class NumberBinsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_bin_goes_from_0_to_1_within_it_and_all_are_0_at_the_median()
    {
        // Quartiles of 0, 1, 2, 4, 8: 0, 1, 2, 4, 8; the median is 2, where the first two bins are 1 and the others 0.
        var table = Read("a,y\n0,u\n1,v\n2,u\n4,v\n8,u\n,v\n100,u\n-5,v\n3,u\n");
        var encoding = TableEncoding.Fit(table, [0, 1, 2, 3, 4, 5], bins: 4);
        Assert.Equal(["a", "a is missing", "a from 0 to 1", "a from 1 to 2", "a from 2 to 4", "a from 4 to 8"], encoding.Features);
        Assert.Equal("(x - 2) / 3, flag, 4 bins", encoding.Columns[0].Describe());
        var encoded = new EncodedTable(encoding, [.. table.Others], "x.csv", table.Rows);
        float[] Bins(int row)
        {
            var inputs = new float[6];
            encoded.Encode([row], inputs, 6);
            return inputs[2..];
        }

        Assert.Equal([-1, -1, 0, 0], Bins(0));
        Assert.Equal([0, -1, 0, 0], Bins(1));
        Assert.Equal([0, 0, 0, 0], Bins(2));
        Assert.Equal([0, 0, 1, 0], Bins(3));
        Assert.Equal([0, 0, 1, 1], Bins(4));
        Assert.Equal([0, 0, 0, 0], Bins(5));
        Assert.Equal([0, 0, 1, 1], Bins(6));
        Assert.Equal([-1, -1, 0, 0], Bins(7));
        Assert.Equal([0, 0, 0.5f, 0], Bins(8));
    }

    [Fact]
    public void Quantiles_that_are_the_same_make_one_edge_and_a_number_of_two_values_has_no_bins()
    {
        var encoding = TableEncoding.Fit(Read("a,b,y\n1,0,u\n1,1,v\n1,0,u\n1,1,v\n2,0,u\n5,1,v\n"), [0, 1, 2, 3, 4, 5], bins: 8);
        var (a, b) = ((NumberEncoding)encoding.Columns[0], (NumberEncoding)encoding.Columns[1]);
        Assert.Equal(a.Bins.Edges.Order().Distinct(), a.Bins.Edges);
        Assert.Equal((1, 5), (a.Bins.Edges[0], a.Bins.Edges[^1]));
        Assert.InRange(a.Bins.Count, 2, 4);
        Assert.Equal(0.5f, b.Bins.Edges.Count == 0 ? 0.5f : b.Bins.Edges[1]);
    }

    [Theory]
    [InlineData(999, 1, null, 0)]
    [InlineData(1000, 1, null, 8)]
    [InlineData(1000, 25, null, 8)]
    [InlineData(1000, 26, null, 0)]
    [InlineData(1000, 1, 0, 0)]
    [InlineData(20, 1, 3, 3)]
    public void Their_number_goes_by_the_rows_and_the_columns_unless_it_is_asked_for(int rows, int columns, int? asked, int bins)
    {
        var text = string.Concat(Enumerable.Range(0, columns).Select(column => $"a{column},")) + "y\n" + string.Concat(Enumerable.Range(0, rows).Select(row =>
            string.Concat(Enumerable.Repeat($"{row * 7919 % 1009}.5,", columns)) + (row % 2 == 0 ? "u\n" : "v\n")));
        var loaded = TableTraining.Load([_folder.Write("x.csv", text)], new TableOptions { Bins = asked }, null, null, seed: 1);
        Assert.Equal((bins, bins, columns * (1 + bins)), (loaded.Bins, loaded.Table.Encoding.Bins, loaded.Train.Features));
    }

    [Fact]
    public void They_come_back_from_a_model_file_with_their_bits_and_damaged_ones_are_refused()
    {
        var table = Read("a,y\n0.1,u\n0.7,v\n0.3,u\n1e30,v\n-7,u\n");
        var model = new ModelTable(TableEncoding.Fit(table, [0, 1, 2, 3, 4], bins: 3), "y", ["u", "v"]);
        var again = ModelTable.Parse("m", model.ToText(), ["u", "v"]);
        Assert.Equal(((NumberEncoding)model.Encoding.Columns[0]).Bins.Edges, ((NumberEncoding)again.Encoding.Columns[0]).Bins.Edges);
        Assert.Equal(model.ToText(), again.ToText());
        using var json = JsonDocument.Parse(model.ToText());
        var edges = json.RootElement.GetProperty("columns")[0].GetProperty("edges").GetRawText();
        foreach (var damage in new[] { "[]", "[1,2]", "[1,1,2]", "[3,2,1]", "[1,2,1e60]", "7" })
        {
            Assert.Throws<TrainingException>(() => ModelTable.Parse("m", model.ToText().Replace(edges, damage, StringComparison.Ordinal), ["u", "v"]));
        }
    }

    private Table Read(string text) => TableReader.Read([_folder.Write("x.csv", text)], new TableOptions());
}
