namespace Gpu.Host.Tests;

/// <summary>A table that cannot be learned from is refused in one sentence that names the file, the row and the column, with exit code 3.</summary>
public sealed class BadTableTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a,b,a,y\n1,2,3,u\n4,5,6,v\n", "x.csv: row 1", "expected columns of different names", "found 'a' above column 1 and column 3")]
    [InlineData("a,y\n1.5,u\n2,u\n3,u\n", "x.csv: column 'y'", "expected a target with 2 to 256 classes", "found one, 'u', in all rows")]
    [InlineData("a,b,y\n1,2,u\n3,4,v\n5,6\n7,8,u\n", "x.csv: row 4", "expected 3 columns", "found 2")]
    [InlineData("a,b,y\n1,2,u\n3,few,v\n5,6,u\n", "x.csv: row 3, column 'b'", "expected a number, because that was declared", "found 'few'", "--column", "b:number")]
    [InlineData("a,y\n1,2.5\n2,inf\n3,4.5\n", "x.csv: row 3, column 'y'", "expected a number that float32 can hold", "found 'inf'", "--task", "regress")]
    [InlineData("a,y\n", "x.csv", "expected rows of values below the header", "found none")]
    [InlineData("a,b,y\n1,,u\n2,NA,v\n3,?,u\n", "x.csv: column 'b'", "expected a value in at least one of 3 rows", "found none")]
    public void Is_refused_in_one_sentence(string text, string where, string expected, string found, params string[] more)
    {
        File.WriteAllText(_folder["x.csv"], text);
        Refused(where, expected, found, [.. more]);
    }

    [Fact]
    public void A_column_that_changes_its_kind_in_row_900000_is_refused_where_it_was_declared_or_nearly_all_cells_fit()
    {
        using (var file = File.CreateText(_folder["x.csv"]))
        {
            file.Write("size,place,y\n");
            for (var row = 2; row <= 900_050; row++)
            {
                file.Write(row == 900_000 ? "large,north,u\n" : $"{row % 997},{(row % 3 == 0 ? "north" : "south")},{(row % 2 == 0 ? "u" : "v")}\n");
            }
        }

        Refused("x.csv: row 900,000, column 'size'", "expected a number as in 900,048 of 900,049 rows", "found 'large'", []);
        Refused("x.csv: row 900,000, column 'size'", "expected a number, because that was declared", "found 'large'", ["--column", "size:number"]);
    }

    [Fact]
    public void A_column_of_which_more_than_one_cell_in_a_hundred_is_no_number_is_a_category()
    {
        File.WriteAllText(_folder["x.csv"], "size,y\n" + string.Concat(Enumerable.Range(0, 300).Select(row => $"{(row % 50 == 0 ? "large" : $"{row % 7}")},{(row % 2 == 0 ? "u" : "v")}\n")));
        var shown = GpuProcess.Run(_folder.Path, "data", "x.csv");
        Assert.True(shown.ExitCode == 0, shown.Error);
        Assert.Matches("(?m)^size +category ", shown.Output);
    }

    private void Refused(string where, string expected, string found, string[] more)
    {
        // Nothing is held out: what is, decides nothing, and only loses the cell.
        var result = GpuProcess.Run(_folder.Path, ["train", "--data", "x.csv", "--target", "y", "--validation", "none", "--epochs", "1", "--device", "cpu", "--out", "run", .. more]);
        Assert.True(result.ExitCode == 3, result.Error);
        var sentence = Assert.Single(result.ErrorLines, line => line.StartsWith("gpu: ", StringComparison.Ordinal));
        Assert.Equal(sentence, result.ErrorLines[^1]);
        Assert.Contains(where, sentence, StringComparison.Ordinal);
        Assert.Contains(expected, sentence, StringComparison.Ordinal);
        Assert.Contains(found, sentence, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["run"]));
    }
}
