using System.Globalization;
using Gpu.Training.Data;

namespace Gpu.Training.Tests.Data.Tables;

/// <summary>What becomes of columns, worked out by hand.</summary>
public sealed class TableEncodingTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Numbers_have_the_median_and_the_distance_of_the_quartiles_of_the_rows_they_are_fitted_on()
    {
        var table = Read("a,class\n1,x\n2,y\n4,x\n8,y\n100,x\n?,y\n-9,x\n");

        // 1 2 4 8 100: median 4, quartiles 2 and 8. The rows behind have no part in it.
        Assert.Equal(new NumberEncoding("a", 4, 6, HasFlag: false), Fit(table, 0, 1, 2, 3, 4));
        Assert.Equal(new NumberEncoding("a", 4, 6, HasFlag: true), Fit(table, 0, 1, 2, 3, 4, 5));
        Assert.Equal(["a", "a is missing"], Fit(table, 0, 1, 2, 3, 4, 5).Features);

        // 1 2: quartiles 1.25 and 1.75.
        Assert.Equal(new NumberEncoding("a", 1.5f, 0.5f, HasFlag: false), Fit(table, 0, 1));
    }

    [Fact]
    public void A_number_that_half_of_the_rows_share_is_scaled_by_half_its_range()
    {
        var table = Read("a,class\n0,x\n0,y\n0,x\n0,y\n0,x\n10,y\n");
        Assert.Equal(new NumberEncoding("a", 0, 5, HasFlag: false), Fit(table, 0, 1, 2, 3, 4, 5));
        Assert.Equal(new LeftOutEncoding("a", "it has one value in all rows"), Fit(table, 0, 1, 2));
    }

    [Fact]
    public void Categories_are_those_of_the_rows_they_are_fitted_on_in_the_order_of_their_letters()
    {
        var table = Read("a,class\nred,x\nblue,y\nred,x\n?,y\nblue,x\ngreen,y\ngreen,y\nred,x\n");
        var two = (CategoryEncoding)Fit(table, 0, 1, 2);
        Assert.Equal(["blue", "red"], two.Values);
        Assert.Equal(["a=blue", "a=red"], two.Features);
        var four = Fit(table, 0, 1, 2, 3, 4, 5);
        Assert.Equal(["a=blue", "a=green", "a=red", "a is missing"], four.Features);
        Assert.Equal("one-hot of 4, one for missing", four.Describe());
        Assert.IsType<LeftOutEncoding>(Fit(table, 0, 2, 7));
    }

    [Theory]
    [InlineData(8, null, "", 8, "one-hot of 8")]
    [InlineData(8, null, "?,x\n", 9, "one-hot of 9, one for missing")]
    [InlineData(9, null, "", 1, "vectors for 9")]
    [InlineData(9, 0, "", 9, "one-hot of 9")]
    [InlineData(9, 3, "?,x\n", 1, "vectors for 10, one for missing")]
    [InlineData(255, 0, "", 255, "one-hot of 255")]
    [InlineData(300, 0, "", 255, "one-hot of 255")]
    [InlineData(300, null, "", 1, "vectors for 255")]
    public void A_category_is_an_input_for_each_value_or_of_many_their_number_but_of_very_many_the_rarest(int values, int? embedding, string more, int features, string words)
    {
        var rows = string.Concat(Enumerable.Range(0, 4 * values).Select(row => string.Create(CultureInfo.InvariantCulture, $"v{row % values},{(row % 4 < 2 ? "x" : "y")}\n")));
        var table = Read($"a,class\n{rows}{more}");
        var encoding = (CategoryEncoding)TableEncoding.Fit(table, [.. Enumerable.Range(0, table.Rows)], embedding: embedding).Columns[0];
        Assert.Equal((features, words), (encoding.Features.Count, encoding.Describe()));
    }

    [Fact]
    public void A_quantity_is_standardised_by_the_rows_it_is_fitted_on()
    {
        var table = Read("a,y\n1,1.5\n2,2.5\n3,4.5\n4,100.5\n5,?\n");
        Assert.Equal(new TargetEncoding(2, 0.5), TableEncoding.Fit(table, [0, 1]).Target);
        Assert.Null(TableEncoding.Fit(Read("a,class\n1,x\n2,y\n3,x\n4,y\n"), [0, 1]).Target);
        Assert.Equal(new TargetEncoding(4.5, 1), TableEncoding.Fit(table, [2]).Target);
    }

    private static ColumnEncoding Fit(Table table, params int[] rows) => TableEncoding.Fit(table, rows).Columns[0];

    private Table Read(string text) => TableReader.Read([_folder.Write("x.csv", text)], new TableOptions());
}
