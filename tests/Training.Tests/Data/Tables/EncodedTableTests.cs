using System.Text;
using System.Text.Json;
using Gpu.Training.Data;

namespace Gpu.Training.Tests.Data.Tables;

/// <summary>Tables as numbers, worked out by hand.</summary>
public sealed class EncodedTableTests : IDisposable
{
    private const string People = "age,job,pay,class\n1,red,5,x\n2,blue,5,y\n4,red,6,x\n8,?,7,y\n100,red,8,x\n?,blue,9,y\n1e6,green,-3,x\n4,red,5,y\n";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rows_become_numbers_by_what_was_fitted_on_others()
    {
        var table = Read(People);

        // age 1 2 4 8 100: median 4, spread 6, no flag; job blue, red, missing; pay 5 5 6 7 8: median 6, spread 2.
        var encoding = TableEncoding.Fit(table, [0, 1, 2, 3, 4]);
        Assert.Equal(["age", "job=blue", "job=red", "job is missing", "pay"], encoding.Features);
        var encoded = Bind(encoding, table);
        Assert.Equal(
        [
            Clipped(0), 0, 1, 0, Clipped(-0.5),
            Clipped(4 / 6.0), 0, 0, 1, Clipped(0.5),
            0, 1, 0, 0, Clipped(1.5),
            Clipped(999_996 / 6.0), 0, 0, 0, Clipped(-4.5),
        ], Encode(encoded, 7, 3, 5, 6));
        Assert.InRange(Encode(encoded, 6)[0], 2.999f, 3f);
        Assert.Equal([("age", 1), ("job", 1)], encoded.CountUnseen([3, 5, 6, 7]));
    }

    [Fact]
    public void A_flag_is_1_where_a_number_is_missing_and_an_unseen_value_is_0_everywhere()
    {
        var text = $"age,word,class\n?,w5,x\n{string.Concat(Enumerable.Range(0, 22).Select(row => $"{row},w{row % 11},{(row % 2 == 0 ? "x" : "y")}\n"))}";
        var table = Read(text);

        // w0 w1 w10 w2 w3 w4 w5 ... in the order of their letters; w10 comes in row 11.
        var encoded = Bind(TableEncoding.Fit(table, [.. Enumerable.Range(0, 12)], embedding: 0), table);
        Assert.Equal([0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0], Encode(encoded, 0));
        Assert.Equal([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], Encode(encoded, 11)[1..]);
        encoded = Bind(TableEncoding.Fit(table, [.. Enumerable.Range(0, 11)], embedding: 0), table);
        Assert.All(Encode(encoded, 11)[2..], input => Assert.Equal(0, input));
        Assert.Equal([("word", 1)], encoded.CountUnseen([10, 11]));
    }

    /// <summary>
    /// Of a category of more than eight values the number of the value is an input, behind those of all other columns: from 1 on in the order of the
    /// letters, missing the last, 0 for none of them.
    /// </summary>
    [Fact]
    public void Numbers_of_values_stand_behind_all_other_inputs_and_0_is_none()
    {
        var table = Read($"word,age,kind,other,class\n?,1,a,o1,x\n{string.Concat(Enumerable.Range(0, 24).Select(row =>
            $"w{row % 12},{row},{(row % 2 == 0 ? "a" : "b")},o{row % 9},{(row % 3 == 0 ? "x" : "y")}\n"))}");
        var encoding = TableEncoding.Fit(table, [.. Enumerable.Range(0, 10)]);
        Assert.Equal(["age", "kind=a", "kind=b", "word", "other"], encoding.Features);
        Assert.Equal([10, 9], encoding.EmbeddedValues);
        Assert.Equal([("age", 1, 0), ("kind", 2, 1), ("word", 0, 3), ("other", 3, 4)], encoding.Placed.Select(placed => (placed.Column.Name, placed.Number, placed.First)));
        Assert.Equal((0, 10f), encoding.Columns[0].Missing);
        var encoded = Bind(encoding, table);

        // w0 to w8 and missing; o0 to o8: w9 to w11 in rows 10 to 12 were not seen.
        Assert.Equal([10, 2], Encode(encoded, 0)[3..]);
        Assert.Equal([9, 9], Encode(encoded, 9)[3..]);
        Assert.Equal([0, 1], Encode(encoded, 10)[3..]);
        Assert.Equal([("word", 3)], encoded.CountUnseen([8, 9, 10, 11, 12, 13]));
        using var json = JsonDocument.Parse(Json(encoding));
        var back = EncodingJson.Read("model", json.RootElement);
        Assert.Equal(encoding.Features, back.Features);
        Assert.Equal(Encode(encoded, 0, 5, 10, 24), Encode(Bind(back, table), 0, 5, 10, 24));
    }

    [Fact]
    public void Rows_that_it_was_not_fitted_on_change_no_byte_of_an_encoding()
    {
        var all = Read(People);
        var part = Read("age,job,pay,class\n1,red,5,x\n2,blue,5,y\n4,red,6,x\n8,?,7,y\n100,red,8,x\n");
        Assert.Equal(Json(TableEncoding.Fit(part, [0, 1, 2, 3, 4])), Json(TableEncoding.Fit(all, [0, 1, 2, 3, 4])));
        Assert.NotEqual(Json(TableEncoding.Fit(part, [0, 1, 2, 3, 4])), Json(TableEncoding.Fit(all, [0, 1, 2, 3, 4, 5])));
    }

    [Fact]
    public void Columns_in_another_order_give_the_same_bits()
    {
        var table = Read(People);
        var rows = People.TrimEnd().Split('\n').Select(line => line.Split(','));
        var turned = Read(string.Concat(rows.Select(cells => $"{cells[2]},{cells[0]},{cells[3]},{cells[1]}\n")));
        var encoding = TableEncoding.Fit(table, [0, 1, 2, 3, 4]);
        Assert.Equal(Encode(Bind(encoding, table), 0, 3, 5, 6), Encode(Bind(encoding, turned), 0, 3, 5, 6));
    }

    [Fact]
    public void An_encoding_goes_through_json_with_its_bits()
    {
        var table = Read("a,b,c,d,y\n0.1,x,t1,1,1.25\n0.7,\"q\"\"\u00e9\",t2,1,2.3333333\n1e-7,x,t3,1,3.1\n3.3333333,\"q\"\"\u00e9\",t4,1,4.7\n?,x,t5,1,5\n9,,t6,1,6\n");
        var encoding = TableEncoding.Fit(table, [0, 1, 2, 3, 4, 5]);
        var json = Json(encoding);
        using var document = JsonDocument.Parse(json);
        var back = EncodingJson.Read("model", document.RootElement);
        Assert.Equal(json, Json(back));
        Assert.Equal(encoding.Target, back.Target);
        Assert.Equal(encoding.Features, back.Features);
        var (one, other) = (Bind(encoding, table), Bind(back, table));
        Assert.Equal(Encode(one, 0, 1, 2, 3, 4, 5), Encode(other, 0, 1, 2, 3, 4, 5));
    }

    [Fact]
    public void Days_are_read_in_the_order_that_the_encoding_was_fitted_on()
    {
        var encoding = TableEncoding.Fit(Read("a,class\n13.1.2000,x\n1.1.2000,y\n25.1.2000,x\n13.1.2000,y\n"), [0, 1, 2, 3]);
        Assert.Equal(new NumberEncoding("a", 12, 6, HasFlag: false, DateOrder.DayMonthYear), encoding.Columns[0]);
        using var json = JsonDocument.Parse(Json(encoding));

        // 2.1. is one day behind 1.1., and not a month; the file alone would not say so.
        var table = Read("a,class\n1/2/2000,x\n2/1/2000,y\n3/1/2000,x\n7/1/2000,y\n");
        Assert.Equal([Clipped((31 - 12) / 6.0), Clipped((1 - 12) / 6.0), Clipped((2 - 12) / 6.0), Clipped((6 - 12) / 6.0)],
            Encode(Bind(EncodingJson.Read("model", json.RootElement), table), 0, 1, 2, 3));
    }

    [Fact]
    public void A_column_of_another_kind_is_refused()
    {
        var encoding = TableEncoding.Fit(Read("a,b,class\n1,u,x\n2,v,y\n3,u,x\n4,v,y\n"), [0, 1, 2, 3]);
        Assert.Contains("column 'a': expected a number as in the training data, found a text (its texts hardly recur); declare it with --column 'a:number'",
            Assert.Throws<TrainingException>(() => Bind(encoding, Read("a,b,class\nq,u,x\nw,v,y\ne,u,x\nr,v,y\n"))).Message, StringComparison.Ordinal);
        Assert.Contains("column 'a': expected a number as in the training data, found a date",
            Assert.Throws<TrainingException>(() => Bind(encoding, Read("a,b,class\n2024-01-01,u,x\n2024-01-02,v,y\n2024-01-03,u,x\n2024-01-04,v,y\n"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"columns":[{"name":"a","kind":"number","median":1,"spread":0,"flag":false}]}""")]
    [InlineData("""{"columns":[{"name":"a","kind":"number","median":1e99,"spread":1,"flag":false}]}""")]
    [InlineData("""{"columns":[{"name":"a","kind":"category","values":["x","x"]}]}""")]
    [InlineData("""{"columns":[{"name":"a","kind":"category","values":["x",null,"y"]}]}""")]
    [InlineData("""{"columns":[{"name":"a","kind":"category","values":["x","y"],"embedded":8}]}""")]
    [InlineData("""{"columns":[{"name":"a","kind":"other"}]}""")]
    [InlineData("""{"columns":[],"target":{"mean":1,"deviation":-1}}""")]
    [InlineData("""{"columns":[{"name":"a","kind":"left-out","why":""},{"name":"a","kind":"left-out","why":""}]}""")]
    [InlineData("[]")]
    public void A_damaged_encoding_is_refused(string text)
    {
        using var document = JsonDocument.Parse(text);
        var error = Assert.Throws<TrainingException>(() => EncodingJson.Read("x.safetensors", document.RootElement));
        Assert.Equal(Failure.ModelFile, error.Failure);
        Assert.StartsWith("x.safetensors: expected the encoding of a table", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_quantity_is_standardised_and_turned_back()
    {
        var table = Read("a,y\n1,1.5\n2,2.5\n3,4.5\n4,?\n");
        var encoding = TableEncoding.Fit(table, [0, 1]);
        Assert.Equal([-1, 1, 5], ((double[])[1.5, 2.5, 4.5]).Select(encoding.Target!.Encode));
        Assert.Equal(4.5, encoding.Target!.Decode(5));
    }

    private static EncodedTable Bind(TableEncoding encoding, Table table) => new(encoding, [.. table.Others], "x.csv", table.Rows);

    private static float Clipped(double z) => (float)(z / Math.Sqrt(1 + (z / 3 * (z / 3))));

    private static float[] Encode(EncodedTable table, params int[] rows)
    {
        var inputs = new float[rows.Length * table.Features];
        table.Encode(rows, inputs, table.Features);
        return inputs;
    }

    private static string Json(TableEncoding encoding)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            EncodingJson.Write(json, encoding);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private Table Read(string text) => TableReader.Read([_folder.Write("x.csv", text)], new TableOptions());
}
