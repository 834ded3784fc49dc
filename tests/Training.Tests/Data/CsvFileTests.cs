using System.Text;
using Gpu.Training.Data;

namespace Gpu.Training.Tests.Data;

public sealed class CsvFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("label,pixel0,pixel1,pixel2,pixel3\n2,0,10,200,255\n0,1,2,3,4\n")]
    [InlineData("label,pixel0,pixel1,pixel2,pixel3\r\n2,0,10,200,255\r\n0,1,2,3,4")]
    [InlineData("pixel0,pixel1,Label,pixel2,pixel3\n0,10,2,200,255\n1,2,0,3,4\n")]
    [InlineData("pixel0,pixel1,pixel2,pixel3, label \n0,10,200,255,2\n\n1,2,3,4,0\n\n")]
    [InlineData("\"label\",\"pixel0\",p1,p2,p3\n\"2\",\"0\",10,200,255\n 0 , 1,2 ,3,4\n")]
    [InlineData("\uFEFFlabel,pixel0,pixel1,pixel2,pixel3\n002,0,10,200,255\n0,1,2,3,4\n")]
    public void Rows_become_samples_wherever_the_label_stands(string text)
    {
        var data = CsvFile.Load(_folder.Write("x.csv", text));
        Assert.Equal([0, 10, 200, 255, 1, 2, 3, 4], data.Values);
        Assert.Equal([2, 0], data.Labels);
        Assert.Equal((2, 2, 2, 3), (data.Count, data.Height, data.Width, data.Classes));
    }

    [Fact]
    public void Without_a_label_column_samples_have_no_labels()
    {
        var data = CsvFile.Load(_folder.Write("x.csv", "pixel0,pixel1,pixel2\n0,10,200\n1,2,3\n"));
        Assert.Equal((2, 1, 3, 0, false), (data.Count, data.Height, data.Width, data.Classes, data.IsLabelled));
    }

    [Fact]
    public void Two_classes_are_the_least() =>
        Assert.Equal(2, CsvFile.Load(_folder.Write("x.csv", "label,a\n0,1\n0,2\n")).Classes);

    [Theory]
    [InlineData("long row", "row 1: expected at most 1,048,576 characters, found more")]
    [InlineData("open row", "expected at most 1,048,576 characters, found more")]
    [InlineData("columns", "row 1: expected at most 262,144 columns, found 300,001")]
    [InlineData("blank lines", "row ")]
    public void Rows_that_would_fill_the_memory_are_refused_before_they_do(string kind, string message)
    {
        var path = _folder.Write("x.csv", kind switch
        {
            "long row" => new string('x', 9_999) + string.Concat(Enumerable.Repeat("," + new string('y', 9_999), 1000)),
            "open row" => "label,p\n1," + string.Concat(Enumerable.Repeat("\"a\nb\",", 500_000)),
            "columns" => string.Concat(Enumerable.Repeat("p,", 300_000)) + "q\n1\n",
            _ => "label,p\n1,2\n" + new string('\n', 3 << 20),
        });
        var before = GC.GetAllocatedBytesForCurrentThread();
        Fails(path, message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (64 << 20) + (2 * new FileInfo(path).Length));
    }

    [Fact]
    public async Task A_table_that_grows_while_it_is_read_is_refused_or_read_as_it_was_at_some_time()
    {
        const int rows = 20_000;
        for (var attempt = 0; attempt < 10; attempt++)
        {
            var path = _folder.Write("x.csv", "label,p\n");
            await using var writer = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
            await writer.WriteAsync(string.Concat(Enumerable.Repeat("1,2\n", rows)));
            var append = Task.Run(() => writer.WriteAsync(string.Concat(Enumerable.Repeat("1,2\n", 50 * rows))));
            try
            {
                Assert.InRange(CsvFile.Load(path).Count, rows, 51 * rows);
            }
            catch (TrainingException error)
            {
                Assert.Equal(Failure.Data, error.Failure);
            }

            await append;
        }
    }

    [Theory]
    [InlineData("label,a,b\n1,2,3\n1,2\n", "row 3: expected 3 columns", "found 2")]
    [InlineData("label,a,b\n1,2,3,4\n", "row 2: expected 3 columns", "found 4")]
    [InlineData("label,a,b\n\n\n1,2,3,4\n", "row 4: expected 3 columns", "found 4")]
    [InlineData("label,a,b\n1,2,3\n1,two,3\n", "row 3, column 'a'", "found 'two'")]
    [InlineData("label,a,b\n1,2,256\n", "row 2, column 'b'", "found '256'")]
    [InlineData("label,a,b\n1,2,-1\n", "row 2, column 'b'", "found '-1'")]
    [InlineData("label,a,b\n1,2,0.5\n", "row 2, column 'b'", "found '0.5'")]
    [InlineData("label,a,b\n1,2,99999999999999999999\n", "row 2, column 'b'", "found '99999999999999999999'")]
    [InlineData("label,a,b\n1,,3\n", "row 2, column 'a'", "found nothing")]
    [InlineData("label,a,b\n1,2,3\ncat,2,3\n", "row 3, column 'label'", "found 'cat'")]
    [InlineData("label,a,b\ncat,2,3\n1,2,3\n,2,3\n", "row 4, column 'label'", "found nothing")]
    [InlineData("label,a,a\n1,2,3\n", "row 1: expected columns of different names", "found 'a' more than once")]
    [InlineData(",label,a\n0,1,2\n2,1,2\n", "row 3, column 1: expected a count of the rows", "found '2'")]
    [InlineData("label,a,\n1,2,\n1,2,3\n", "row 3, column 3: expected nothing", "found '3'")]
    [InlineData("label,a,b\n1,\"2,3\n1,2,3\n", "row ", "found")]
    [InlineData("label,a,b\n1,2\"x,3\n", "row 2", "found")]
    [InlineData("label,a,b\n", "expected a row of values below the header", "found none")]
    [InlineData("\n\n", "row 1: expected a header", "nothing but empty lines")]
    [InlineData("5,0,0\n4,0,0\n", "row 1: expected a header", "a row of numbers")]
    [InlineData("label;a;b\n1;2;3\n", "row 1: expected a header", "separated by ';'")]
    [InlineData("<html><body>no</body></html>", "row 1: expected a header", "a web page")]
    [InlineData("label\n1\n", "row 1: expected one column 'label' and a column for each pixel", "no pixel column")]
    [InlineData("label,a,label\n1,2,3\n", "row 1: expected one column 'label'", "more than once")]
    [InlineData("a\0b,c\n1,2\n", "row 1: expected a header", "no text")]
    public void What_is_wrong_is_named_with_its_place(string text, params string[] parts) => Fails(_folder.Write("x.csv", text), parts);

    [Fact]
    public void Missing_and_empty_files_are_named()
    {
        Fails(_folder.File("absent.csv"), "no such file");
        Fails(_folder.Write("empty.csv", ""), "an empty file");
        Fails(_folder.Write("long.csv", "label,a\n1," + new string('1', 20_000)), "row 2");
    }

    [Fact]
    public void The_most_rows_that_a_file_can_hold_are_read()
    {
        var rows = Enumerable.Range(0, 3000).Select(i => $"{i % 2},{i % 10},{i / 300}");
        var data = CsvFile.Load(_folder.Write("x.csv", "label,a,b\n" + string.Join('\n', rows)));
        Assert.Equal(3000, data.Count);
        Assert.All(Enumerable.Range(0, 3000), i => Assert.Equal([(byte)(i % 10), (byte)(i / 300)], data.Sample(i).ToArray()));
    }

    [Theory]
    [InlineData("label,a,b\n1.0,2.0,3\n0,4e0,5.000000000000000000e+00\n")]
    [InlineData("label,a,b,\n1,2,3,\n0,4,5,\n")]
    [InlineData("label,a,b\n1,2,3,\n0,4,5,\n\n\n")]
    [InlineData(",label,a,b\n0,1,2,3\n1,0,4,5\n")]
    [InlineData("\"\",\"label\",\"a\",\"b\"\n\"7\",1,2,3\n\"8\",0,4,5\n")]
    [InlineData("Unnamed: 0,label,a,b\n0,1,2,3\n1,0,4,5\n")]
    [InlineData("id,label,a,b\n10001,1,2,3\nx,0,4,5\n")]
    public void Tables_as_other_programs_write_them_are_read(string text)
    {
        var data = CsvFile.Load(_folder.Write("x.csv", text));
        Assert.Equal([2, 3, 4, 5], data.Values);
        Assert.Equal([1, 0], data.Labels);
        Assert.Equal(["a", "b"], data.Columns!);
        Assert.Equal(text.Contains("id,", StringComparison.Ordinal) || text.StartsWith(',') || text[0] is '"' or 'U' ? 1 : 0, data.Remarks.Count);
    }

    [Fact]
    public void Columns_are_taken_by_the_names_a_model_knows()
    {
        var path = _folder.Write("x.csv", "b,label,a\n3,1,2\n");
        var options = new DataOptions { Columns = ["a", "b"] };
        var data = CsvFile.Load(path, options);
        Assert.Equal([2, 3], data.Values);
        Assert.Contains("another order", Assert.Single(data.Remarks), StringComparison.Ordinal);
        Fails(path, options with { Columns = ["a", "b", "c"] }, "expected the 3 columns that the training data had", "no 'c'");
        Fails(path, options with { Columns = ["a"] }, "'b', which is none of them");
        Fails(path, options with { Target = "class" }, "'label', which is none of them", "--target");
        var id = CsvFile.Load(_folder.Write("id.csv", "id,a,b\n77,2,3\n"), options);
        Assert.Equal([2, 3], id.Values);
        Assert.Equal([2, 77], CsvFile.Load(_folder.File("id.csv"), options with { Columns = ["a", "id"], Target = "b" }).Values);
    }

    [Fact]
    public void A_missing_label_column_is_answered_with_the_columns_there_are()
    {
        var path = _folder.Write("x.csv", "class,p0,p1,p2,p3,p4,p5,p6,p7,p8\n1,0,0,0,0,0,0,0,0,0\n");
        Fails(path, new DataOptions { NeedsLabels = true }, "no column 'label'", "'class' and 9 more such as 'p0'", "--target");
        Assert.Equal([1], CsvFile.Load(path, new DataOptions { NeedsLabels = true, Target = "class" }).Labels);
    }

    [Fact]
    public void Texts_name_classes()
    {
        var path = _folder.Write("x.csv", "label,a\ndog,1\ncat,2\n dog ,3\n");
        var data = CsvFile.Load(path);
        Assert.Equal(["cat", "dog"], data.ClassNames!);
        Assert.Equal([1, 0, 1], data.Labels);
        Assert.Equal([0, 1, 0], CsvFile.Load(path, new DataOptions { ClassNames = ["dog", "cat", "cow"] }).Labels);
        Fails(path, new DataOptions { ClassNames = ["dog", "cow"] }, "row 3, column 'label': expected one of the classes dog, cow, found 'cat'");
        var tooMany = string.Concat(Enumerable.Range(0, 300).Select(i => $"class {i},1\n"));
        Fails(_folder.Write("many.csv", "label,a\n" + tooMany), "expected at most 256 classes");
    }

    [Fact]
    public void A_limit_takes_no_more_samples_and_leaves_the_classes_as_they_are()
    {
        var path = _folder.Write("x.csv", "label,a\n1,2\n0,3\nthis is no row\n4,x\n");
        var data = CsvFile.Load(path, new DataOptions { Limit = 2 });
        Assert.Equal([2, 3], data.Values);
        Assert.Equal((2, 5), (data.Count, data.Classes));
        var named = CsvFile.Load(_folder.Write("y.csv", "label,a\nb,2\na,3\nc,4\n"), new DataOptions { Limit = 1 });
        Assert.Equal(["a", "b", "c"], named.ClassNames!);
        Assert.Equal([1], named.Labels);
    }

    [Fact]
    public void Compressed_tables_are_read_whole_or_refused()
    {
        var bytes = Encoding.UTF8.GetBytes("label,a\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i % 3},{i % 251}\n")));
        var gzip = TempFolder.Gzip(bytes);
        Assert.Equal(5000, CsvFile.Load(_folder.Write("x.csv.gz", gzip)).Count);
        byte[] members = [.. TempFolder.Gzip(bytes[..9000]), .. TempFolder.Gzip(bytes[9000..]), .. TempFolder.Gzip([])];
        Assert.Equal(CsvFile.Load(_folder.File("x.csv.gz")).Values, CsvFile.Load(_folder.Write("members.csv.gz", members)).Values);
        foreach (var length in new[] { gzip.Length - 1, gzip.Length - 8, gzip.Length / 2 })
        {
            Fails(_folder.Write("cut.csv.gz", gzip[..length]));
        }

        Fails(_folder.Write("long.csv.gz", [.. members, 1, 2, 3]), "something follows it");
    }

    /// <summary>Names that differ in such bytes alone would become one class.</summary>
    [Fact]
    public void A_table_in_another_encoding_is_refused()
    {
        var text = "label,a\n" + string.Concat(Enumerable.Repeat("x,1\n", 20_000)) + "th\u00E9,1\nth\u00E8,2\n";
        Assert.Equal(["th\u00E8", "th\u00E9", "x"], CsvFile.Load(_folder.Write("x.csv", Encoding.UTF8.GetBytes(text))).ClassNames!);
        Fails(_folder.Write("x.csv", Encoding.Latin1.GetBytes(text)), "expected a table in UTF-8, found other bytes in row ", " or below; save it in UTF-8");
        Fails(_folder.Write("x.csv", Encoding.Latin1.GetBytes("label,caf\u00E9\n1,1\n")), "expected a table in UTF-8, found other bytes in row 1 or below");
    }

    /// <summary>A compressed table may hold a thousand times its bytes, and is not gone through for its labels.</summary>
    [Fact]
    public void A_limit_on_a_large_table_says_that_other_classes_are_not_known()
    {
        var random = new System.Random(1);
        var text = "label,a,b,c\n" + string.Concat(Enumerable.Range(0, 40_000).Select(i => $"{i / 10_000},{random.Next(256)},{random.Next(256)},{random.Next(256)}\n"));
        var path = _folder.WriteGzip("x.csv.gz", Encoding.ASCII.GetBytes(text));
        Assert.True(new FileInfo(path).Length * 1032 > 64 << 20);
        var some = CsvFile.Load(path, new DataOptions { Limit = 15_000 });
        Assert.Equal(2, some.Classes);
        Assert.Contains("the classes are those of the first 15,000 rows", Assert.Single(some.Remarks), StringComparison.Ordinal);
        var plain = CsvFile.Load(_folder.Write("x.csv", text), new DataOptions { Limit = 15_000 });
        Assert.Equal(4, plain.Classes);
        Assert.Empty(plain.Remarks);
        Assert.Empty(CsvFile.Load(path, new DataOptions { Limit = 40_000 }).Remarks);
        var named = DataSource.Load(path, new DataOptions { Limit = 15_000, ClassNames = ["p", "q", "r", "s"] });
        Assert.Equal(4, named.Train.Classes);
        Assert.Empty(named.Remarks);
    }

    [Fact]
    public void MNIST_written_as_a_table_reads_as_MNIST()
    {
        var expected = ImageFolder.Load(TestData.Mnist).Test!.Take(1000);
        var text = new StringBuilder("label").AppendJoin("", Enumerable.Range(0, 784).Select(i => $",pixel{i}")).Append('\n');
        for (var i = 0; i < expected.Count; i++)
        {
            text.Append(expected.Labels[i]).Append(',').AppendJoin(',', expected.Sample(i).ToArray()).Append('\n');
        }

        var found = CsvFile.Load(_folder.Write("x.csv", text.ToString()));
        Assert.Equal(expected.Values, found.Values);
        Assert.Equal(expected.Labels, found.Labels);
        Assert.Equal((28, 28, 10), (found.Height, found.Width, found.Classes));
    }

    [Theory]
    [InlineData("iris.csv")]
    [InlineData("titanic.csv")]
    [InlineData("winequality-red.csv")]
    public void Tables_of_another_kind_are_refused_in_a_sentence(string name) => Fails(Path.Combine(TestData.Tabular, name), "row ");

    private static void Fails(string path, params string[] parts) => Fails(path, null, parts);

    private static void Fails(string path, DataOptions? options, params string[] parts)
    {
        var error = Assert.Throws<TrainingException>(() => CsvFile.Load(path, options));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }
}
